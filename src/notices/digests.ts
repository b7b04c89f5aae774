import type { NameOf } from '../pipeline/actor.ts';
import type { Clock } from '../clock.ts';
import type { ProjectSettings } from '../config/settings.ts';
import { digestOf } from '../decide/digest.ts';
import type { Log } from '../log/log.ts';
import { doc, join } from '../message/build.ts';
import { digestPicture } from '../words/pictures/digest.ts';
import { digestDocument, isWorthTelling } from '../words/item/digest.ts';
import { needsPeople } from '../words/item/step.ts';
import { afterQuietHours } from './quiet-hours.ts';

const LOOK_MS = 30_000;
const MINUTE_MS = 60_000;
const DAY_MINUTES = 24 * 60;

/** A room that wants a digest every day. */
export interface DigestRoom {
  readonly transport: string;
  readonly id: string;
  readonly project: string;
  /** Minutes after midnight, in the zone. */
  readonly at: number;
  /** A picture comes with it. */
  readonly pictures?: boolean;
}

export interface DigestParts {
  readonly log: Log;
  readonly clock: Clock;
  readonly rooms: () => readonly DigestRoom[];
  readonly settingsOf: (project: string) => ProjectSettings | null;
  /** IANA name. */
  readonly timezone: string;
  readonly nameOf: NameOf;
  readonly onProblem: (what: string, error: unknown) => void;
}

/**
 * Sends each room its digest at its time of day: what came since the one before. The message and the note that it was sent
 * commit together, so that a restart neither forgets nor repeats one; one whose time passed meanwhile comes late.
 */
export function sendDigests(parts: DigestParts): { stop(): void } {
  const { log, clock } = parts;
  const state = log.stateStore('digests');
  let cancel = (): void => undefined;
  const look = (): void => {
    try {
      for (const room of parts.rooms()) {
        const key = `${room.transport}:${room.id}`;
        const last = Number(state.get(key) ?? Number.NaN);
        if (Number.isNaN(last)) state.set(key, String(clock.now()));
        else if (nextDigest(last, room.at, parts.timezone) <= clock.now())
          send(parts, room, last, () => state.set(key, String(clock.now())));
      }
    } catch (error) {
      // A full disk, say: nothing of it was kept, and the next look does it all.
      parts.onProblem('a digest', error);
    }
    cancel = clock.at(clock.now() + LOOK_MS, look);
  };
  look();
  return { stop: () => cancel() };
}

/** The first moment after `last` at which the clock of the zone shows this time of day, also over a change of the clock. */
export function nextDigest(last: number, at: number, timezone: string): number {
  return afterQuietHours(last + MINUTE_MS, { from: (at + 1) % DAY_MINUTES, to: at }, timezone);
}

function send(
  { log, settingsOf, timezone, nameOf }: DigestParts,
  { transport, id, project, pictures = false }: DigestRoom,
  since: number,
  sent: () => void,
): void {
  const settings = settingsOf(project);
  if (settings === null) return;
  log.transaction((tx) => {
    const digest = digestOf(tx.reads, settings, since, tx.now, needsPeople);
    sent();
    if (!isWorthTelling(digest)) return;
    const reader = { current: project, now: tx.now, timezone, nameOf };
    const body = join(digestDocument(digest, project, reader), doc(pictures && digestPicture(digest, project, reader)));
    // Its own time counts, also within quiet hours: somebody chose it.
    tx.outbox.add({ to: { transport, room: id, thread: null }, kind: 'notice', body, inbox: null, item: null }, tx.now);
  });
}
