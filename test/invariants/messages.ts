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
  /** Musher's messages that everybody there sees, oldest first. */
  shown(): readonly Shown[];
  /** What people said to Musher there, in the order in which they said it: the ids of the messages. */
  readonly asked: readonly string[];
  /** Answers there that only their asker sees, with how often each was shown. They have no name that Musher could keep. */
  readonly answers?: () => readonly string[];
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
}

/** Slack's words on an answer that can't be read back and is shown again. */
export const PERHAPS_SEEN = 'you may have seen this before';

/** Each message taken in once, answered once, and shown once; nothing said that is not in the outbox; one effect each. */
export function messageViolations(bench: Bench, rooms: readonly Room[]): string[] {
  const inbox = bench.rows<In>('SELECT id, transport, message_id, room, state FROM inbox ORDER BY id');
  const outbox = bench.rows<Out>('SELECT id, transport, room, kind, inbox, state, refs FROM outbox ORDER BY id');
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
    const taken = inbox.filter((row) => row.transport === room.transport && row.room === room.id).map((row) => row.message_id);
    for (const id of room.asked) if (!taken.includes(id)) found.push(`message ${id} of ${room.transport} was lost`);
    if (taken.length > room.asked.length)
      found.push(`${room.transport} took ${taken.length} messages of ${room.asked.length} that were said`);
    found.push(...shownViolations(room, outbox));
  }
  return found;
}

/** What the room shows is what the outbox says was shown: each message, once, notices in their order. */
function shownViolations(room: Room, outbox: readonly Out[]): string[] {
  const found: string[] = [];
  const shown = room.shown().map(({ id }) => id);
  const rows = outbox.filter((row) => row.transport === room.transport && row.room === room.id);
  const refsOf = (row: Out): string[] => (JSON.parse(row.refs ?? '[]') as { id: string }[]).map(({ id }) => id);
  const named = new Set<string>();
  const text = (id: string): string => (room.shown().find((one) => one.id === id)?.text ?? '').slice(0, 200);
  let nameless = 0;
  for (const row of rows) {
    const refs = refsOf(row);
    if (refs.length === 0) found.push(`${room.transport}: ${row.kind} ${row.id} was sent and names no message`);
    for (const id of refs) {
      if (!shown.includes(id)) {
        if (room.answers !== undefined && row.kind === 'reply') nameless += 1;
        else found.push(`${room.transport}: ${row.kind} ${row.id} is not shown (${id})`);
      } else if (named.has(id)) found.push(`${room.transport}: ${id} stands for two messages`);
      named.add(id);
    }
  }
  for (const id of shown) if (!named.has(id)) found.push(`${room.transport} shows a message that nobody meant: ${text(id)}`);
  const notices = rows.filter((row) => row.kind === 'notice').flatMap(refsOf);
  const inOrder = shown.filter((id) => notices.includes(id));
  if (inOrder.join() !== notices.filter((id) => shown.includes(id)).join()) found.push(`${room.transport} shows notices out of order`);
  const answers = room.answers?.() ?? [];
  const sure = answers.filter((answer) => !answer.includes(PERHAPS_SEEN)).length;
  if (nameless > answers.length) found.push(`${room.transport}: ${nameless} answers for one person were sent and ${answers.length} seen`);
  if (sure > nameless)
    found.push(`${room.transport}: ${nameless} answers for one person were sent and ${sure} seen, none of them said to be a repetition`);
  return found;
}
