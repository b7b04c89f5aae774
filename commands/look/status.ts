import { command, type CommandContext } from '../../src/bot/command.ts';
import { counted, money, tokens } from '../../src/words/amounts.ts';
import { short } from '../../src/words/event.ts';
import { firstLine, itemTitle, mergedAs, sentence } from '../../src/words/item.ts';
import { runState, runTime } from '../../src/words/run.ts';
import { nextContent, outlook, readerOf, ticked, type Reader } from '../../src/words/step.ts';
import { duration, moment, startOfDay } from '../../src/words/time.ts';
import { answer } from '../../src/words/replies.ts';
import { timerLine } from '../../src/words/bot/timers.ts';
import { decide } from '../../src/decide/facts.ts';
import type { Run } from '../../src/log/projections/run.ts';
import { doc, heading, list, paragraph, strong, type Content } from '../../src/message/build.ts';
import type { Block } from '../../src/message/document.ts';
import { isResumable } from '../../src/pipeline/moves.ts';
import type { Step } from '../../src/pipeline/next-step.ts';
import { STAGES, type WorkItem } from '../../src/pipeline/types.ts';
import { totalTokens } from '../../src/pipeline/usage.ts';

/** Lines of each part; what is left out is counted. */
const MOST_LINES = 15;
const DONE_LINES = 5;
/** Archived items looked at for blocked and finished ones: the latest, so that the archive's size does not count. */
const ARCHIVE_LOOK = 20;

export const status = command({
  words: ['status'],
  aliases: [['board']],
  summary: 'Shows the board: what runs, what waits and why.',
  details:
    'Counts of each stage, the runs under way, the items that wait with their reason, the coder slots, what was merged lately, and what today has cost.',
  examples: ['status'],
  args: {},
  role: 'viewer',
  run(context) {
    const { reads, project } = context;
    const { name } = project;
    const reader = readerOf(context);
    const facts = context.facts(name);
    const counts = reads.counts(name);
    const runs = new Map(reads.openRuns(name).map((run) => [run.item, run]));
    const active = reads.active(name).map((item) => ({ item, step: decide(reads, item, facts), run: runs.get(item.number) ?? null }));
    const queued = reads
      .waking(name)
      .filter((item) => item.stage.name === 'backlog' && item.deletedAt === null)
      .map((item) => ({ item, step: decide(reads, item, facts) }))
      // What nobody has started yet is only counted.
      .filter(({ item, step }) => item.queued || (step.do === 'wait' && step.for !== 'start'));
    const running = active.filter(({ run }) => run !== null);
    const idle = active.filter(({ run }) => run === null);
    const waiting = [...idle, ...queued].filter(({ step }) => step.do === 'wait');
    const moving = idle.filter(({ step }) => step.do !== 'wait');
    const archived = reads.recentInStage(name, 'archived', ARCHIVE_LOOK);
    const blocked = archived.filter(({ stage }) => isResumable(stage));
    const done = lately([...reads.recentInStage(name, 'done', DONE_LINES), ...archived]);
    const today = reads.spend.since(name, startOfDay(reader.now, reader.timezone));
    return answer(
      doc(
        heading(name),
        paragraph(STAGES.map((stage) => `${stage} ${counts[stage]}`).join(', ')),
        paragraph(
          `${facts.coders} of ${counted(facts.maxCoders, 'coder slot')} in use. Today ${money(today.microUsd)}, ${tokens(totalTokens(today))} tokens.`,
        ),
        active.length === 0 && idleText(counts.backlog, counts.backlog - queued.length),
        ...part('Running', running, ({ item, run, step }) => runLine(context, item, run, step, reader)),
        ...part('Moving', moving, ({ item, step }) => [itemTitle(item, name), ` in ${item.stage.name}. `, ...outlook(item, step, reader)]),
        ...part('Waiting', waiting, ({ item, step }) => waitLine(context, item, step, reader)),
        ...part('Blocked', blocked, (item) => [
          itemTitle(item, name),
          `. ${sentence(reasonOf(item))} `,
          ...unblocking(context, item, facts, reader),
        ]),
        ...part('Timers', reads.timers.ofProject(name), (one) => [timerLine(one, reader)]),
        ...part('Done lately', done, (item) => doneLine(item, reader)),
      ),
    );
  },
});

function part<T>(title: string, all: readonly T[], line: (one: T) => readonly Content[]): Block[] {
  if (all.length === 0) return [];
  const more = all.length > MOST_LINES ? [[`and ${all.length - MOST_LINES} more`]] : [];
  return [heading(title), list([...all.slice(0, MOST_LINES).map(line), ...more])];
}

/** `startable`: those of the backlog that wait for nothing but a person. */
function idleText(backlog: number, startable: number): Block {
  const next =
    backlog === 0
      ? ' The backlog is empty: `create` adds to it.'
      : startable === 0
        ? ''
        : ` ${counted(startable, 'item')} in the backlog ${startable === 1 ? 'waits' : 'wait'} because nobody has started ${startable === 1 ? 'it' : 'them'}: \`start\` starts one.`;
  return paragraph('Nothing is under way.', ...ticked(next));
}

function runLine(context: CommandContext, item: WorkItem, run: Run | null, step: Step, reader: Reader): Content[] {
  if (run === null) return [itemTitle(item, context.project.name)];
  if (step.do === 'watch' && step.waiting !== undefined)
    return [itemTitle(item, reader.current), ` in ${item.stage.name}: `, ...outlook(item, step, reader)];
  const state = run.state === 'running' && run.stopRequested === null ? '' : `, ${runState(run)}`;
  const activity = run.activity === null ? '' : `: ${firstLine(run.activity, 80)}`;
  return [
    itemTitle(item, reader.current),
    ` in ${item.stage.name}, `,
    strong(run.agent),
    ` for ${duration(runTime(run, reader.now))}, run ${run.run}${state}${activity}`,
  ];
}

function waitLine({ reads }: CommandContext, item: WorkItem, step: Step, reader: Reader): Content[] {
  const arrived = reads.arrivedAt(item);
  const waited = arrived === null ? '' : `, for ${duration(reader.now - arrived)}`;
  const next = 'next' in step ? step.next : '';
  const until = step.do === 'wait' && step.until !== null ? `, until ${moment(step.until, reader.now, reader.timezone)}` : '';
  return [
    itemTitle(item, reader.current),
    ` in ${item.stage.name}, waiting because ${step.because}${until}${waited}. `,
    ...nextContent(item, next, reader),
  ];
}

function reasonOf({ stage }: WorkItem): string {
  return stage.name === 'archived' && 'reason' in stage.reason ? firstLine(stage.reason.reason) : '';
}

function unblocking(context: CommandContext, item: WorkItem, facts: ReturnType<CommandContext['facts']>, reader: Reader): Content[] {
  const step = decide(context.reads, item, facts);
  return 'next' in step ? nextContent(item, step.next, reader) : [];
}

/** The items merged last, the latest first. */
function lately(items: readonly WorkItem[]): WorkItem[] {
  return items
    .flatMap((item) => {
      const merged = mergedAs(item.stage);
      return merged === null ? [] : [{ item, at: merged.mergedAt }];
    })
    .sort((one, other) => other.at - one.at)
    .slice(0, DONE_LINES)
    .map(({ item }) => item);
}

function doneLine(item: WorkItem, reader: Reader): Content[] {
  const merged = mergedAs(item.stage);
  if (merged === null) return [itemTitle(item, reader.current)];
  return [
    `${itemTitle(item, reader.current)}, merged as ${short(merged.mergeCommit)} at ${moment(merged.mergedAt, reader.now, reader.timezone)}`,
  ];
}
