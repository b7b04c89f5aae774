import { BOUNDS } from '../../bounds.ts';
import type { RunOutcome } from '../../agents/supervision/outcome.ts';
import { oneLine } from '../../agents/text.ts';
import type { AgentSettings } from '../../config/settings.ts';
import type { Elsewhere } from '../../git/worktree/elsewhere.ts';
import type { Run } from '../../log/projections/run.ts';
import type { EndReason, Failure, Work, WorkItem } from '../../pipeline/types.ts';
import { amountOf } from '../../pipeline/budget/budget.ts';
import { newMarkers } from '../merge/conflict-markers.ts';
import { SEARCHED_BYTES } from '../merge/secrets-in-diff.ts';
import { isRefused } from '../merge/refused.ts';
import { isGuarded } from '../merge/merge.ts';
import { takeReport } from './report/take-report.ts';
import { exhaustedLine } from './run-budget.ts';
import type { EngineParts, EngineProject } from '../parts.ts';
import { totalTokens } from '../../pipeline/usage.ts';
import type { Fault, PlainFault, Said, StuckCause } from '../../pipeline/why/fault.ts';

/** Ends that say nothing of the work: the account can't be used for now. */
export const PAUSED: ReadonlySet<EndReason> = new Set(['rate-limited', 'signed-out']);

/** What a run came to, after Musher has looked at the branch itself. */
export interface Judgement {
  readonly reason: EndReason;
  /** Where `reason` is `stuck`. */
  readonly cause: StuckCause | null;
  /** What the run says, or why it does not count. */
  readonly summary: Said;
  readonly failure: Failure | null;
  readonly work: Work | null;
  /** A person approved the work, and the merge of it touches nothing that a person has to see. */
  readonly carriesApproval: boolean;
}

/** Judges a run that has ended by the branch, never by its word. */
export async function judgeRun(
  parts: EngineParts,
  project: EngineProject,
  item: WorkItem,
  run: Run,
  agent: AgentSettings | null,
  outcome: RunOutcome,
): Promise<Judgement> {
  return withTree(project, item, await judge(parts, project, item, run, agent, outcome));
}

/** A failure names the files that it came with, committed or not: with others it is another try. */
async function withTree({ git }: EngineProject, item: WorkItem, judgement: Judgement): Promise<Judgement> {
  const { failure, work } = judgement;
  if (failure === null || work === null) return judgement;
  const tree = await git.treeOfFiles({ number: item.number, branch: work.branch });
  return tree === null ? judgement : { ...judgement, failure: { ...failure, tree } };
}

async function judge(
  parts: EngineParts,
  project: EngineProject,
  item: WorkItem,
  run: Run,
  agent: AgentSettings | null,
  outcome: RunOutcome,
): Promise<Judgement> {
  const { git } = project;
  // As it was when the run began: only Musher writes it, right before the start.
  const before = parts.log.reads.item(item.project, item.number)?.work ?? null;
  const branch = before?.branch ?? null;
  const at = { number: item.number, branch };
  // Neither Musher's own end, nor a provider's limit, nor a budget that others have a part in is the attempt's fault.
  const overBudget = atLine(parts, run, agent, outcome);
  const excused = outcome.reason === 'stopped' || PAUSED.has(outcome.reason) || overBudget !== null;
  const plain = {
    reason: outcome.reason,
    cause: outcome.cause,
    summary: overBudget ?? outcome.summary,
    work: null,
    failure: excused ? null : failed(outcome, stuckIn(outcome.cause, outcome.summary)),
    carriesApproval: false,
  };
  if (branch === null) return plain;
  await git.clearLocks(at);
  // Before anything lists the files of what the run has committed.
  const tooLarge = before === null ? null : await git.takeOffTooLarge(at, before.head);
  const isSpike = run.role === 'coder' && parts.log.reads.item(item.project, item.number)?.type === 'spike';
  const report = isSpike ? await takeReport(parts, item, run, outcome) : '';
  const left = await git.leftovers(at);
  const hollow =
    outcome.reason === 'finished' && run.role === 'coder' && !isSpike && (await isHollow(parts, project, run, outcome, before, left));
  const commits =
    left.length > 0 && tooLarge === null && !hollow && agent?.commit === 'musher' && outcome.reason === 'finished' && run.role !== 'qa';
  const files = commits ? await git.uncommittable(at) : [];
  if (files.length > 0) {
    await git.snapshot(at, `after run ${run.run}`);
    return notDone({ ...plain, work: await git.readWork(branch) }, outcome, 'failed', { kind: 'uncommittable', files });
  }
  if (commits) {
    await git.commitLeftovers(at, `${item.number}: work of ${run.agent}`);
  } else if (left.length > 0 && run.role !== 'qa') {
    await git.snapshot(at, `after run ${run.run}`);
  }
  let work = await git.readWork(branch);
  if (work === null && before !== null && before.commitsAhead > 0) {
    // What earlier attempts committed must not be lost with a branch that an agent renamed.
    await git.bringBack({ number: item.number, branch }, before.head);
    work = await git.readWork(branch);
  }
  const seen = { ...plain, work };
  if (outcome.reason !== 'finished') return seen;
  if (tooLarge !== null)
    return notDone(seen, outcome, 'failed', { kind: 'tree-too-large', entries: BOUNDS.treeEntries, depth: BOUNDS.treeDepth, ...tooLarge });
  if (run.role === 'qa')
    return outcome.verdict === null ? notDone(seen, outcome, 'failed', { kind: 'no-verdict' }) : { ...seen, failure: null };
  if (run.role === 'mergemaster') return judgeMerge(project, item, seen, outcome, run);
  if (isSpike) return report === '' ? notDone(seen, outcome, 'failed', { kind: 'no-report' }) : { ...seen, failure: null };
  const moved = work !== null && work.commitsAhead > 0 && work.head !== before?.head;
  const elsewhere = moved ? null : await git.workElsewhere(at, run.startedAt ?? run.pendingAt);
  if (elsewhere !== null) return committedElsewhere(seen, outcome, branch, elsewhere);
  const refused = work !== null && !hollow && (await isRefused(parts, project, item, work));
  return judgeCode(seen, outcome, { hollow, refused, left });
}

/** Its work is there, but not where Musher takes it from: the next attempt is told where, and people too. */
function committedElsewhere(seen: Judgement, outcome: RunOutcome, own: string, { branch, head, commits }: Elsewhere): Judgement {
  const summary = { kind: 'work-elsewhere', branch, commit: head, commits } as const;
  const evidence = [
    `Only what is committed on the branch ${own} counts. The last run committed ${branch === null ? `on a detached HEAD, at ${head}` : `on ${branch}`}.`,
    // By its commit: a branch that was made in a sandbox has stayed there.
    `Bring it over: git checkout ${own} && git merge --ff-only ${head} (or git cherry-pick what is missing).`,
    outcome.evidence,
  ].join('\n');
  return { ...seen, reason: 'failed', summary, failure: { ...failed(outcome, summary), evidence } };
}

/** Says that a run was ended at the line of a budget, which it now waits for; null: it met limits of its own, or was not ended for any. */
function atLine(parts: EngineParts, run: Run, agent: AgentSettings | null, outcome: RunOutcome): Fault | null {
  if (outcome.reason !== 'over-budget') return null;
  const now = parts.log.reads.run(run.project, run.item, run.run) ?? run;
  const passed = exhaustedLine(now, outcome.turns, agent?.limits ?? null);
  if (passed === null) return null;
  return { kind: 'budget-reached', unit: passed.unit, used: amountOf(now.usage)[passed.unit], cap: passed.cap };
}

/** Whether a run used no model and left branch and files as it found them, what an earlier attempt left included. */
async function isHollow(
  parts: EngineParts,
  { git }: EngineProject,
  run: Run,
  outcome: RunOutcome,
  before: Work | null,
  left: readonly string[],
): Promise<boolean> {
  const tokens = [...outcome.usage.values()].reduce((sum, usage) => sum + totalTokens(usage), 0);
  if (tokens > 0 || before === null || (await git.readWork(before.branch))?.head !== before.head) return false;
  const started = parts.log.reads
    .history(run.project, run.item, 10_000)
    .find((event) => event.kind === 'run.started' && event.payload.run === run.run);
  const files = started?.kind === 'run.started' ? started.payload.files : undefined;
  if (files === undefined) return left.length === 0;
  return (await git.treeOfFiles({ number: run.item, branch: before.branch })) === files;
}

function judgeCode(
  seen: Judgement,
  outcome: RunOutcome,
  { hollow, refused, left }: { readonly hollow: boolean; readonly refused: boolean; readonly left: readonly string[] },
): Judgement {
  const { work } = seen;
  const committed = work !== null && work.commitsAhead > 0;
  if (hollow) {
    return notDone(seen, outcome, 'hollow', { kind: 'hollow' });
  }
  if (committed && refused) return notDone(seen, outcome, 'failed', { kind: 'refused-again' });
  if (committed) return { ...seen, failure: null };
  return notDone(seen, outcome, 'failed', { kind: 'nothing-committed', changed: left });
}

/** It said that it was done and was not. Where it had asked a person for something, that is why. */
function notDone(seen: Judgement, outcome: RunOutcome, reason: 'failed' | 'hollow', summary: PlainFault): Judgement {
  if (outcome.asked === null) return { ...seen, reason, summary, failure: failed(outcome, summary) };
  const asked = { kind: 'asked-nobody', question: outcome.asked } as const;
  return {
    ...seen,
    reason: 'stuck',
    cause: 'waits-for-input',
    summary: asked,
    failure: failed(outcome, stuckIn('waits-for-input', asked)),
  };
}

/** What the run said at its end, with what it was stuck in. */
function stuckIn(cause: StuckCause | null, summary: Said): Said {
  return cause === null || (typeof summary !== 'string' && summary.kind === 'stuck') ? summary : { kind: 'stuck', cause, said: summary };
}

async function judgeMerge(project: EngineProject, item: WorkItem, seen: Judgement, outcome: RunOutcome, run: Run): Promise<Judgement> {
  if (seen.work === null) return { ...seen, reason: 'failed', failure: failed(outcome, { kind: 'branch-gone' }) };
  const paths = await project.git.changedPaths(seen.work.head);
  const marked = await newMarkers(project.git, seen.work, await project.git.patch(seen.work.head, SEARCHED_BYTES), paths);
  const carriesApproval = item.accepted !== null && !paths.some((path) => isGuarded(path, project.settings.guarded));
  if (marked.length === 0) return { ...seen, failure: null, carriesApproval };
  const summary = { kind: 'conflict-markers', agent: run.agent, files: marked } as const;
  return { ...seen, reason: 'failed', summary, failure: { ...failed(outcome, summary), cause: 'conflict' } };
}

function failed(outcome: RunOutcome, summary: Said): Failure {
  const said = typeof summary === 'string' ? oneLine(summary) : summary;
  return { cause: 'run', summary: said === '' ? { kind: 'failed-silently' } : said, evidence: outcome.evidence };
}
