import { T0 } from './samples.ts';
import { NO_CHOICE } from '../../src/pipeline/next/choice.ts';
import type { Facts } from '../../src/pipeline/next/step.ts';

export const AGENTS: Facts['agents'] = [
  { name: 'coder-1', stage: 'current', role: 'coder' },
  { name: 'coder-2', stage: 'current', role: 'coder' },
  { name: 'qa', stage: 'qa', role: 'qa' },
  { name: 'mergemaster', stage: 'merge', role: 'mergemaster' },
];
/** Nothing is chosen for items of any type. */
export const NO_DEFAULTS: Facts['defaults'] = { story: NO_CHOICE, bug: NO_CHOICE, spike: NO_CHOICE, refactor: NO_CHOICE };
/** Nothing else goes on, and there is an agent for each stage. */
export const QUIET: Facts = {
  now: T0,
  qaDefault: 'server',
  maxCoders: 2,
  maxRetries: 3,
  agents: AGENTS,
  busy: new Map(),
  defaults: NO_DEFAULTS,
  coders: 0,
  unmet: [],
  mergeHead: null,
  budgets: [],
  sandboxProblem: null,
  outage: null,
  pause: null,
  requests: new Map(),
};
