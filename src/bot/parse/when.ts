import { parseDuration } from '../../config/duration.ts';
import type { Millis } from '../../pipeline/values.ts';
import { err, ok, type Result } from '../../result.ts';
import { argument, problemAt, quoted, type Argument } from './argument.ts';
import { badTime, parsing } from '../../words/bot/parsing.ts';
import { momentOf, wallTimeAt, type Moment, type WallTime } from './local-time.ts';

/** A time as people type it. What it means depends on when and where it is read. */
export type When =
  | { readonly kind: 'in'; readonly ms: Millis }
  /** `day` null: today, or tomorrow if that time has passed. */
  | {
      readonly kind: 'at';
      readonly day: 'today' | 'tomorrow' | Pick<WallTime, 'year' | 'month' | 'day'> | null;
      readonly hour: number;
      readonly minute: number;
    };

const EXPECTS = 'a time, like 14:30, tomorrow 09:00, 2026-12-01 14:30 or in 2h';
/** Anything later is a typo. */
const FARTHEST_MS = 366 * 24 * 60 * 60 * 1000;

/** When something is to happen: `14:30`, `tomorrow 09:00`, `2026-12-01 14:30`, `in 1h30m`. */
export function when(description = 'When: `14:30`, `tomorrow 09:00`, `2026-12-01 14:30`, `in 2h`.'): Argument<When> {
  return argument<When>({
    kind: 'tokens',
    type: 'string',
    description,
    expects: EXPECTS,
    parse(reader) {
      const first = reader.take();
      const problem = (word: { text: string; start: number; end: number }): Result<never, ReturnType<typeof problemAt>> =>
        err(problemAt(word, parsing.isNot(quoted(word.text), EXPECTS)));
      if (first === null) return err(problemAt({ start: reader.source.length, end: reader.source.length }, parsing.expected(EXPECTS)));
      const typed = first.text.toLowerCase();
      const date = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(typed);
      const whole = /^(\d{4}-\d{1,2}-\d{1,2})t(\d{1,2}:\d{2})$/.exec(typed);
      if (typed === 'in') {
        const length = reader.take();
        const ms = length === null ? null : parseDuration(length.text.toLowerCase());
        return ms === null ? problem(length ?? first) : ok({ kind: 'in', ms });
      }
      if (whole !== null) return at(dayOf(whole[1] ?? ''), whole[2] ?? '') ?? problem(first);
      if (typed !== 'today' && typed !== 'tomorrow' && date === null) return at(null, typed) ?? problem(first);
      const clock = reader.take();
      return at(typed === 'today' || typed === 'tomorrow' ? typed : dayOf(typed), clock?.text ?? '') ?? problem(clock ?? first);
    },
    complete: () => ['in 1h', 'tomorrow 09:00'].map((value) => ({ value, label: value })),
  });
}

function at(day: Extract<When, { kind: 'at' }>['day'], clock: string): Result<When, never> | null {
  const [, hours, minutes] = /^(\d{1,2}):(\d{2})$/.exec(clock) ?? [];
  const hour = Number(hours ?? 99);
  const minute = Number(minutes ?? 99);
  return hour > 23 || minute > 59 ? null : ok({ kind: 'at', day, hour, minute });
}

function dayOf(text: string): Pick<WallTime, 'year' | 'month' | 'day'> {
  const [year = 0, month = 0, day = 0] = text.split('-').map(Number);
  return { year, month, day };
}

/** The moment that is meant; the error is a sentence that says why there is none. */
export function resolveWhen(said: When, now: Millis, timezone: string): Result<Moment, string> {
  const found = said.kind === 'in' ? { at: now + said.ms, note: null } : onTheClock(said, now, timezone);
  if (found === null) return err(badTime.noSuchDay);
  if (found.at <= now) return err(badTime.past);
  return found.at > now + FARTHEST_MS ? err(badTime.tooFar) : ok(found);
}

function onTheClock(said: Extract<When, { kind: 'at' }>, now: Millis, timezone: string): Moment | null {
  const { hour, minute } = said;
  if (said.day !== null && typeof said.day === 'object') return momentOf({ ...said.day, hour, minute }, timezone);
  const today = wallTimeAt(now, timezone);
  const next = new Date(Date.UTC(today.year, today.month - 1, today.day + 1));
  const tomorrow = { year: next.getUTCFullYear(), month: next.getUTCMonth() + 1, day: next.getUTCDate() };
  const here = momentOf({ ...today, hour, minute }, timezone);
  if (said.day === 'today' || (said.day === null && here !== null && here.at > now)) return here;
  return momentOf({ ...tomorrow, hour, minute }, timezone);
}
