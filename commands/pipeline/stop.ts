import { severalItems, type ItemRef } from '../../src/bot/parse/arguments.ts';
import { command, type CommandContext } from '../../src/bot/command.ts';
import { going, ofSender } from '../../src/bot/several/called.ts';
import { beginEach } from '../../src/bot/several/each.ts';
import type { CommandTx } from '../../src/bot/capabilities.ts';
import { counted } from '../../src/words/amounts.ts';
import { inStage, itemName, itemTitle } from '../../src/words/item/item.ts';
import { runState, runTime } from '../../src/words/item/run.ts';
import { nextWords } from '../../src/words/item/reasons.ts';
import { outlook } from '../../src/words/item/step.ts';
import { duration } from '../../src/words/time.ts';
import { projectOf, stopOpenRun } from '../../src/bot/of-item.ts';
import { done, goesOn, refused } from '../../src/words/replies.ts';
import { cancelTimers } from '../../src/bot/timers.ts';
import type { Run } from '../../src/log/projections/run.ts';
import { code, command as typed, type Content } from '../../src/message/build.ts';
import type { WorkItem } from '../../src/pipeline/types.ts';
import type { Reply } from '../../src/words/reply.ts';
import { readerOf } from '../../src/words/reader.ts';

/** Long enough for both steps of a stop: interrupt, then kill. */
const WAIT_MS = 35_000;

export const stop = command({
  words: ['stop'],
  summary: 'Stops an item and its run. `start` resumes it.',
  details:
    'Interrupts the agent, and kills it if it does not end. Its work is kept. The item stays in its stage, its timers are cancelled, and nothing runs until `start` resumes it.',
  examples: ['stop 42', 'stop 3 4', 'stop all'],
  args: { item: severalItems({ words: ['all', 'mine'] }) },
  role: 'operator',
  waits: true,
  run: (context, { item: named }) =>
    beginEach(
      context,
      named,
      { all: going, mine: ofSender(going) },
      (tx, ref) => begin(context, tx, ref),
      (begun) => ended(context, begun),
    ),
});

interface Begun {
  readonly item: WorkItem;
  readonly run: Run | null;
  /** What is said of its timers. */
  readonly timers: string;
}

function begin(context: CommandContext, tx: CommandTx, ref: ItemRef): Begun {
  const item = tx.find(ref);
  const problem = problemWith(context, tx, item);
  if (problem !== null) return tx.refuse(problem);
  const timers = cancelTimers(context, tx, item, { kind: 'person', did: 'stopped' });
  const stopping = stopOpenRun(tx, item, { kind: 'person', did: 'stopped' });
  return { item: tx.append(stopping.item, 'item.held', { why: { kind: 'person', did: 'stopped' } }), run: stopping.run, timers };
}

async function ended(context: CommandContext, { item, run, timers }: Begun): Promise<Reply> {
  const title = itemTitle(item, context.project.name);
  const who = context.nameOf(context.actor);
  const name = itemName(item, context.project.name);
  if (run === null) {
    const next = nextWords(item, context.step(item), readerOf(context));
    return done(`${title}: stopped by ${who} in ${item.stage.name}; no run was in progress. ${timers}`, ...next);
  }
  const end = await context.until(() => endOf(context, run), WAIT_MS);
  if (end === null && context.signal.aborted)
    return goesOn(
      `${title}: stopping run ${run.run} by ${run.agent}. ${timers}Musher itself is stopping and will finish this after the next start; `,
      typed(`show ${name}`),
      ' shows the result then.',
    );
  if (end === null)
    return goesOn(
      `${title}: run ${run.run} by ${run.agent} has not ended ${duration(WAIT_MS)} after it was asked to stop. ${timers}`,
      typed(`show ${name}`),
      ' shows when it has.',
    );
  const now = context.reads.item(item.project, item.number) ?? item;
  return done(
    `${title}: stopped by ${who}. Run ${end.run} by ${end.agent} ended (${runState(end)}) after ${duration(runTime(end, context.clock.now()))}. ${timers}`,
    ...(await whereWorkIs(context, now)),
    typed(`start ${name}`),
    ' to resume.',
  );
}

function problemWith(context: CommandContext, tx: CommandTx, item: WorkItem): Reply | null {
  const reader = readerOf(context);
  const title = itemTitle(item, reader.current);
  if (item.stage.name === 'done' || item.stage.name === 'archived')
    return refused('nothing-to-stop', `Nothing to stop: ${title} is ${inStage(item.stage)}.`);
  if (item.held !== null) return refused('already-stopped', `${title} is already stopped. `, ...nextWords(item, tx.step(item), reader));
  const timers = tx.reads.timers.ofItem(item.project, item.number).length;
  if (item.stage.name === 'backlog' && !item.queued && timers === 0)
    return refused('nothing-to-stop', `Nothing to stop: ${title} is in the backlog. `, ...outlook(item, tx.step(item), reader));
  return null;
}

function endOf(context: CommandContext, { project, item: number, run }: Run): Run | null {
  const now = context.reads.run(project, number, run);
  return now?.state === 'ended' ? now : null;
}

async function whereWorkIs(context: CommandContext, item: WorkItem): Promise<Content[]> {
  const kept = await projectOf(context, item).git.snapshots({ number: item.number });
  const last = kept.reduce<(typeof kept)[number] | null>((best, one) => (best === null || one.n > best.n ? one : best), null);
  const branch = item.work === null ? [] : ['Branch ', code(item.work.branch), ` has ${counted(item.work.commitsAhead, 'commit')}. `];
  const name = itemName(item, context.project.name);
  return last === null ? branch : [...branch, 'Its work is kept: ', typed(`snapshots ${name} ${last.n}`), '. '];
}
