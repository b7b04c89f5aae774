import type { ProjectSettings } from '../config/settings.ts';
import { follow, type Follower } from '../log/follow.ts';
import type { Log } from '../log/log.ts';
import type { Address } from '../message/address.ts';
import { announcement } from './announce.ts';

/** A room that is told of a project's events. */
export interface NotifiedRoom {
  readonly to: Address;
  /** The project that the room speaks of: items of others are named with their project. */
  readonly project: string | null;
}

/** Puts what rooms should know into the outbox, in the transaction that moves its cursor: each event is told once, in order. */
export function startNotify(
  log: Log,
  settingsOf: (project: string) => ProjectSettings | null,
  roomsOf: (project: string) => readonly NotifiedRoom[],
  onError: (error: unknown) => void,
): Follower {
  return follow(
    log,
    'notify',
    (event, tx) => {
      if (event.item === null) return;
      const item = tx.reads.item(event.project, event.item);
      const settings = settingsOf(event.project);
      if (item === null || settings === null || item.removal?.state === 'purged') return;
      for (const { to, project } of roomsOf(event.project)) {
        const label = project === event.project ? String(event.item) : `${event.project}#${event.item}`;
        const body = announcement(event, { item, reads: tx.reads, maxRetries: settings.maxRetries, qaDefault: settings.qa, label });
        if (body !== null)
          tx.outbox.add({ to, kind: 'notice', body, inbox: null, item: { project: event.project, number: event.item } }, tx.now);
      }
    },
    onError,
  );
}
