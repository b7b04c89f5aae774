import { T0 } from './samples.ts';
import type { Facts } from '../../src/pipeline/next/step.ts';

export const AGENTS: Facts['agents'] = [
  { name: 'coder-1', stage: 'current', role: 'coder' },
  { name: 'coder-2', stage: 'current', role: 'coder' },
  { name: 'qa', stage: 'qa', role: 'qa' },
  { name: 'mergemaster', stage: 'merge', role: 'mergemaster' },
];
/** Nothing else goes on, and there is an agent for each stage. */
export const QUIET: Facts = {
  now: T0,
  qaDefault: 'server',
  maxCoders: 2,
  maxRetries: 3,
  agents: AGENTS,
  busy: new Map(),
  coders: 0,
  unmet: [],
  mergeHead: null,
  budgets: [],
  sandboxProblem: null,
  outage: null,
  pause: null,
  requests: new Map(),
};
