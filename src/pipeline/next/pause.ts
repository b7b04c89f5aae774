import type { Actor } from '../actor.ts';
import type { Millis } from '../values.ts';

/** What becomes of what runs when a project is paused: it finishes, it is stopped, or it is stopped together with all other projects. */
export type PauseHow = 'finish' | 'stop' | 'panic';

/** A person has paused a project: nothing new starts in it. */
export interface Pause {
  readonly by: Actor;
  /** In the person's words; empty: none. */
  readonly reason: string;
  /** When it ends by itself; null: only a person ends it. */
  readonly until: Millis | null;
  readonly how: PauseHow;
  readonly since: Millis;
}
