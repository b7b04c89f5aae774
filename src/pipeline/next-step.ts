import { shortage, type Budget } from './budget/budget.ts';
import { shortageWords } from './budget/budget-words.ts';
import { chooseAccount, type AccountFact } from './accounts.ts';
import type { Unmet } from './dependencies.ts';
import { isResumable } from './moves.ts';
import { limitedAlone, onAccounts, rateLimited } from './rate-limit.ts';
import { waitsForPeople, type AgentRequest } from './requests.ts';
import { sameAgain } from './same-failure.ts';
import type { Errand, QaMode, Role, WorkItem, WorkStage } from './types.ts';
import type { ItemNumber, Millis } from './values.ts';
import { actorName } from './actor.ts';

/** An agent, and how the accounts stand that it may use; without any, nothing is known of its provider. */
export interface AgentFact {
  readonly name: string;
  readonly stage: WorkStage;
  readonly role: Role;
  readonly accounts?: readonly AccountFact[];
}

/** What the decision about one item depends on besides the item itself. */
export interface Facts {
  readonly now: Millis;
  readonly qaDefault: QaMode;
  readonly autoStart: boolean;
  readonly maxCoders: number;
  /** Attempts after the first. */
  readonly maxRetries: number;
  readonly agents: readonly AgentFact[];
  /** Names of the agents that have a run, and the item they work on. */
  readonly busy: ReadonlyMap<string, ItemNumber>;
  /** Coder runs under way in the project. */
  readonly coders: number;
  readonly unmet: readonly Unmet[];
  /** When the last of the item's dependencies was met; null while one is not. */
  readonly metAt: Millis | null;
  /** The item at the head of the project's merge queue; null where it is empty. */
  readonly mergeHead: ItemNumber | null;
  /** The budgets that a run of the item has to fit in. */
  readonly budgets: readonly Budget[];
  /** Why nothing of the project may run in the sandbox that it asks for; null: it may. */
  readonly sandboxProblem: string | null;
  /** What agents of the project ask people for at this moment, by item, the oldest first. */
  readonly requests: ReadonlyMap<ItemNumber, readonly AgentRequest[]>;
}

export type WaitingFor =
  | 'start'
  | 'dependencies'
  | 'slot'
  | 'agent'
  | 'approval'
  | 'hold'
  | 'rate-limit'
  | 'budget'
  | 'merge-queue'
  | 'unblock'
  | 'acceptance'
  | 'configuration';

/** What happens next to an item. `because` completes "waiting because …"; `next` says what a person can do, or what will happen. */
export type Step =
  | { readonly do: 'start'; readonly because: string }
  | { readonly do: 'run'; readonly stage: WorkStage; readonly agent: string; readonly account: string | null; readonly because: string }
  | { readonly do: 'gates'; readonly because: string }
  | { readonly do: 'merge'; readonly because: string }
  | { readonly do: 'restore' | 'undo'; readonly because: string }
  | { readonly do: 'send-back'; readonly because: string }
  | { readonly do: 'block'; readonly because: string }
  | {
      readonly do: 'watch';
      readonly because: string;
      readonly next: string;
      /** Its agent waits for people. */
      readonly waiting?: { readonly since: Millis; readonly until: Millis };
    }
  | {
      readonly do: 'wait';
      readonly for: WaitingFor;
      readonly because: string;
      readonly next: string;
      readonly until: Millis | null;
      /** What it waits for can't come by waiting. */
      readonly never: boolean;
    }
  | { readonly do: 'rest'; readonly because: string; readonly next: string };

/**
 * The one decision of the engine: what an item needs now. Pure, so `why`, `status` and the engine can't disagree.
 * Level-triggered: it looks at where the item stands, not at how it came there, and so it holds after any restart.
 */
export function nextStep(item: WorkItem, facts: Facts): Step {
  return held(stepOf(item, facts), facts);
}

/** Nothing is run without the sandbox that the project asks for: agents, gates and merges wait until it holds. */
function held(step: Step, { sandboxProblem }: Facts): Step {
  const runs = step.do === 'run' || step.do === 'gates' || step.do === 'merge' || step.do === 'undo';
  if (sandboxProblem === null || !runs) return step;
  return wait('configuration', `its sandbox does not hold: ${sandboxProblem}`, 'See `musher doctor`, mend it, and restart Musher.');
}

function stepOf(item: WorkItem, facts: Facts): Step {
  const n = item.number;
  if (item.deletedAt !== null) return { do: 'rest', because: 'it was deleted', next: 'Its number is never used again.' };
  if (item.errand !== null) return onErrand(item.errand);
  if (item.held !== null && item.stage.name !== 'archived' && item.stage.name !== 'done')
    return wait('hold', `${actorName(item.held.by)} stopped it`, afterHold(item, facts));
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
      return { do: 'rest', because: `it was merged as ${item.stage.mergeCommit.slice(0, 10)}`, next: `\`accept ${n}\` archives it.` };
    case 'archived':
      return inArchive(item);
  }
}

function onErrand(errand: Errand): Step {
  const who = actorName(errand.by);
  if (errand.kind === 'restore') return { do: 'restore', because: `${who} wants snapshot ${errand.snapshot} back` };
  return { do: 'undo', because: `${who} takes its merge back, and the gates decide` };
}

/** What lets a stopped item go on. */
function afterHold({ number: n, stage }: WorkItem, { unmet }: Facts): string {
  if (stage.name !== 'backlog') return `\`start ${n}\` goes on.`;
  if (unmet.some(({ never }) => never !== null)) return `\`depends ${n} on …\` has to change first, then \`start ${n}\` starts it.`;
  return unmet.length === 0 ? `\`start ${n}\` starts it.` : `\`start ${n}\` lets it start by itself when what it depends on is done.`;
}

function inBacklog(item: WorkItem, facts: Facts): Step {
  const n = item.number;
  if (facts.unmet.length === 0) {
    if (item.queued) return { do: 'start', because: 'it was asked to start and waits for nothing' };
    // Only what became free while it waited: a dependency that was met before does not start what nobody asked for.
    if (facts.autoStart && facts.metAt !== null && facts.metAt >= item.waitsSince)
      return { do: 'start', because: 'all it depends on is done' };
    return wait('start', 'nobody has started it', `\`start ${n}\` starts it.`);
  }
  const because = `it depends on ${facts.unmet.map(describeUnmet).join(', ')}`;
  const never = facts.unmet.find((unmet) => unmet.never !== null);
  if (never !== undefined)
    return wait(
      'dependencies',
      because,
      `That never comes by waiting: \`depends ${n} on …\` changes it, \`depends ${n} on nothing\` clears it.`,
      true,
    );
  const starts = item.queued || facts.autoStart;
  return wait('dependencies', because, afterStuck(facts, starts ? 'It starts by itself then.' : `\`start ${n}\` starts it then.`));
}

/** In the archive, but not for ever: a person has to look at it before what depends on it can go on. */
function isStuck({ stage, never }: Unmet): boolean {
  return stage === 'archived' && never === null;
}

/** What is stuck needs a person first, and who waits for it should hear which item that is. */
function afterStuck({ unmet }: Facts, next: string): string {
  const stuck = unmet.find(isStuck);
  return stuck === undefined ? next : `\`why ${stuck.number}\` says what ${stuck.number} needs. ${next}`;
}

function describeUnmet(unmet: Unmet): string {
  return `${unmet.number} (${unmet.never ?? (isStuck(unmet) ? 'blocked' : `in ${unmet.stage}`)})`;
}

function inCurrent(item: WorkItem, facts: Facts): Step {
  const { execution } = item;
  const n = item.number;
  if (execution.state === 'completed') return { do: 'gates', because: `${execution.agent.name} has finished and the gates decide` };
  if (execution.state === 'pending')
    return watch(`the worktree for ${execution.agent.name} is being made ready`, 'The run starts by itself.');
  if (execution.state === 'running')
    return asking(item, facts) ?? watch(`${execution.agent.name} works on it`, `\`logs ${n}\` shows what it does; \`stop ${n}\` stops it.`);
  const limited = limitedAlone(item, 'current', facts);
  if (limited !== null) return rateLimited(limited, n);
  const exhausted = exhaustion(item, facts);
  if (exhausted !== null) return { do: 'block', because: exhausted };
  if (facts.unmet.length > 0) return onDependencies(item, facts);
  return runWith(item, 'current', facts);
}

/** What it depends on was taken back, or was never there: its work stands on something that the base branch lacks. */
function onDependencies(item: WorkItem, facts: Facts): Step {
  const { unmet } = facts;
  const never = unmet.some((one) => one.never !== null);
  const because = `it depends on ${unmet.map(describeUnmet).join(', ')}`;
  return wait(
    'dependencies',
    because,
    never ? `\`depends ${item.number} on …\` changes it.` : afterStuck(facts, 'It goes on by itself then.'),
    never,
  );
}

/** Why no further attempt is made; null while one is left. The first attempt and `maxRetries` more are allowed. */
function exhaustion(item: WorkItem, facts: Facts): string | null {
  const failure = item.failure === null ? '' : `: ${item.failure.summary}`;
  if (item.attempts > facts.maxRetries) return `${counted(item.attempts, 'attempt')} failed in ${item.stage.name}${failure}`;
  if (item.sentBack > facts.maxRetries) return `it was sent back ${counted(item.sentBack, 'time')}${failure}`;
  return sameAgain(item);
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

function runWith(item: WorkItem, stage: WorkStage, facts: Facts): Step {
  const fitting = facts.agents.filter((agent) => agent.stage === stage);
  const wanted = stage === 'current' && item.assignedTo !== null ? item.assignedTo : null;
  const candidates = wanted === null ? fitting : fitting.filter((agent) => agent.name === wanted);
  if (candidates.length === 0) {
    const because =
      wanted === null ? `no agent is configured for ${stage}` : `the agent ${wanted} it is assigned to is not configured for ${stage}`;
    const next =
      wanted === null
        ? 'Add an [[agent]] to .musher/project.toml and restart Musher.'
        : `\`assign ${item.number} any\` lets any agent take it.`;
    return wait('configuration', because, next);
  }
  const short = budgetWait(facts);
  // What runs hold may come back any moment: then a slot or an agent is what it really waits for.
  if (short?.held === false) return short.step;
  if (stage === 'current' && facts.coders >= facts.maxCoders)
    return wait('slot', `all ${facts.maxCoders} coder slots are busy (${holders(facts)})`, 'It starts by itself when one is free.');
  const idle = candidates.filter((agent) => !facts.busy.has(agent.name));
  if (idle.length === 0) {
    const who = candidates.map((agent) => `${agent.name} on ${facts.busy.get(agent.name)}`).join(', ');
    return wait('agent', `every agent for it is busy (${who})`, 'It starts by itself when one is free.');
  }
  if (short !== null) return short.step;
  const choices = idle.map((agent) => ({ agent: agent.name, choice: chooseAccount(agent.accounts ?? [], facts.now) }));
  const free = choices.find(({ choice }) => choice === null || choice.take !== null);
  if (free === undefined)
    return onAccounts(
      choices.flatMap(({ choice }) => choice ?? []),
      item.number,
    );
  return {
    do: 'run',
    stage,
    agent: free.agent,
    account: free.choice?.take ?? null,
    because: item.attempts === 0 ? 'an agent is free' : `attempt ${item.attempts + 1} of ${facts.maxRetries + 1}`,
  };
}

/** Why no budget has room for another run; null where all have. */
function budgetWait({ budgets }: Facts): { readonly step: Step; readonly held: boolean } | null {
  const short = shortage(budgets);
  if (short === null) return null;
  const { because, next } = shortageWords(short);
  const { until } = short.budget;
  return { step: { do: 'wait', for: 'budget', because, next, until, never: !short.held && until === null }, held: short.held };
}

function holders(facts: Facts): string {
  return [...facts.busy].map(([agent, on]) => `${agent} on ${on}`).join(', ');
}

function inQa(item: WorkItem, facts: Facts): Step {
  const { execution } = item;
  const n = item.number;
  const mode = item.qaMode ?? facts.qaDefault;
  if (execution.state === 'pending' || execution.state === 'running')
    return asking(item, facts) ?? watch(`${execution.agent.name} reviews it`, `\`logs ${n}\` shows what it does.`);
  if (mode === 'human')
    return wait('approval', 'a person has to look at it', `\`diff ${n}\` shows the change; \`approve ${n}\` or \`reject ${n} <reason>\`.`);
  const limited = limitedAlone(item, 'qa', facts);
  if (limited !== null) return rateLimited(limited, n);
  const exhausted = exhaustion(item, facts);
  if (exhausted !== null) return { do: 'block', because: exhausted };
  if (mode === 'server') return { do: 'gates', because: 'the gates decide' };
  return runWith(item, 'qa', facts);
}

function inMerge(item: WorkItem, facts: Facts): Step {
  const { execution, failure } = item;
  const n = item.number;
  if (execution.state === 'pending' || execution.state === 'running')
    return asking(item, facts) ?? watch(`${execution.agent.name} resolves a conflict`, `\`logs ${n}\` shows what it does.`);
  const limited = limitedAlone(item, 'merge', facts);
  if (limited !== null) return rateLimited(limited, n);
  const exhausted = exhaustion(item, facts);
  if (exhausted !== null) return { do: 'block', because: exhausted };
  const conflicted =
    failure !== null && (failure.cause === 'conflict' || failure.cause === 'run' || failure.cause === 'setup') && item.attempts > 0;
  if (conflicted && execution.state !== 'completed') {
    if (!facts.agents.some((agent) => agent.stage === 'merge')) return { do: 'send-back', because: failure.summary };
    return runWith(item, 'merge', facts);
  }
  // One whose commit is on its way to the base branch has to be brought to its end.
  if (facts.unmet.length > 0 && item.landing === null) return onDependencies(item, facts);
  if (facts.mergeHead !== null && facts.mergeHead !== n)
    return wait('merge-queue', `${facts.mergeHead} is merged first`, 'Merges go one at a time; it follows by itself.');
  return { do: 'merge', because: 'it is first in the merge queue' };
}

function inArchive(item: WorkItem): Step {
  const n = item.number;
  if (item.stage.name !== 'archived') throw new Error('only archived items come here');
  const { reason } = item.stage;
  if (reason.kind === 'reviewHeld')
    return wait('acceptance', reason.reason, `\`diff ${n}\` shows it; \`accept ${n}\` merges it, \`reject ${n} <reason>\` sends it back.`);
  if (isResumable(item.stage) && 'reason' in reason)
    return wait(
      'unblock',
      `it is blocked: ${reason.reason}`,
      `\`unblock ${n}\` puts it back to ${item.stage.from.name}; \`retry ${n}\` also starts afresh.`,
    );
  if (reason.kind === 'superseded')
    return { do: 'rest', because: `${reason.by} took its place`, next: `\`show ${reason.by}\` shows that one.` };
  return { do: 'rest', because: reason.kind === 'completed' ? 'it is finished' : 'it was abandoned', next: 'Nothing more happens to it.' };
}

function wait(what: WaitingFor, because: string, next: string, never = false): Step {
  return { do: 'wait', for: what, because, next, until: null, never };
}

/** What people are asked by the item's agent, where it asks. */
function asking(item: WorkItem, facts: Facts): Step | null {
  return waitsForPeople(facts.requests.get(item.number) ?? []);
}

function watch(because: string, next: string): Step {
  return { do: 'watch', because, next };
}
