import { Backoff } from '../../backoff.ts';
import type { RunOutcome } from '../../agents/supervision/outcome.ts';
import { crashPoint } from '../../crash-point.ts';
import { signInWords } from '../../agents/sign-in.ts';
import { runFiles } from '../../agents/process/run-files.ts';
import { oneLine } from '../../agents/text.ts';
import type { AgentSettings } from '../../config/settings.ts';
import { redactFile } from '../../redaction/file.ts';
import type { Run } from '../../log/projections/run.ts';
import type { Tx } from '../../log/tx.ts';
import type { EndReason, Failure, QaMode, WorkItem } from '../../pipeline/types.ts';
import type { Cause } from '../../pipeline/why/cause.ts';
import { LONGEST_LIMIT_MS } from '../../pipeline/next/accounts.ts';
import { positiveInt } from '../../pipeline/values.ts';
import { lookAtBase } from '../base-watch.ts';
import { type Excuse, excuseOf } from '../outage/excuse.ts';
import type { Found } from '../outage/fault-of.ts';
import { recordOutage } from '../outage/through-outages.ts';
import { accountWorks, limitAccount, limitsBefore } from './accounts.ts';
import { environmentOf } from './sign-ins.ts';
import { spendReservation } from './unpriced.ts';
import { failAttempt, record, runDir, seeWork, type EngineParts, type EngineProject } from '../parts.ts';
import { continueWithWords, isTold, withUnread } from './told/interrupt.ts';
import { withVerdict } from './verdict.ts';
import { agentActor } from '../../pipeline/actor.ts';
import { judgeRun, PAUSED, type Judgement } from './judge-run.ts';

/** Wait after a rate limit that came without a usable time: doubled for each one in a row, at most an hour. */
const FIRST_PAUSE_MS = 60_000;
/** 1, 2, 4 … minutes, at most an hour. */
const PAUSES = new Backoff({ first: FIRST_PAUSE_MS, longest: 60 * 60_000, jitter: 0 });
/** To look whether somebody has signed in costs next to nothing. */
const SIGN_IN_PAUSES = new Backoff({ first: FIRST_PAUSE_MS, longest: 10 * 60_000, jitter: 0 });
/** So many limited runs in a row, at least half a day of them, and a person has to look. */
const MOST_LIMITED = 20;

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
  /** What the machine was out of when this was tried before; null: nothing. */
  met: Found | null = null,
): Promise<void> {
  // An agent that moved the base branch itself must not be taken for one whose work was merged.
  await lookAtBase(parts, project);
  await withoutSecrets(parts, run);
  const outcome = withVerdict(parts, run, ended);
  const seen = await judgeRun(parts, project, item, run, agent, outcome);
  const excuse = MAY_BE_EXCUSED.has(seen.reason) && seen.failure !== null ? await excuseOf(parts.log.reads, project.git, run, met) : null;
  const judged = excuse === null ? seen : excused(seen, excuse);
  crashPoint('after-judgement');
  parts.log.transaction((tx) => {
    const judgement = withUnread(judged, tx.item(item.project, item.number), run);
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
      ...(outcome.verdictReason === '' ? {} : { verdictReason: outcome.verdictReason }),
      ...(outcome.closing === '' ? {} : { closing: outcome.closing }),
    };
    const now = tx.item(item.project, item.number);
    const mine =
      now !== null &&
      now.deletedAt === null &&
      now.runs === run.run &&
      (now.execution.state === 'pending' || now.execution.state === 'running');
    // Also for a run that was stopped or whose item was moved: its commits exist.
    if (now !== null && now.deletedAt === null && now.runs === run.run && judgement.work !== null) seeWork(tx, item, judgement.work);
    spendReservation(tx, project.settings, item, run, outcome.unpriced);
    record(tx, item, 'run.ended', end, agentActor(run.agent));
    if (excuse?.lasts === true) recordOutage(tx, item.project, null, { code: excuse.code, said: '', hint: '' });
    if (resumeAt !== null) limitAccount(tx, project.settings, run, resumeAt, signIn);
    else if (reason === 'finished' || judgement !== judged) accountWorks(tx, run);
    // Stopped, moved or deleted meanwhile: the end is kept, and changes nothing.
    const blocker = outcome.reason === 'stopped' ? null : (tx.reads.run(run.project, run.item, run.run)?.blocker ?? null);
    if (mine && blocker !== null) block(tx, item, run, blocker);
    else if (mine) conclude(tx, now, run, outcome, judgement, { fix, qa: now.qaMode ?? project.settings.qa });
    // The room was asked to sign in, so no item is blocked for it.
    if (mine && blocker === null && !signedOut && limited + 1 >= MOST_LIMITED) {
      const why = { kind: 'rate-limited-too-often', times: limited + 1 } as const;
      const to = { name: 'archived', archivedAt: tx.now, reason: { kind: 'blocked', reason: why } } as const;
      record(tx, item, 'item.moved', { to, why, failure: null });
    }
    const told = judgement !== judged || isTold(tx.reads.run(run.project, run.item, run.run)?.stopRequested ?? null);
    if (mine && blocker === null && told && reason === 'stopped') continueWithWords(tx, project.settings, run, agent);
  });
  crashPoint('after-run-ended');
}

/** Ends that a full disk, say, brings about. */
const MAY_BE_EXCUSED: ReadonlySet<EndReason> = new Set(['failed', 'hollow', 'stuck']);

/** The same, as no attempt. What is committed stays. */
function excused(judgement: Judgement, { code, said }: Excuse): Judgement {
  return { ...judgement, reason: 'stopped', cause: null, summary: { kind: 'machine', code, said }, failure: null };
}

/** Takes secrets out of what the run has left in files. Done before its end is written down, so that a crash does not leave them there. */
async function withoutSecrets(parts: EngineParts, run: Run): Promise<void> {
  const files = runFiles(runDir(parts, run.project, run.item, run.run));
  for (const file of [files.stdout, files.stderr, files.prompt, files.systemPrompt, files.stdin, files.told])
    await redactFile(file, parts.redactor);
}

/** The agent reported a blocker, so a person has to decide before another attempt. */
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
  if (item.type === 'spike' && run.role === 'coder' && reason === 'finished' && hasReport(tx, run)) {
    const to = { name: 'archived', archivedAt: tx.now, reason: { kind: 'completed' } } as const;
    record(tx, item, 'item.moved', { to, why: { kind: 'reported' }, failure: null }, agentActor(run.agent));
    return;
  }
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

function hasReport(tx: Tx, { project, item, run }: Run): boolean {
  return (tx.reads.run(project, item, run)?.report ?? '') !== '';
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
