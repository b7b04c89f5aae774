import type { StuckCause } from './types.ts';

/** In what a run was stuck, as people read it. */
export const STUCK_WORDS: { readonly [C in StuckCause]: string } = {
  silent: 'silent',
  'out-of-time': 'out of time',
  flooding: 'prints without end',
  spinning: 'spinning',
  'waits-for-input': 'waits for input',
};
