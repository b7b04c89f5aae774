import type { LoggedComment } from '../../log/reads/reads.ts';
import { phrase } from '../../message/build.ts';
import type { Inline } from '../../message/document.ts';
import type { Told } from '../../pipeline/told/told.ts';
import { moment } from '../time.ts';
import type { Reader } from '../reader.ts';

/** What a person said to the item's agents, and whether one has read it: `14:02 Anna: use the old API (read by coder-1 14:03)`. */
export function toldWords({ by, at, text, read }: Told, reader: Reader): Inline[] {
  const time = (when: number): Inline => moment(when, reader.now, reader.timezone);
  const seen = read === undefined ? 'not read yet' : phrase`read by ${read.agent} ${time(read.at)}`;
  return phrase`${time(at)} ${reader.nameOf(by)}: ${text} (${seen})`;
}

/** What a person said of the item to others: `14:02 Anna: the design is agreed`. */
export function commentWords({ by, at, text }: LoggedComment, reader: Reader): Inline[] {
  return phrase`${moment(at, reader.now, reader.timezone)} ${reader.nameOf(by)}: ${text}`;
}
