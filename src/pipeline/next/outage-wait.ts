import type { Millis } from '../values.ts';
import type { Outage } from './outage.ts';
import type { Step } from './step.ts';

/** Nothing that needs what is out is begun before its time; what is under way waits for it by itself, and says so. */
export function heldByOutage(step: Step, outage: Outage | null, now: Millis): Step {
  if (outage === null) return step;
  const reason = { kind: 'outage', agent: null, outage } as const;
  if (step.do === 'watch') return step.reason.kind === 'asks-people' ? step : { do: 'watch', reason };
  const needs = step.do === 'run' || step.do === 'gates' || step.do === 'merge' || step.do === 'undo' || step.do === 'restore';
  return needs && outage.until > now ? waiting(reason, outage.until) : step;
}

/** The wait for the first of some agents that can't be used for now. */
export function onOutages(out: readonly { readonly name: string; readonly outage: Outage }[]): Step {
  const [first] = out.toSorted((a, b) => a.outage.until - b.outage.until);
  if (first === undefined) throw new Error('asked only where every agent is out');
  return waiting({ kind: 'outage', agent: first.name, outage: first.outage }, first.outage.until);
}

function waiting(reason: Extract<Step, { do: 'wait' }>['reason'], until: Millis): Step {
  return { do: 'wait', for: 'outage', reason, until, never: false };
}
