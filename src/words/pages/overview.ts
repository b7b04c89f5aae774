import type { NetworkState } from '../../decide/network-state.ts';
import { counted } from '../amounts.ts';
import { duration } from '../time.ts';

/** What stands on these pages where there is nothing to show. */
export const NOTHING_WORDS = {
  agents: 'No agent is configured.',
  accounts: 'No agent uses an account.',
  rooms: 'Musher serves no room yet. The terminal always works.',
  search: 'Type words to look for. A word also finds longer words that begin with it.',
  audit: 'No event here.',
  past: 'No item existed yet.',
} as const;

/** What a search found, before the items. */
export function foundWords(items: number, some: boolean): string {
  if (items === 0) return 'Nothing found. Fewer or shorter words find more.';
  return some ? `No item has all the words. ${counted(items, 'item')} with some of them:` : `Found in ${counted(items, 'item')}:`;
}

/** How a network is, beside its name: `online for 3 h`, `offline for 2 min, 4 messages wait`. */
export function networkWords({ state, since, waiting }: NetworkState, now: number): string {
  const queue = waiting === 0 ? '' : `, ${counted(waiting, 'message')} ${waiting === 1 ? 'waits' : 'wait'}`;
  return `${state} for ${duration(Math.max(0, now - since))}${queue}`;
}

/** Above a board of the past. */
export function pastWords(events: number): string {
  return events === 0 ? 'The board as it is now.' : `The board as it was, ${counted(events, 'event')} ago.`;
}

/** Where events before those that were looked at are. */
export function lookedAtWords(events: number): string {
  return `${counted(events, 'event')} looked at.`;
}

/** On the page of dependencies. */
export const GRAPH_WORDS = {
  nothing: 'No open item depends on another one.',
  click: 'Click an item to see everything it depends on and everything that waits for it; click it again to open it.',
  after: 'after',
} as const;
