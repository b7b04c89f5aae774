import { phrase } from '../../message/build.ts';
import type { Inline } from '../../message/document.ts';
import { revealed } from '../../message/reveal.ts';
import type { AgentRequest } from '../../pipeline/requests.ts';
import type { ItemNumber } from '../../pipeline/values.ts';
import { counted } from '../amounts.ts';
import { firstLine, itemLabel, itemTitle, type Named } from '../item/item.ts';
import type { Reader } from '../reader.ts';
import { moment } from '../time.ts';

/** What stands in a section without an item. */
export const EMPTY_WORDS = {
  needs: 'Nothing needs you. Agents continue on their own.',
  working: 'No agent is working.',
  waiting: 'Nothing is waiting.',
  merged: 'Nothing has been merged yet.',
  board: 'No item here.',
} as const;

/** A button that starts an item: `Start #3 Pay by card`. */
export function startLabel(item: Named, { current }: Reader): string {
  return `Start ${firstLine(itemTitle(item, current), 60)}`;
}

/** Items named of those that wait behind another. */
const NAMED = 3;

/** What it costs to let something wait: `2 items wait behind it: #4 and #5.` Empty where nothing does. */
export function behindWords(project: string, behind: readonly ItemNumber[], holder: string | null, { current }: Reader): string {
  const slot = holder === null ? '' : `${holder} can’t continue until then.`;
  if (behind.length === 0) return slot;
  const named = behind.slice(0, NAMED).map((number) => itemLabel({ project, number }, current));
  const more = behind.length - named.length;
  const list = more > 0 ? [...named, `${more} more`] : named;
  const names = list.length === 1 ? list.join('') : `${list.slice(0, -1).join(', ')} and ${list.at(-1) ?? ''}`;
  return `${slot === '' ? '' : `${slot} `}${counted(behind.length, 'item')} ${behind.length === 1 ? 'waits' : 'wait'} behind it: ${names}.`;
}

/** What happens with a request that nobody answers: `Denied at 14:05 unless somebody answers.` */
export function expiryWords({ ask, expiresAt }: Pick<AgentRequest, 'ask' | 'expiresAt'>, { now, timezone }: Reader): Inline[] {
  const end = moment(expiresAt, now, timezone);
  return ask.kind === 'permission'
    ? phrase`Denied at ${end} unless somebody answers.`
    : phrase`Without an answer by ${end}, the agent takes “${revealed(ask.fallback)}”.`;
}
