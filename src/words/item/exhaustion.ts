import { counted } from '../amounts.ts';
import type { Exhaustion } from '../../pipeline/why/cause.ts';

/** Why no further attempt is made: the words of the failure (empty: none), and how often it came. */
export function exhaustionWords(reason: Exhaustion, failure: string): string {
  const what = failure === '' ? '' : `${failure}, `;
  switch (reason.kind) {
    case 'attempts-used-up':
      return `${what}after ${counted(reason.attempts, 'attempt')} in ${reason.stage}`;
    case 'sent-back-too-often':
      return `${what}sent back ${counted(reason.times, 'time')}`;
    case 'same-failure':
      return `${what}${reason.times} times in a row with no change to the work`;
  }
}
