import { command, line, phrase } from '../message/build.ts';
import type { Document } from '../message/document.ts';
import { visibleLine } from '../message/sanitize.ts';
import { clampText } from '../message/split.ts';
import type { Millis } from '../pipeline/values.ts';
import { counted } from './amounts.ts';
import { clockTime, duration } from './time.ts';

const LONGEST_REASON = 200;

/** A network that is not there. `title`: how people write its name; `reason`: as the network's adapter has it. */
export interface Away {
  readonly title: string;
  readonly since: Millis;
  readonly reason: string | null;
}

/** To the rooms of other networks, while it lasts. */
export function unreachable({ title, since, reason }: Away, now: Millis, timezone: string): Document {
  return line(
    ...phrase`✗ ${title} has been unreachable since ${clockTime(since, timezone)}, for ${duration(now - since)}${because(reason)}. Messages are queued until it’s back; `,
    command('health'),
    ' shows its state.',
  );
}

/** For the rooms of other networks that were notified of the outage. */
export function reachableAgain(title: string, after: Millis): Document {
  return line(`✓ ${title} is back after ${duration(after)}.`);
}

/** To its own rooms, once it is back. `late`: messages of the room that came later for it. */
export function wasDisconnected({ title, since, reason }: Away, back: Millis, late: number, timezone: string): Document {
  const when = phrase`from ${clockTime(since, timezone)} to ${clockTime(back, timezone)}, for ${duration(back - since)}`;
  const held =
    late === 0 ? 'No message was delayed.' : `${counted(late, 'message')} from that time ${late === 1 ? 'was' : 'were'} delayed.`;
  return line(...phrase`Musher was disconnected from ${title} ${when}${because(reason)}. ${held}`);
}

/** The problem, without the hint for the operator that follows it. */
function because(reason: string | null): string {
  const what = reason === null ? '' : visibleLine(reason).replace(/\s*(?:;? ?Musher (?:tries|connects) again.*|\([A-Z_]+\))$/, '');
  const text = clampText(what, LONGEST_REASON, 'utf16').replace(/[.\s]+$/, '');
  return text === '' ? '' : ` (${text})`;
}

/** What `health` says of a room in which messages were refused for good. */
export function givenUpWords(count: number): string {
  return `${counted(count, 'message')} could not be delivered`;
}
