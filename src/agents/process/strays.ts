import type { Clock } from '../../clock.ts';
import { sweep } from './stop.ts';
import { markersWith } from './table.ts';

/**
 * Ends processes that carry one of this Musher's markers and belong to none that is still wanted: gates and set-up of a
 * Musher that was killed, and runs that the log has closed. `prefix` names this data directory, which has one owner, so
 * nothing of anybody else is touched. `before` keeps what they may have been at work on. Returns how many markers had
 * processes left.
 */
export async function sweepStrays(
  prefix: string,
  wanted: ReadonlySet<string>,
  clock: Clock,
  before: (markers: readonly string[]) => Promise<void> = () => Promise.resolve(),
): Promise<number> {
  const strays = [...(await markersWith(prefix))].filter((marker) => !wanted.has(marker));
  if (strays.length > 0) await before(strays);
  await Promise.all(strays.map((marker) => sweep({ marker, pid: 0, pidStart: null }, clock)));
  return strays.length;
}
