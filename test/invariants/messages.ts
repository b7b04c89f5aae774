import type { Bench } from '../e2e/harness.ts';

/** One message of Musher's as people see it; `id` as Musher's own reference names it. */
export interface Shown {
  readonly id: string;
  readonly text: string;
}

/** A room as its network shows it: the truth that Musher is held against. */
export interface Room {
  readonly transport: string;
  readonly id: string;
  /** What people said to Musher there and was taken by their network: the ids of the messages as Musher knows them. */
  readonly asked: readonly string[];
  /** What they said, by these ids, for who has to read of it. */
  readonly words?: ReadonlyMap<string, string>;
  /** What people did there and were told by their network that it failed, such as a button pressed while Musher was away. It may have arrived. */
  readonly perhaps?: readonly string[];
  /** Musher's messages that everybody there sees, oldest first. */
  shown(): readonly Shown[];
  /** Musher's answers there that only their asker sees. */
  privately?(): readonly string[];
  /** The message that a reference of Musher's names; null for an answer that has no name, or that only its asker sees. */
  named?(ref: string): string | null;
}

interface In {
  readonly id: number;
  readonly transport: string;
  readonly message_id: string;
  readonly room: string;
  readonly state: string;
}
interface Out {
  readonly id: number;
  readonly transport: string;
  readonly room: string;
  readonly kind: 'reply' | 'notice';
  readonly inbox: number | null;
  readonly state: string;
  readonly refs: string | null;
  readonly thread: string | null;
}

/**
 * An answer on Discord that only its asker sees, and that Musher died over: Discord can't say whether it was taken, and
 * Musher never makes it again. It names no message; how many there were is told with a loop's figures.
 */
const isDoubtful = ({ transport, thread, refs }: Pick<Out, 'transport' | 'thread' | 'refs'>): boolean =>
  transport === 'discord' && thread?.startsWith('i|') === true && thread.endsWith('|e') && (refs ?? '[]') === '[]';

/** How many answers it is not known of whether their asker saw them. */
export function doubtfulAnswers(bench: Bench): number {
  return bench.rows<Out>("SELECT * FROM outbox WHERE state = 'sent'").filter(isDoubtful).length;
}

/** Slack's words on an answer that can't be read back and is shown again. */
const PERHAPS_SEEN = 'you may have seen this before';

/** Each message taken in once, answered once, and shown once; nothing said that is not in the outbox; one effect each. */
export function messageViolations(bench: Bench, rooms: readonly Room[]): string[] {
  const inbox = bench.rows<In>('SELECT id, transport, message_id, room, state FROM inbox ORDER BY id');
  const outbox = bench.rows<Out>('SELECT id, transport, room, kind, inbox, state, refs, thread FROM outbox ORDER BY id');
  const found: string[] = [];
  for (const message of inbox) {
    const what = `message ${message.message_id} of ${message.transport}`;
    if (message.state !== 'done') found.push(`${what} is ${message.state}`);
    const replies = outbox.filter((row) => row.kind === 'reply' && row.inbox === message.id);
    if (replies.length !== 1) found.push(`${what} has ${replies.length} replies`);
  }
  for (const row of outbox) if (row.state !== 'sent') found.push(`outgoing ${row.kind} ${row.id} to ${row.transport} is ${row.state}`);
  const effects = bench.rows<{ cause: string; kind: string; item: number | null; n: number }>(
    "SELECT cause, kind, item, count(*) AS n FROM events WHERE cause LIKE 'inbox:%' GROUP BY cause, kind, item HAVING n > 1",
  );
  for (const { cause, kind, item, n } of effects) found.push(`${cause} caused ${n} times ${kind} of item ${item}`);
  for (const room of rooms) {
    const taken = new Set(inbox.filter((row) => row.transport === room.transport && row.room === room.id).map((row) => row.message_id));
    for (const id of room.asked)
      if (!taken.delete(id)) found.push(`message ${id} of ${room.transport} was lost: ${room.words?.get(id) ?? ''}`);
    for (const id of taken) if (room.perhaps?.includes(id) !== true) found.push(`${room.transport} took ${id}, which nobody said`);
    found.push(...shownViolations(room, outbox));
  }
  return found;
}

/** What the room shows is what the outbox says was shown: each message, once, notices in their order. */
function shownViolations(room: Room, outbox: readonly Out[]): string[] {
  const found: string[] = [];
  const shown = new Map(room.shown().map(({ id, text }) => [id, text]));
  const notices: string[] = [];
  const named = new Set<string>();
  let nameless = 0;
  for (const row of outbox.filter((one) => one.transport === room.transport && one.room === room.id)) {
    const refs = (JSON.parse(row.refs ?? '[]') as { id: string }[]).map(({ id }) => (room.named === undefined ? id : room.named(id)));
    if (refs.length === 0 && !isDoubtful(row)) found.push(`${room.transport}: ${row.kind} ${row.id} was sent and names no message`);
    for (const id of refs) {
      if (id === null) nameless += 1;
      else if (!shown.has(id)) found.push(`${room.transport}: ${row.kind} ${row.id} is not shown (${id})`);
      else if (named.has(id)) found.push(`${room.transport}: ${id} stands for two messages: ${shown.get(id)?.slice(0, 200)}`);
      if (id !== null) named.add(id);
      if (id !== null && row.kind === 'notice') notices.push(id);
    }
  }
  for (const [id, text] of shown)
    if (!named.has(id)) found.push(`${room.transport} shows a message that nobody meant: ${text.slice(0, 200)}`);
  const inOrder = [...shown.keys()].filter((id) => notices.includes(id));
  if (inOrder.join() !== notices.filter((id) => shown.has(id)).join()) found.push(`${room.transport} shows notices out of order`);
  const answers = room.privately?.() ?? [];
  // One that is in doubt may have been seen.
  const doubtful = outbox.filter((row) => row.transport === room.transport && row.room === room.id && isDoubtful(row)).length;
  const sure = answers.filter((answer) => !answer.includes(PERHAPS_SEEN)).length;
  if (nameless > answers.length) found.push(`${room.transport}: ${nameless} answers for one person were sent and ${answers.length} seen`);
  if (sure > nameless + doubtful)
    found.push(`${room.transport}: ${nameless} answers for one person were sent and ${sure} seen that do not say they are a repetition`);
  return found;
}
