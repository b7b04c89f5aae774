import { code, type Content } from '../message/build.ts';
import type { Step } from '../pipeline/next-step.ts';
import type { WorkItem } from '../pipeline/types.ts';
import type { CommandContext } from '../bot/command.ts';
import { itemName, sentence } from './item.ts';
import { moment } from './time.ts';

/** Where a text about an item is read. */
export interface Reader {
  /** The project that a bare number belongs to there. */
  readonly current: string;
  readonly now: number;
  readonly timezone: string;
}

/** Where the texts of a command's answer are read. */
export function readerOf(context: Pick<CommandContext, 'project' | 'clock' | 'timezone'>): Reader {
  return { current: context.project.name, now: context.clock.now(), timezone: context.timezone };
}

/** Words between backquotes as literal text. Only for texts of our own: what people wrote stays a text node. */
export function ticked(text: string): Content[] {
  return text
    .split('`')
    .map((part, index) => (index % 2 === 1 ? code(part) : part))
    .filter((part) => part !== '');
}

/** What happens to an item next, or why nothing does and what a person can do: one or two sentences. */
export function outlook(item: WorkItem, step: Step, reader: Reader): Content[] {
  switch (step.do) {
    case 'start':
      return [`It starts now: ${sentenceEnd(step.because)}`];
    case 'run':
      // Not its name: another item that was promised the same agent a moment ago may come first.
      return [item.attempts === 0 ? 'The next free agent takes it.' : `The next free agent takes it: ${sentenceEnd(step.because)}`];
    case 'gates':
      return [sentence(step.because)];
    case 'merge':
      return [`It is merged next: ${sentenceEnd(step.because)}`];
    case 'restore':
      return [`The snapshot is being restored: ${sentenceEnd(step.because)}`];
    case 'undo':
      return [`Its merge is being taken back: ${sentenceEnd(step.because)}`];
    case 'send-back':
      return [`It goes back to current: ${sentenceEnd(step.because)}`];
    case 'block':
      return [`It is blocked next: ${sentenceEnd(step.because)}`];
    case 'watch':
      return [`${sentence(step.because)} `, ...waitingContent(step.waiting, reader), ...nextContent(item, step.next, reader)];
    case 'wait':
      return [
        `It waits because ${sentenceEnd(step.because)} `,
        ...untilContent(step.until, reader),
        ...nextContent(item, step.next, reader),
      ];
    case 'rest':
      return [`${sentence(step.because)} `, ...nextContent(item, step.next, reader)];
  }
}

/** What can be done, with its commands; where the room speaks of another project they name the item in full. */
export function nextContent(item: WorkItem, next: string, reader: Reader): Content[] {
  const name = itemName(item, reader.current);
  const number = new RegExp(`(?<![\\w#])${item.number}(?!\\w)`, 'g');
  return ticked(next.replaceAll(/`[^`]*`/g, (typed) => typed.replaceAll(number, name)));
}

/** Since when people are waited for, and until when. */
export function waitingContent(waiting: { since: number; until: number } | undefined, { now, timezone }: Reader): Content[] {
  return waiting === undefined ? [] : [`Since ${moment(waiting.since, now, timezone)}, until ${moment(waiting.until, now, timezone)}. `];
}

function untilContent(until: number | null, { now, timezone }: Reader): Content[] {
  return until === null ? [] : [`That is until ${moment(until, now, timezone)}. `];
}

/** As `sentence`, in the middle of one: the first letter stays as it is. */
function sentenceEnd(text: string): string {
  const whole = sentence(text);
  return text.trim().charAt(0) + whole.slice(1);
}
