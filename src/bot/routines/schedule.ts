import { Cron } from 'croner';
import { err, ok } from '../../result.ts';
import { CONDITIONS, type Condition } from '../../pipeline/later/routine.ts';
import { argument, matching, problemAt, quoted, type Argument } from '../parse/argument.ts';
import type { Word } from '../parse/tokenize.ts';
import { parsing } from '../../words/bot/parsing.ts';

/** When a routine runs, in the words of people and as a cron schedule. */
export interface Schedule {
  readonly words: string;
  readonly cron: string;
}

const EXPECTS = 'a schedule, like weekday 9:00, monday 9:00, night or 2h';
const DAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
/** Days by the word for them, as cron counts them; 0 is Sunday. */
const DAY_WORDS: ReadonlyMap<string, string> = new Map([
  ['day', '*'],
  ['weekday', '1-5'],
  ['weekend', '0,6'],
]);
/** Parts of a day, which have a time of their own. */
const PARTS: ReadonlyMap<string, string> = new Map([
  ['night', '03:00'],
  ['morning', '08:00'],
  ['evening', '18:00'],
]);
/** Lengths that divide a day, so that they are the same times every day, also when the clocks change. Nothing shorter: each run is a message. */
const LENGTHS: ReadonlyMap<string, string> = new Map([
  ['15m', '*/15 * * * *'],
  ['30m', '*/30 * * * *'],
  ['hour', '0 * * * *'],
  ['1h', '0 * * * *'],
  ...[2, 3, 4, 6, 8, 12].map((hours) => [`${hours}h`, `0 */${hours} * * *`] as const),
]);

/** How often: `day 9:00`, `weekday 9am`, `mon,thu 14:30`, `night`, `2h`. */
export function schedule(): Argument<Schedule> {
  return argument<Schedule>({
    kind: 'tokens',
    type: 'string',
    description:
      'How often: `day 9:00`, `weekday 9:00`, `weekend 10:00`, `monday 9:00`, `mon,thu 9:00`, `night`, `morning`, `evening`, `hour`, `2h`.',
    expects: EXPECTS,
    parse(reader) {
      const wrong = (word: Word | null): ReturnType<typeof err<ReturnType<typeof problemAt>>> =>
        err(
          word === null
            ? problemAt({ start: reader.source.length, end: reader.source.length }, parsing.expected(EXPECTS))
            : problemAt(word, parsing.isNot(quoted(word.text), EXPECTS)),
        );
      const first = reader.take();
      if (first === null) return wrong(null);
      const often = first.text.toLowerCase();
      const length = LENGTHS.get(often);
      if (length !== undefined) return ok({ words: often, cron: length });
      const days = PARTS.has(often) ? '*' : (DAY_WORDS.get(often) ?? daysOf(often));
      if (days === null) return wrong(first);
      const usual = PARTS.get(often) ?? null;
      const mark = reader.mark();
      if (reader.peek()?.text.toLowerCase() === 'at') reader.take();
      const typed = reader.take();
      // `every night 9 …` may go on with anything: there only what can be nothing else is a time.
      const given = typed === null ? null : timeIn(typed.text.toLowerCase(), usual !== null);
      if (given === null) reader.reset(mark);
      const time = given ?? usual;
      if (time === null) return wrong(typed);
      const [hour, minute] = time.split(':').map(Number);
      return ok({ words: `${named(often)} ${time}`, cron: `${minute ?? 0} ${hour ?? 0} * * ${days}` });
    },
    complete: (prefix) => matching(prefix, ['day 9:00', 'weekday 9:00', 'monday 9:00', 'night', 'hour', '2h']),
  });
}

/** Names of days, separated by commas, as numbers; null where one is none. */
function daysOf(text: string): string | null {
  const numbers = text.split(',').map((name) => DAYS.findIndex((day) => name.length >= 3 && `${day}s`.startsWith(name)));
  return numbers.includes(-1) ? null : [...new Set(numbers)].sort((a, b) => a - b).join(',');
}

/** The same days in full: `mon,thu` is `monday,thursday`. */
function named(text: string): string {
  if (DAY_WORDS.has(text) || PARTS.has(text)) return text;
  return text
    .split(',')
    .map((name) => DAYS.find((day) => `${day}s`.startsWith(name)) ?? name)
    .join(',');
}

/** `9:00`, `9am` and, where a time has to follow, `9`, as `09:00`. */
function timeIn(text: string, strict: boolean): string | null {
  const [whole, hours = '', minutes, half] = /^(\d{1,2})(?::(\d{2}))?(am|pm)?$/.exec(text) ?? [];
  if (whole === undefined || (strict && minutes === undefined && half === undefined)) return null;
  const typed = Number(hours);
  if (half !== undefined && (typed < 1 || typed > 12)) return null;
  const hour = half === undefined ? typed : (typed % 12) + (half === 'pm' ? 12 : 0);
  const minute = Number(minutes ?? 0);
  return hour > 23 || minute > 59 ? null : `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
}

/** The first time after a moment at which a routine is due, right across a change of the clocks. */
export function nextDue(cron: string, after: number, timezone: string): number {
  const next = new Cron(cron, { paused: true, timezone }).nextRun(new Date(after));
  if (next === null) throw new Error(`the schedule ${cron} has no next time`);
  return next.getTime();
}

/** `if blocked`, `unless running`, `if backlog empty`. */
export function condition(): Argument<Condition> {
  const expects = `a condition: if or unless, then ${CONDITIONS.join(', ')}`;
  return argument<Condition>({
    kind: 'tokens',
    type: 'string',
    description: `When it runs: \`if\` or \`unless\`, then ${CONDITIONS.map((one) => `\`${one}\``).join(', ')}.`,
    expects,
    usage: () => '<if|unless …>',
    parse(reader) {
      const words: Word[] = [];
      for (const most of [2, 3]) {
        while (words.length < most) {
          const word = reader.take();
          if (word === null) break;
          words.push(word);
        }
        const found = conditionIn(words.map(({ text }) => text).join(' '));
        if (found !== null) return ok(found);
      }
      const [first] = words;
      return err(problemAt(first ?? { start: 0, end: 0 }, parsing.isNot(quoted(first?.text ?? ''), expects)));
    },
    complete: (prefix) =>
      matching(
        prefix,
        CONDITIONS.flatMap((what) => [`if ${what}`, `unless ${what}`]),
      ),
  });
}

/** The condition that a text is; null: it is none. */
function conditionIn(text: string): Condition | null {
  const [, when, what] = /^(if|unless) (.+?):?$/.exec(text.toLowerCase()) ?? [];
  const known = CONDITIONS.find((one) => one === what);
  return known === undefined ? null : { when: when === 'if' ? 'if' : 'unless', what: known };
}

/** A condition typed behind a command that takes no text: `digest if blocked`. Null: there is none. */
export function trailingCondition(text: string): { readonly command: string; readonly condition: Condition } | null {
  const typed = text.trim();
  const starts = [...typed.matchAll(/\s(?:if|unless) /gi)].map(({ index }) => index);
  const start = starts.at(-1);
  if (start === undefined) return null;
  const [command, found] = [typed.slice(0, start).trim(), conditionIn(typed.slice(start + 1))];
  return command === '' || found === null ? null : { command, condition: found };
}
