import { reachableAgain, unreachable, wasDisconnected } from '../words/absence.ts';
import type { Clock } from '../clock.ts';
import type { Log } from '../log/log.ts';
import type { StateStore } from '../log/tx.ts';
import type { Document } from '../message/document.ts';
import { afterQuietHours } from './quiet-hours.ts';
import type { NetworkState } from '../decide/network-state.ts';
import type { RoomState } from '../decide/room-state.ts';

/** How often networks are checked. */
const LOOK_MS = 15_000;
/** What is shorter is a blip, which nobody has to know of. */
const BLIP_MS = 2 * 60_000;
/** An absence that rooms of other networks should know of while it lasts. */
const LONG_MS = 5 * 60_000;
/** A network is back after it has stayed for this long; a flapping one counts as away. */
const SETTLED_MS = 30_000;
/** The shortest time between two notices about a network, in its own rooms or in others. */
const OWN_EVERY_MS = 10 * 60_000;
const OTHERS_EVERY_MS = 60 * 60_000;

/** A network that is not there, as it is kept across restarts. */
interface Absence {
  readonly since: number;
  readonly reason: string | null;
  /** Rooms of other networks were told. */
  readonly told: boolean;
}

export interface AbsenceParts {
  readonly log: Log;
  readonly clock: Clock;
  readonly networks: () => readonly NetworkState[];
  /** The display name of a network; null: this one can't be away. */
  readonly titleOf: (network: string) => string | null;
  readonly rooms: () => readonly RoomState[];
  /** IANA name: times are told in it. */
  readonly timezone: string;
  readonly onProblem: (what: string, error: unknown) => void;
}

/**
 * Says in rooms when a network was away: in its own when it is back, in those of other networks of the same project while
 * it lasts for long. What it remembers is in the database, and a message and the note that it was said commit
 * together: a restart neither forgets nor repeats one. Musher's own absence is none of a network.
 */
export function watchAbsences(parts: AbsenceParts): { stop(): void } {
  const { log, clock } = parts;
  const state = log.stateStore('absence');
  let cancel = (): void => undefined;
  const look = (): void => {
    try {
      for (const network of parts.networks())
        if (parts.titleOf(network.name) !== null) log.transaction((tx) => lookAt(parts, state, network, tx.now));
    } catch (error) {
      // A full disk, say: nothing of it was kept, and the next look does it all.
      parts.onProblem('a look at the networks', error);
    }
    cancel = clock.at(clock.now() + LOOK_MS, look);
  };
  look();
  return { stop: () => cancel() };
}

function lookAt(parts: AbsenceParts, state: StateStore, network: NetworkState, now: number): void {
  const { name } = network;
  const known = read(state, name);
  if (network.state === 'stopped') return;
  if (network.state !== 'online') {
    const absence = {
      since: known?.since ?? Math.min(now, network.since),
      reason: network.problem ?? known?.reason ?? null,
      told: known?.told ?? false,
    };
    const tellsOthers = !absence.told && now - absence.since >= LONG_MS && isTime(state, `others:${name}`, now, OTHERS_EVERY_MS);
    if (tellsOthers) tellOthers(parts, name, now, unreachable({ title: parts.titleOf(name) ?? name, ...absence }, now, parts.timezone));
    write(state, name, { ...absence, told: absence.told || tellsOthers });
    return;
  }
  if (known === null || now - network.since < SETTLED_MS) return;
  const back = network.since;
  if (back - known.since >= BLIP_MS && isTime(state, `own:${name}`, now, OWN_EVERY_MS)) tellOwn(parts, name, known, back, now);
  if (known.told) tellOthers(parts, name, now, reachableAgain(parts.titleOf(name) ?? name, back - known.since));
  write(state, name, null);
}

/** The notice in its own rooms when it is back. */
function tellOwn(parts: AbsenceParts, network: string, { since, reason }: Absence, back: number, now: number): void {
  const late = parts.log.outbox.queuedBetween(network, since, back);
  const away = { title: parts.titleOf(network) ?? network, since, reason };
  for (const room of parts.rooms().filter(({ transport }) => transport === network))
    tell(parts, room, now, wasDisconnected(away, back, late.get(room.id) ?? 0, parts.timezone));
}

/** The notice in rooms of connected networks whose projects also have rooms in this one. */
function tellOthers(parts: AbsenceParts, network: string, now: number, body: Document): void {
  const rooms = parts.rooms();
  const concerned = new Set(rooms.filter(({ transport }) => transport === network).map(({ project }) => project));
  const online = new Set(parts.networks().flatMap((one) => (one.state === 'online' ? [one.name] : [])));
  for (const room of rooms) {
    if (room.transport === network || !online.has(room.transport)) continue;
    if (concerned.size > 0 && (room.project === null || concerned.has(room.project))) tell(parts, room, now, body);
  }
}

/** A room without notifications doesn't get this one either. */
function tell({ log, timezone }: AbsenceParts, room: RoomState, now: number, body: Document): void {
  if (room.notify.length === 0) return;
  const notBefore = afterQuietHours(now, room.quietHours, timezone);
  const to = { transport: room.transport, room: room.id, thread: null };
  log.outbox.add({ to, kind: 'notice', body, inbox: null, item: null, ...(notBefore > now ? { notBefore } : {}) }, now);
}

function read(state: StateStore, network: string): Absence | null {
  const text = state.get(network);
  // Written by `write` alone.
  return text === null || text === '' ? null : (JSON.parse(text) as Absence);
}

function write(state: StateStore, network: string, absence: Absence | null): void {
  const text = absence === null ? '' : JSON.stringify(absence);
  if (state.get(network) !== text) state.set(network, text);
}

/** Whether it is time to say something, and notes that it is said. */
function isTime(state: StateStore, key: string, now: number, everyMs: number): boolean {
  const last = Number(state.get(key) ?? Number.NEGATIVE_INFINITY);
  // A clock that was set back must not silence it for longer than that.
  if (last <= now && now < last + everyMs) return false;
  state.set(key, String(now));
  return true;
}
