import { shortage } from '../budget/budget.ts';
import { chooseAccount } from './accounts.ts';
import { candidatesFor, isBusy } from './candidates.ts';
import { limitedAlone, onAccounts, rateLimited } from './rate-limit.ts';
import { heldByPause } from './pause-wait.ts';
import { heldByOutage, onOutages } from './outage-wait.ts';
import type { Busy, Reason, WaitReason } from './reason.ts';
import { sameAgain } from '../why/same-failure.ts';
import type { Errand, WorkItem } from '../types.ts';
import type { WorkStage } from '../role.ts';
import type { Exhaustion } from '../why/cause.ts';
import type { AgentFact, Facts, Step, WaitingFor } from './step.ts';

/**
 * The one decision of the engine: what an item needs now. Pure, so `why`, `status` and the engine can't disagree.
 * Level-triggered: it depends on the item's state, not on its history, so it is right after any restart.
 */
export function nextStep(item: WorkItem, facts: Facts): Step {
  // A person's word says more than the fault that would hold it as well.
  return heldByOutage(held(heldByPause(stepOf(item, facts), item, facts.pause), facts), facts.outage, facts.now);
}

/** Nothing is run without the sandbox that the project asks for: agents, gates and merges wait until it holds. */
function held(step: Step, { sandboxProblem }: Facts): Step {
  const runs = step.do === 'run' || step.do === 'gates' || step.do === 'merge' || step.do === 'undo';
  return sandboxProblem === null || !runs ? step : wait('configuration', { kind: 'sandbox', problem: sandboxProblem });
}

function stepOf(item: WorkItem, facts: Facts): Step {
  if (item.deletedAt !== null) return rest({ kind: 'deleted' });
  if (item.errand !== null) return onErrand(item.errand);
  if (item.held !== null && item.stage.name !== 'archived' && item.stage.name !== 'done')
    return wait('hold', { kind: 'stopped', by: item.held.by, after: afterHold(item, facts) });
  switch (item.stage.name) {
    case 'backlog':
      return inBacklog(item, facts);
    case 'current':
      return inCurrent(item, facts);
    case 'qa':
      return inQa(item, facts);
    case 'merge':
      return inMerge(item, facts);
    case 'done':
      return rest({ kind: 'merged' });
    case 'archived':
      return inArchive(item);
  }
}

function onErrand(errand: Errand): Step {
  const { by } = errand;
  if (errand.kind === 'restore') return { do: 'restore', reason: { kind: 'restore-asked', by, snapshot: errand.snapshot } };
  return { do: 'undo', reason: { kind: 'undo-asked', by } };
}

/** What has to happen before `start` can resume a stopped item. */
function afterHold({ stage }: WorkItem, { unmet }: Facts): Extract<WaitReason, { kind: 'stopped' }>['after'] {
  if (stage.name !== 'backlog' || unmet.length === 0) return 'nothing';
  return unmet.some(({ never }) => never !== null) ? 'other-dependencies' : 'dependencies';
}

function inBacklog(item: WorkItem, facts: Facts): Step {
  // Whatever its dependencies are: what nobody started costs nothing.
  if (!item.queued) return wait('start', { kind: 'not-started', unmet: facts.unmet });
  if (facts.unmet.length > 0) return onDependencies(facts);
  return { do: 'start', reason: { kind: item.dependsOn.length === 0 ? 'asked-to-start' : 'dependencies-met' } };
}

function inCurrent(item: WorkItem, facts: Facts): Step {
  const { execution } = item;
  if (execution.state === 'completed') return { do: 'gates', reason: { kind: 'gates-decide', agent: execution.agent.name } };
  if (execution.state === 'pending') return { do: 'watch', reason: { kind: 'being-prepared', agent: execution.agent.name } };
  if (execution.state === 'running') return watch(item, execution.agent.name, 'current', facts);
  const limited = limitedAlone(item, 'current', facts);
  if (limited !== null) return rateLimited(limited);
  const exhausted = exhaustion(item, 'current', facts);
  if (exhausted !== null) return { do: 'block', reason: exhausted };
  // Its dependency was reverted or never merged, so its work builds on commits that the base branch lacks.
  if (facts.unmet.length > 0) return onDependencies(facts);
  return runWith(item, 'current', facts);
}

function onDependencies({ unmet }: Facts): Step {
  const never = unmet.some((one) => one.never !== null);
  return wait('dependencies', { kind: 'dependencies', unmet }, never);
}

/** Why no further attempt is made; null while one is left. The first attempt and `maxRetries` more are allowed. */
function exhaustion(item: WorkItem, stage: WorkStage, { maxRetries }: Facts): Exhaustion | null {
  if (item.attempts > maxRetries) return { kind: 'attempts-used-up', attempts: item.attempts, stage };
  if (item.sentBack > maxRetries) return { kind: 'sent-back-too-often', times: item.sentBack };
  return sameAgain(item);
}

function runWith(item: WorkItem, stage: WorkStage, facts: Facts): Step {
  const found = candidatesFor(item, stage, facts);
  if (!found.ok) return wait('configuration', found.error);
  const { agents: candidates, model } = found.value;
  const short = budgetWait(facts);
  // Open runs may release their reservations at any moment, so it really waits for a slot or an agent.
  if (short?.held === false) return short.step;
  if (stage === 'current' && facts.coders >= facts.maxCoders)
    return wait('slot', {
      kind: 'slots-busy',
      max: facts.maxCoders,
      busy: [...facts.busy.keys()].flatMap((agent) => busyOn(agent, facts)),
    });
  const idle = candidates.filter((agent) => !isBusy(agent, facts));
  if (idle.length === 0) return onBusyAgents(candidates, facts);
  if (short !== null) return short.step;
  const out = idle.flatMap(({ name, outage }) => ((outage?.until ?? 0) > facts.now && outage ? [{ name, outage }] : []));
  const able = idle.filter(({ name }) => !out.some((one) => one.name === name));
  if (able.length === 0) return onOutages(out);
  const choices = able.map((agent) => ({ agent: agent.name, choice: chooseAccount(agent.accounts ?? [], facts.now) }));
  const free = choices.find(({ choice }) => choice === null || choice.take !== null);
  if (free === undefined) return onAccounts(choices.flatMap(({ choice }) => choice ?? []));
  return {
    do: 'run',
    stage,
    agent: free.agent,
    model,
    account: free.choice?.take ?? null,
    reason:
      item.attempts === 0 ? { kind: 'agent-free' } : { kind: 'another-attempt', attempt: item.attempts + 1, of: facts.maxRetries + 1 },
  };
}

function busyOn(agent: string, { busy }: Facts): Busy[] {
  return (busy.get(agent) ?? []).map((item) => ({ agent, item }));
}

function onBusyAgents(candidates: readonly AgentFact[], facts: Facts): Step {
  const [first, ...others] = candidates;
  const only = first === undefined || others.length > 0 ? null : { agent: first.name, most: first.maxParallel ?? 1 };
  return wait('agent', { kind: 'agents-busy', busy: candidates.flatMap(({ name }) => busyOn(name, facts)), only });
}

/** The wait for a budget that has no room for another run; null where all have. */
function budgetWait({ budgets }: Facts): { readonly step: Step; readonly held: boolean } | null {
  const short = shortage(budgets);
  if (short === null) return null;
  const { held: byRuns } = short;
  const { until } = short.budget;
  return {
    step: { do: 'wait', for: 'budget', reason: { kind: 'budget', shortage: short }, until, never: !byRuns && until === null },
    held: byRuns,
  };
}

function inQa(item: WorkItem, facts: Facts): Step {
  const { execution } = item;
  const mode = item.qaMode ?? facts.qaDefault;
  if (execution.state === 'pending' || execution.state === 'running') return watch(item, execution.agent.name, 'qa', facts);
  if (mode === 'human') return wait('approval', { kind: 'review' });
  const limited = limitedAlone(item, 'qa', facts);
  if (limited !== null) return rateLimited(limited);
  const exhausted = exhaustion(item, 'qa', facts);
  if (exhausted !== null) return { do: 'block', reason: exhausted };
  if (mode === 'server') return { do: 'gates', reason: { kind: 'gates-decide', agent: null } };
  return runWith(item, 'qa', facts);
}

function inMerge(item: WorkItem, facts: Facts): Step {
  const { execution, failure } = item;
  if (execution.state === 'pending' || execution.state === 'running') return watch(item, execution.agent.name, 'merge', facts);
  const limited = limitedAlone(item, 'merge', facts);
  if (limited !== null) return rateLimited(limited);
  const exhausted = exhaustion(item, 'merge', facts);
  if (exhausted !== null) return { do: 'block', reason: exhausted };
  const conflicted =
    failure !== null && (failure.cause === 'conflict' || failure.cause === 'run' || failure.cause === 'setup') && item.attempts > 0;
  if (conflicted && execution.state !== 'completed') {
    if (!facts.agents.some((agent) => agent.stage === 'merge')) return { do: 'send-back', reason: { kind: 'no-merge-agent' } };
    return runWith(item, 'merge', facts);
  }
  // One whose commit is on its way to the base branch has to be brought to its end.
  if (facts.unmet.length > 0 && item.landing === null) return onDependencies(facts);
  if (facts.mergeHead !== null && facts.mergeHead !== item.number)
    return wait('merge-queue', { kind: 'merge-queue', first: facts.mergeHead });
  return { do: 'merge', reason: { kind: 'first-to-merge' } };
}

function inArchive({ stage }: WorkItem): Step {
  if (stage.name !== 'archived') throw new Error('only archived items come here');
  const { reason } = stage;
  switch (reason.kind) {
    case 'reviewHeld':
      return wait('acceptance', { kind: 'held-for-review' });
    case 'blocked':
    case 'mergeFailed':
      return wait('unblock', { kind: 'blocked' });
    case 'superseded':
      return rest({ kind: 'superseded', by: reason.by });
    case 'completed':
    case 'abandoned':
      return rest({ kind: reason.kind });
  }
}

function wait(what: WaitingFor, reason: WaitReason, never = false): Step {
  return { do: 'wait', for: what, reason, until: null, never };
}

function rest(reason: Reason): Step {
  return { do: 'rest', reason };
}

/** A run under way, and what its agent asks people for, where it does. */
function watch(item: WorkItem, agent: string, stage: WorkStage, facts: Facts): Step {
  const [request, ...others] = facts.requests.get(item.number) ?? [];
  if (request !== undefined) return { do: 'watch', reason: { kind: 'asks-people', request, more: others.length } };
  return { do: 'watch', reason: { kind: 'working', agent, stage } };
}
