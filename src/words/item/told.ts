import type { LoggedComment } from '../../log/reads/reads.ts';
import { actorName } from '../../pipeline/actor.ts';
import type { Told } from '../../pipeline/told/told.ts';
import { moment } from '../time.ts';
import type { Reader } from '../reader.ts';

/** What a person said to the item's agents, and whether one has read it: `14:02 Anna: use the old API (read by coder-1 14:03)`. */
export function toldWords({ by, at, text, read }: Told, reader: Reader): string {
  const time = (when: number): string => moment(when, reader.now, reader.timezone);
  const seen = read === undefined ? 'not read yet' : `read by ${read.agent} ${time(read.at)}`;
  return `${time(at)} ${actorName(by)}: ${text} (${seen})`;
}

/** What a person said of the item to others: `14:02 Anna: the design is agreed`. */
export function commentWords({ by, at, text }: LoggedComment, reader: Reader): string {
  return `${moment(at, reader.now, reader.timezone)} ${actorName(by)}: ${text}`;
}
