import { quote } from '../../message/build.ts';
import type { Block } from '../../message/document.ts';

/** So much of what somebody said is in a notice: lines, and UTF-16 units in all. */
const IN_NOTICE = { lines: 3, units: 300 } as const;
/** So much of it is in `show`. */
const IN_SHOW = { lines: 20, units: 2_000 } as const;

/** What somebody said, with their name before it, as a notice has it: the first lines. False: they said nothing. */
export function saidBriefly(who: string, said: string): Block | false {
  return said === '' ? false : quote(`${who}: ${firstLines(said, IN_NOTICE)}`);
}

/** What follows the first line of what somebody said, which was told already. False: nothing does. */
export function saidFurther(said: string): Block | false {
  const further = said
    .trim()
    .split(/[\r\n]+/)
    .slice(1)
    .join('\n');
  return further === '' ? false : quote(firstLines(further, IN_NOTICE));
}

/** The same at length, without the name. */
export function saidAtLength(said: string): Block | false {
  return said === '' ? false : quote(firstLines(said, IN_SHOW));
}

/** Whether `saidAtLength` leaves something out. */
export function isCutInShow(said: string): boolean {
  return firstLines(said, IN_SHOW).endsWith('…');
}

/** The first lines of a text that have something in them; what is left out is marked with `…`. */
export function firstLines(text: string, most: { readonly lines: number; readonly units: number }): string {
  const lines = text
    .split(/[\r\n\u2028\u2029]+/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const first = lines.slice(0, most.lines).join('\n');
  if (first.length <= most.units) return lines.length > most.lines ? `${first} …` : first;
  const cut = first.slice(0, most.units - 1);
  return `${(cut.isWellFormed() ? cut : cut.slice(0, -1)).trimEnd()}…`;
}
