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
  /** Musher's answers there that only their asker sees, oldest first. */
  privately?(): readonly Private[];
  /** What a reference of Musher's names; where a room does not say, it is the id of a message. */
  named?(ref: string): Named;
  /** What the network shows as still to come, such as an answer that was announced. */
  announced?(): readonly string[];
}

/** An answer that only its asker sees; `to`: the press or slash command that it answers. */
export interface Private {
  readonly to: string;
  readonly text: string;
}

/** A message that everybody sees, or a private answer to something. */
export type Named = { readonly shown: string } | { readonly to: string };

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
  readonly kind: 'reply' | 'notice' | 'card';
  readonly inbox: number | null;
  readonly state: string;
  readonly refs: string | null;
}

/** The words on an answer for one person that may have been seen already: no network reads those back. */
const PERHAPS_SEEN = 'you may have seen this before';

/** How many answers for one person were given again, because nobody knew whether they had arrived. */
export function repeatedAnswers(rooms: readonly Room[]): number {
  return rooms.flatMap((room) => room.privately?.() ?? []).filter(({ text }) => text.includes(PERHAPS_SEEN)).length;
}

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
  const timers = bench
    .rows<{ project: string; payload: string }>("SELECT project, payload FROM events WHERE kind = 'timer.fired'")
    .map(({ project, payload }) => `timer:${project}:${(JSON.parse(payload) as { timer: number }).timer}`);
  const byTimer = inbox.map(({ message_id }) => message_id).filter((id) => id.startsWith('timer:'));
  if (timers.toSorted().join() !== byTimer.toSorted().join())
    found.push(`timers that fired: ${timers.join()}; what they said was taken: ${byTimer.join()}`);
  for (const { cause, kind, item, n } of effects) found.push(`${cause} caused ${n} times ${kind} of item ${item}`);
  for (const room of rooms) {
    const taken = new Set(inbox.filter((row) => row.transport === room.transport && row.room === room.id).map((row) => row.message_id));
    for (const id of room.asked)
      if (!taken.delete(id)) found.push(`message ${id} of ${room.transport} was lost: ${room.words?.get(id) ?? ''}`);
    for (const id of taken)
      if (!id.startsWith('timer:') && room.perhaps?.includes(id) !== true) found.push(`${room.transport} took ${id}, which nobody said`);
    found.push(...shownViolations(room, outbox), ...cardViolations(bench, room));
  }
  return found;
}

interface CardRow {
  readonly item: number;
  readonly ref: string | null;
  readonly state: string;
}

/** Each item's card, where the room has one, shows how the item stands. */
function cardViolations(bench: Bench, room: Room): string[] {
  const shown = new Map(room.shown().map(({ id, text }) => [id, text]));
  const cards = bench.rows<CardRow>(
    `SELECT cards.item, coalesce(cards.ref, outbox.refs -> '$[0]') AS ref, items.state FROM cards
     JOIN items ON items.project = cards.project AND items.number = cards.item LEFT JOIN outbox ON outbox.id = cards.root
     WHERE cards.transport = '${room.transport}' AND cards.room = '${room.id}'`,
  );
  return cards.flatMap(({ item, ref, state }) => {
    const what = `${room.transport}: the card of #${item}`;
    const text = ref === null ? undefined : shown.get((JSON.parse(ref) as { id: string }).id);
    if (text === undefined) return [`${what} is not shown`];
    const { stage, deletedAt } = JSON.parse(state) as { stage: { name: string }; deletedAt: number | null };
    const words = deletedAt !== null ? 'deleted' : stage.name === 'done' ? 'merged as' : '';
    return text.includes(words) ? [] : [`${what} is stale: ${text.slice(0, 200)}`];
  });
}

/** What the room shows is what the outbox says was shown: each message, once, notices in their order. */
function shownViolations(room: Room, outbox: readonly Out[]): string[] {
  const found: string[] = [];
  const shown = new Map(room.shown().map(({ id, text }) => [id, text]));
  const notices: string[] = [];
  const named = new Set<string>();
  const privately: string[] = [];
  for (const row of outbox.filter((one) => one.transport === room.transport && one.room === room.id)) {
    const refs = (JSON.parse(row.refs ?? '[]') as { id: string }[]).map(({ id }) => room.named?.(id) ?? { shown: id });
    const what = `${room.transport}: ${row.kind} ${row.id}`;
    if (refs.length === 0) found.push(`${what} was sent and names no message`);
    for (const ref of refs) {
      if ('to' in ref) {
        privately.push(ref.to);
        continue;
      }
      if (!shown.has(ref.shown)) found.push(`${what} is not shown (${ref.shown})`);
      // An edit stands for no message of its own.
      else if (row.kind === 'card') continue;
      else if (named.has(ref.shown))
        found.push(`${room.transport}: ${ref.shown} stands for two messages: ${shown.get(ref.shown)?.slice(0, 200)}`);
      if (row.kind !== 'card') named.add(ref.shown);
      if (row.kind === 'notice') notices.push(ref.shown);
    }
  }
  for (const [id, text] of shown)
    if (!named.has(id)) found.push(`${room.transport} shows a message that nobody meant: ${text.slice(0, 200)}`);
  const inOrder = [...shown.keys()].filter((id) => notices.includes(id));
  if (inOrder.join() !== notices.filter((id) => shown.has(id)).join()) found.push(`${room.transport} shows notices out of order`);
  for (const one of room.announced?.() ?? []) found.push(`${room.transport} still shows that an answer comes: ${one}`);
  return [...found, ...privateViolations(room, privately)];
}

/** Each private answer was seen, and seen once; what came again says so. `sent`: what the answers of the outbox answer, each part once. */
function privateViolations(room: Room, sent: readonly string[]): string[] {
  const found: string[] = [];
  const seen = Map.groupBy(room.privately?.() ?? [], ({ to }) => to);
  for (const to of new Set([...sent, ...seen.keys()])) {
    const meant = sent.filter((one) => one === to).length;
    const answers = seen.get(to) ?? [];
    const sure = answers.filter(({ text }) => !text.includes(PERHAPS_SEEN)).length;
    const what = `${room.transport}: of ${meant} answers to ${to} alone its asker`;
    if (answers.length < meant) found.push(`${what} saw ${answers.length}`);
    if (sure > meant) found.push(`${what} saw ${sure}, none of which says that it comes again`);
  }
  return found;
}
