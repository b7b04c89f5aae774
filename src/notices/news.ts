import { command, line } from '../message/build.ts';
import type { Document } from '../message/document.ts';
import type { LoggedEvent } from '../pipeline/events.ts';
import type { NameOf } from '../pipeline/actor.ts';
import { KINDS, type NewsEvent } from '../pipeline/kinds.ts';
import { withoutPaths } from '../words/paths.ts';
import { accountAnnouncement } from './announce-account.ts';
import { baseAnnouncement } from './announce-base.ts';
import { pauseAnnouncement, resumeAnnouncement } from './announce-pause.ts';
import { outageAnnouncement, outageOverAnnouncement } from './announce-outage.ts';
import { recoveryAnnouncement } from './announce-recovery.ts';

/** Events of Musher itself, of accounts and of base branches. */
export type MachineNews = Extract<NewsEvent, { item: null }>;

/** Whether any room could be notified of an event, judging by the event alone. Other events are skipped without a commit. */
export function isNews(event: LoggedEvent): event is NewsEvent {
  switch (event.kind) {
    case 'base.seen':
      return event.payload.how === 'rewritten';
    case 'account.limited':
    case 'outage.met':
      return event.payload.news;
    case 'musher.recovered':
      return event.payload.told;
    case 'item.removed':
      return event.payload.left.length > 0;
    case 'item.errand_failed':
      return event.payload.errand === 'undo';
    default:
      return KINDS[event.kind].news !== null;
  }
}

/** The notice about Musher, a project, an account or a base branch. `room`: the project that the room is on. Null: nothing new. */
export function machineAnnouncement(
  event: MachineNews,
  { timezone, nameOf }: { readonly timezone: string; readonly nameOf: NameOf },
  room: string | null,
): Document | null {
  switch (event.kind) {
    case 'base.seen':
      return baseAnnouncement(event.payload, event.project);
    case 'musher.recovered':
      return recoveryAnnouncement(event.payload, timezone);
    case 'account.limited':
      return accountAnnouncement(event.payload, timezone);
    case 'outage.met':
      return outageAnnouncement(event.payload, event.project);
    case 'outage.over':
      return outageOverAnnouncement(event.payload, event.project, event.at);
    case 'project.paused':
      return pauseAnnouncement(event.payload, event, room, { timezone, nameOf });
    case 'project.resumed':
      return resumeAnnouncement(event.payload, event, nameOf);
    case 'log.backup_failed':
      return line(
        `✗ The backup failed: ${withoutPaths(event.payload.why)}. Musher tries again in an hour; `,
        command('health'),
        ' shows the backups.',
      );
  }
}
