import { Backoff } from '../../backoff.ts';
import type { RunOutcome } from '../../agents/supervision/outcome.ts';
import { crashPoint } from '../../crash-point.ts';
import { signInWords } from '../../agents/sign-in.ts';
import { runFiles } from '../../agents/process/run-files.ts';
import { oneLine } from '../../agents/text.ts';
import type { AgentSettings } from '../../config/settings.ts';
import type { Elsewhere } from '../../git/worktree/elsewhere.ts';
import { redactFile } from '../../redaction/file.ts';
import type { Run } from '../../log/projections/run.ts';
import type { Tx } from '../../log/tx.ts';
import type { EndReason, Failure, QaMode, Work, WorkItem } from '../../pipeline/types.ts';
import type { Cause } from '../../pipeline/why/cause.ts';
import { LONGEST_LIMIT_MS } from '../../pipeline/next/accounts.ts';
import { amountOf } from '../../pipeline/budget/budget.ts';
import { positiveInt } from '../../pipeline/values.ts';
import { lookAtBase } from '../base-watch.ts';
import { accountWorks, limitAccount, limitsBefore } from './accounts.ts';
import { newMarkers } from '../merge/conflict-markers.ts';
import { SEARCHED_BYTES } from '../merge/secrets-in-diff.ts';
import { isRefused } from '../merge/refused.ts';
import { isGuarded } from '../merge/merge.ts';
import { exhaustedLine } from './run-budget.ts';
import { environmentOf } from './sign-ins.ts';
import { spendReservation } from './unpriced.ts';
import { failAttempt, record, runDir, seeWork, type EngineParts, type EngineProject } from '../parts.ts';
import { withVerdict } from './verdict.ts';
import { totalTokens } from '../../pipeline/usage.ts';
import { agentActor } from '../../pipeline/actor.ts';
import type { Fault, PlainFault, Said, StuckCause } from '../../pipeline/why/fault.ts';

/** Wait after a rate limit that came without a usable time: doubled for each one in a row, at most an hour. */
const FIRST_PAUSE_MS = 60_000;
/** 1, 2, 4 … minutes, at most an hour. */
const PAUSES = new Backoff({ first: FIRST_PAUSE_MS, longest: 60 * 60_000, jitter: 0 });
/** To look whether somebody has signed in costs next to nothing. */
const SIGN_IN_PAUSES = new Backoff({ first: FIRST_PAUSE_MS, longest: 10 * 60_000, jitter: 0 });
/** So many limited runs in a row, at least half a day of them, and a person has to look. */
const MOST_LIMITED = 20;

/** Ends that say nothing of the work: the account can't be used for now. */
const PAUSED: ReadonlySet<EndReason> = new Set(['rate-limited', 'signed-out']);

/** What a run came to, after Musher has looked at the branch itself. */
interface Judgement {
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

/** Settles a run that has ended: judges it by the branch, never by its word, and writes down all of it in one transaction. */
export async function settleRun(
  parts: EngineParts,
  project: EngineProject,
  item: WorkItem,
  run: Run,
  agent: AgentSettings | null,
  ended: RunOutcome,
  /** What a person has to do first, where another attempt can't help; null: it may. */
  fix: string | null = null,
): Promise<void> {
  // An agent that moved the base branch itself must not be taken for one whose work was merged.
  await lookAtBase(parts, project);
  await withoutSecrets(parts, run);
  const outcome = withVerdict(parts, run, ended);
  const judgement = await withTree(project, item, await judge(parts, project, item, run, agent, outcome));
  crashPoint('after-judgement');
  parts.log.transaction((tx) => {
    const paused = PAUSED.has(outcome.reason);
    const limited = paused ? limitedBefore(tx, run) : 0;
    const pauses = outcome.reason === 'signed-out' ? SIGN_IN_PAUSES : PAUSES;
    const resumeAt = paused ? resumeTime(tx.now, outcome.resumeAt, Math.max(limited, limitsBefore(tx, run)), pauses) : null;
    const signedOut = outcome.reason === 'signed-out';
    const signIn = signedOut ? (agent === null ? '' : signInWords(agent, environmentOf(agent, run.account))) : null;
    if (signedOut && agent !== null) parts.signIns?.forget(agent, run.account);
    const { reason, cause, summary } = judgement;
    const named = cause === null ? {} : { cause };
    const end = {
      run: run.run,
      reason,
      ...named,
      exitCode: outcome.exitCode,
      summary,
      resumeAt,
      turns: outcome.turns,
      verdict: outcome.verdict,
    };
    const now = tx.item(item.project, item.number);
    const mine =
      now !== null &&
      now.deletedAt === null &&
      now.runs === run.run &&
      (now.execution.state === 'pending' || now.execution.state === 'running');
    // Also of a run that was stopped or moved away from: what it committed is there.
    if (now !== null && now.deletedAt === null && now.runs === run.run && judgement.work !== null) seeWork(tx, item, judgement.work);
    spendReservation(tx, project.settings, item, run, outcome.unpriced);
    record(tx, item, 'run.ended', end, agentActor(run.agent));
    if (resumeAt !== null) limitAccount(tx, project.settings, run, resumeAt, signIn);
    else if (reason === 'finished') accountWorks(tx, run);
    // Stopped, moved or deleted meanwhile: the end is kept, and changes nothing.
    const blocker = outcome.reason === 'stopped' ? null : (tx.reads.run(run.project, run.item, run.run)?.blocker ?? null);
    if (mine && blocker !== null) block(tx, item, run, blocker);
    else if (mine) conclude(tx, now, run, outcome, judgement, { fix, qa: now.qaMode ?? project.settings.qa });
    // Whoever has to sign in was told: no item is blocked for that.
    if (mine && blocker === null && !signedOut && limited + 1 >= MOST_LIMITED) {
      const why = { kind: 'rate-limited-too-often', times: limited + 1 } as const;
      const to = { name: 'archived', archivedAt: tx.now, reason: { kind: 'blocked', reason: why } } as const;
      record(tx, item, 'item.moved', { to, why, failure: null });
    }
  });
  crashPoint('after-run-ended');
}

/** A failure names the files that it came with, committed or not: with others it is another try. */
async function withTree({ git }: EngineProject, item: WorkItem, judgement: Judgement): Promise<Judgement> {
  const { failure, work } = judgement;
  if (failure === null || work === null) return judgement;
  const tree = await git.treeOfFiles({ number: item.number, branch: work.branch });
  return tree === null ? judgement : { ...judgement, failure: { ...failure, tree } };
}

/** Takes secrets out of what the run has left in files. Done before its end is written down, so that a crash does not leave them there. */
async function withoutSecrets(parts: EngineParts, run: Run): Promise<void> {
  const files = runFiles(runDir(parts, run.project, run.item, run.run));
  for (const file of [files.stdout, files.stderr, files.prompt, files.systemPrompt, files.stdin]) await redactFile(file, parts.redactor);
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
  const left = await git.leftovers(at);
  const hollow = outcome.reason === 'finished' && run.role === 'coder' && (await isHollow(parts, project, run, outcome, before, left));
  const commits = left.length > 0 && !hollow && agent?.commit === 'musher' && outcome.reason === 'finished' && run.role !== 'qa';
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
  if (run.role === 'qa')
    return outcome.verdict === null ? notDone(seen, outcome, 'failed', { kind: 'no-verdict' }) : { ...seen, failure: null };
  if (run.role === 'mergemaster') return judgeMerge(project, item, seen, outcome, run);
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

/** The agent has said that it can't go on: people have to look before another attempt. */
function block(tx: Tx, item: WorkItem, run: Run, blocker: string): void {
  const why = { kind: 'agent-blocked', agent: run.agent, said: oneLine(blocker) } as const;
  const failure: Failure = { cause: 'run', summary: why, evidence: blocker };
  failAttempt(tx, item, failure);
  record(tx, item, 'item.moved', { to: { name: 'archived', archivedAt: tx.now, reason: { kind: 'blocked', reason: why } }, why, failure });
}

function conclude(
  tx: Tx,
  item: WorkItem,
  run: Run,
  outcome: RunOutcome,
  judgement: Judgement,
  { fix, qa }: { readonly fix: string | null; readonly qa: QaMode },
): void {
  const { failure, reason } = judgement;
  if (failure !== null) {
    failAttempt(tx, item, failure);
    const why: Cause | null = reason === 'over-budget' ? { kind: 'run-limits-reached' } : fix === null ? null : { kind: 'needs-fix', fix };
    if (why === null) return;
    const blocked = { kind: 'blocked', reason: why } as const;
    record(tx, item, 'item.moved', { to: { name: 'archived', archivedAt: tx.now, reason: blocked }, why, failure });
    return;
  }
  const work = judgement.work;
  if (run.role === 'mergemaster' && judgement.carriesApproval && work !== null) record(tx, item, 'item.accepted', { head: work.head });
  // Where a person has put somebody else in charge of the review meanwhile, an agent's verdict decides nothing.
  if (run.role !== 'qa' || reason !== 'finished' || qa !== 'agent') return;
  const ahead = work === null ? null : positiveInt(work.commitsAhead);
  const by = agentActor(run.agent);
  if (outcome.verdict === 'approve' && work !== null && ahead !== null) {
    record(
      tx,
      item,
      'item.moved',
      { to: { name: 'merge', branch: work.branch, commitsAhead: ahead }, why: { kind: 'approved' }, failure: null },
      by,
    );
    return;
  }
  const rejected: Failure = {
    cause: 'rejected',
    summary: outcome.verdict === 'approve' ? { kind: 'nothing-to-approve' } : { kind: 'rejected', said: oneLine(outcome.verdictReason) },
    evidence: outcome.verdictReason || outcome.evidence,
  };
  record(
    tx,
    item,
    'item.moved',
    {
      to: { name: 'current' },
      why: { kind: 'failed' },
      failure: rejected,
      refuses: work === null ? [] : [work.head],
    },
    by,
  );
}

function failed(outcome: RunOutcome, summary: Said): Failure {
  const said = typeof summary === 'string' ? oneLine(summary) : summary;
  return { cause: 'run', summary: said === '' ? { kind: 'failed-silently' } : said, evidence: outcome.evidence };
}

/** Runs right before this one that ended at a rate limit. */
function limitedBefore(tx: Tx, run: Run): number {
  const before = tx.reads.runs(run.project, run.item).filter((other) => other.run < run.run);
  return before.length - 1 - before.findLastIndex((other) => other.reason === null || !PAUSED.has(other.reason));
}

/**
 * The provider's own time, also one that has passed while the run ended; after the first limit in a row never earlier
 * than the growing pause, so that a wrong time can't make runs without end.
 */
function resumeTime(now: number, said: number | null, limited: number, pauses: Backoff): number {
  const pause = now + pauses.after(limited + 1);
  if (said === null || said <= now - FIRST_PAUSE_MS || said > now + LONGEST_LIMIT_MS) return pause;
  return limited === 0 ? Math.max(said, now) : Math.max(said, pause);
}
