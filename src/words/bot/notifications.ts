import { NOTIFY_KINDS } from '../../config/choices.ts';
import type { RoomState } from '../../decide/room-state.ts';

/** The parts of a room that its notifications depend on. */
type Notified = Pick<RoomState, 'notify' | 'style' | 'hasThreads'>;

const ALL = NOTIFY_KINDS.length - 1;

/** A room's notifications in a table: `all`, `merges, failures (threads)`, `none`. */
export function notificationsCell({ notify, style, hasThreads }: Notified): string {
  if (notify.length === 0) return 'none';
  const what = notify.length === ALL ? 'all' : notify.join(', ');
  return isSaid({ notify, style, hasThreads }) ? `${what} (${style})` : what;
}

/** The same after “gets”: `all notifications`, `merges and failures, in threads`, `no notifications`. */
export function notificationsOf({ notify, style, hasThreads }: Notified): string {
  if (notify.length === 0) return 'no notifications';
  const what = notify.length === ALL ? 'all notifications' : `only ${new Intl.ListFormat('en').format(notify)}`;
  return isSaid({ notify, style, hasThreads }) ? `${what}, in ${style}` : what;
}

/** A card shows an item's stages, so a room without them has none. */
function isSaid({ notify, style, hasThreads }: Notified): boolean {
  return (style === 'cards' && notify.includes('stages')) || (style === 'threads' && hasThreads);
}

/** A room's quiet hours in a table: `22:00–07:00`, `none`. */
export function quietHoursCell({ quietHours }: Pick<RoomState, 'quietHours'>): string {
  return quietHours === null ? 'none' : `${timeOfDay(quietHours.from)}–${timeOfDay(quietHours.to)}`;
}

/** Minutes after midnight as `22:00`. */
function timeOfDay(minutes: number): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
}
