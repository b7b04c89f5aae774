import { RUNTIMES } from '../../../agents/runtimes/index.ts';
import { findRuntime } from '../../../agents/runtimes/runtime.ts';
import type { Words } from '../../../agents/process/words-file.ts';
import { agentActor, type NameOf } from '../../../pipeline/actor.ts';
import type { AgentSettings, ProjectSettings } from '../../../config/settings.ts';
import { decide, projectFacts } from '../../../decide/facts.ts';
import type { Run } from '../../../log/projections/run.ts';
import type { Tx } from '../../../log/tx.ts';
import { chosenFor } from '../../../pipeline/next/choice.ts';
import { unread, type Told } from '../../../pipeline/told/told.ts';
import type { WorkItem } from '../../../pipeline/types.ts';
import type { Cause, Why } from '../../../pipeline/why/cause.ts';
import { record } from '../../parts.ts';
import type { GivenFile } from './give-files.ts';
import { reservationFor } from '../run-budget.ts';
import type { Judgement } from '../judge-run.ts';

/** Whether a run is interrupted for what a person said. */
export function isTold(why: Why | null): why is Extract<Cause, { kind: 'told' }> {
  return why !== null && typeof why !== 'string' && why.kind === 'told';
}

/** What people said and no run has read, as a run in progress is given it. */
export function wordsFor(item: WorkItem | null, nameOf: NameOf, files: readonly GivenFile[] = []): readonly Words[] {
  if (item === null || item.deletedAt !== null) return [];
  return unread(item).map(({ id, by, at, text }) => {
    // Written down in the transaction of the words.
    const paths = files.filter((file) => file.by === by && file.at === at).map(({ path }) => path);
    return { id, from: nameOf(by), at: new Date(at).toISOString(), text, files: paths.length === 0 ? undefined : paths };
  });
}

/** Its program says that it has read some words; once more after a restart, when its output is read again. */
export function noteRead(tx: Tx, { project, number }: WorkItem, run: Run, id: number): void {
  const now = tx.item(project, number);
  if (now === null || now.deletedAt !== null || !unread(now).some((one) => one.id === id)) return;
  record(tx, now, 'run.heard', { run: run.run, told: [id] }, agentActor(run.agent));
}

/**
 * Writes down which words the prompt of a run that has just started holds. What was said after the prompt was made interrupts it,
 * if its program hears words in no other way.
 */
export function noteHeard(tx: Tx, item: WorkItem, run: Run, agent: AgentSettings, inPrompt: readonly Told[]): void {
  const now = tx.item(item.project, item.number);
  if (now === null || now.deletedAt !== null) return;
  const open = unread(now);
  const given = open.filter(({ id }) => inPrompt.some((one) => one.id === id)).map(({ id }) => id);
  if (given.length > 0) record(tx, item, 'run.heard', { run: run.run, told: given }, agentActor(agent.name));
  if (open.length > given.length && findRuntime(RUNTIMES, agent.runtime).hears === 'interrupt')
    record(tx, item, 'run.stop_requested', { run: run.run, why: { kind: 'told' } });
}

/**
 * A coder that finished before it could read what it was told is not done: nothing goes on to the gates past a person's words. Its
 * work stays, no attempt is counted, and the next run has the words.
 */
export function withUnread(judgement: Judgement, item: WorkItem | null, run: Run): Judgement {
  if (run.role !== 'coder' || judgement.reason !== 'finished' || judgement.failure !== null) return judgement;
  if (item === null || item.runs !== run.run || unread(item).length === 0) return judgement;
  return { ...judgement, reason: 'stopped', summary: { kind: 'stopped', why: { kind: 'told' } } };
}

/**
 * Reserves the next run in the transaction in which one ends that was interrupted for what a person said: the same agent and the same
 * account, so that the session continues and nobody else takes its slot. Where something else keeps it from running, it waits as usual.
 */
export function continueWithWords(tx: Tx, settings: ProjectSettings, run: Run, agent: AgentSettings | null): void {
  const item = tx.item(run.project, run.item);
  if (item === null || item.deletedAt !== null || agent === null || unread(item).length === 0) return;
  const chosen = chosenFor(item, settings.defaults);
  if (run.role === 'coder' && chosen.agent !== null && chosen.agent !== run.agent) return;
  const step = decide(tx.reads, item, projectFacts(tx.reads, settings, tx.now));
  if (step.do !== 'run' || step.stage !== run.stage) return;
  // Another model is no other part of the same session, and may be no model of this agent's program.
  if (step.model !== (run.chosenModel ?? null)) return;
  record(tx, item, 'run.pending', {
    run: item.runs + 1,
    agent: run.agent,
    role: run.role,
    stage: run.stage,
    attempt: item.attempts + 1,
    ...(run.account === null ? {} : { account: run.account }),
    ...(step.model === null ? {} : { model: step.model }),
    reserved: reservationFor(tx, item, settings, agent),
  });
}
