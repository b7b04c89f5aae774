import { phrase, type Content } from '../../message/build.ts';
import type { Inline } from '../../message/document.ts';
import type { WorkItem } from '../../pipeline/types.ts';
import { itemTitle, marksOf, sentenceOf } from './item.ts';
import { nextWords, reasonWords } from './reasons.ts';
import { duration, moment } from '../time.ts';
import type { Reader } from '../reader.ts';
import type { Step, WaitingFor } from '../../pipeline/next/step.ts';

/** What happens to an item, or what it waits for and until when: `rate-limited on account main, until 14:05`. No full stop. */
export function stepWords(item: WorkItem, step: Step, reader: Reader): Inline[] {
  const until = step.do === 'wait' && step.until !== null ? phrase`, until ${moment(step.until, reader.now, reader.timezone)}` : '';
  return phrase`${step.do === 'block' ? 'blocked: ' : ''}${reasonWords(item, step.reason, reader)}${until}`;
}

/** Waits that only a person ends. */
const NEEDS_PEOPLE: ReadonlySet<WaitingFor> = new Set(['approval', 'acceptance', 'configuration', 'hold', 'start']);

/** The symbol of an item's state, before its name: `!` needs a person, `✗` is blocked, `✓` is over, `…` continues on its own. Words always follow it. */
export function stepSign(step: Step): '!' | '✗' | '✓' | '…' {
  if (step.do === 'rest') return '✓';
  if (step.do === 'wait' && step.for === 'unblock') return '✗';
  return needsPeople(step) ? '!' : '…';
}

/** Whether only a person moves it on. */
export function needsPeople(step: Step): boolean {
  return step.do === 'wait' ? step.never || NEEDS_PEOPLE.has(step.for) : step.reason.kind === 'asks-people';
}

/** What is younger is no length of time worth telling. */
export const JUST_NOW_MS = 2_000;

/** An item in a list of states: `! #4 Login · waiting for review · 3 min. …`. `for`: how long it has been in this state, in ms; null: not known. */
export function stepLine(item: WorkItem, step: Step, since: number | null, reader: Reader): Content[] {
  const next = nextWords(item, step, reader);
  const ms = since === null ? 0 : reader.now - since;
  const waited = ms < JUST_NOW_MS ? '' : ` · ${duration(ms)}`;
  const words = phrase`${stepSign(step)} ${itemTitle(item, reader.current)}${marksOf(item)} · ${stepWords(item, step, reader)}${waited}`;
  return next.length === 0 ? words : [...words, isEnded(words) ? ' ' : '. ', ...next];
}

/** A question of an agent ends its sentence itself. */
function isEnded(words: readonly Inline[]): boolean {
  const last = words.findLast((one) => one.kind !== 'text' || one.text !== '');
  return last?.kind === 'text' && /[.!?…]$/.test(last.text);
}

/** What happens to an item next, or why nothing does, and what a person can do: one or two sentences. */
export function outlook(item: WorkItem, step: Step, reader: Reader): Content[] {
  const next = nextWords(item, step, reader);
  return [...phrase`${sentenceOf(stepWords(item, step, reader))}${next.length === 0 ? '' : ' '}`, ...next];
}
