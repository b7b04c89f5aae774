import { command, type CommandContext } from '../../src/bot/command.ts';
import { includes } from '../../src/bot/rights/rights.ts';
import { counted, money, tokens } from '../../src/words/amounts.ts';
import { firstLine, itemTitle, mergedAs, sentenceOf, shortCommit } from '../../src/words/item/item.ts';
import { runState, runTime } from '../../src/words/item/run.ts';
import { stepLine } from '../../src/words/item/step.ts';
import { duration, moment, startOfDay } from '../../src/words/time.ts';
import { answer } from '../../src/words/replies.ts';
import { unconfiguredNotes } from '../../src/bot/unconfigured.ts';
import { pauseWords } from '../../src/words/item/pause.ts';
import { timerLine } from '../../src/words/bot/timers.ts';
import { decide } from '../../src/decide/facts.ts';
import type { Run } from '../../src/log/projections/run.ts';
import {
  action,
  actions,
  code,
  command as typed,
  doc,
  heading,
  list,
  paragraph,
  phrase,
  strong,
  type Content,
} from '../../src/message/build.ts';
import type { Block } from '../../src/message/document.ts';
import { isResumable } from '../../src/pipeline/moves.ts';
import { STAGES, type WorkItem } from '../../src/pipeline/types.ts';
import { totalTokens } from '../../src/pipeline/usage.ts';
import { readerOf, type Reader } from '../../src/words/reader.ts';
import type { Step } from '../../src/pipeline/next/step.ts';

/** Lines of each part; what is left out is counted. */
const MOST_LINES = 15;
const DONE_LINES = 5;
/** Archived items looked at for blocked and finished ones: the latest, so that the archive's size does not count. */
const ARCHIVE_LOOK = 20;
/** Items of the backlog looked at for one that can be started. */
const FIRST_LOOK = 20;

export const status = command({
  words: ['status'],
  aliases: [['board']],
  summary: 'Shows the board: what’s running, what’s waiting and why.',
  details: 'Counts per stage, runs in progress, waiting items with the reason, coder slots, the latest merges, and today’s cost.',
  examples: ['status'],
  args: {},
  role: 'viewer',
  run(context) {
    const { reads, project } = context;
    const { name } = project;
    const reader = readerOf(context);
    const facts = context.facts(name);
    const { pause } = facts;
    const counts = reads.counts(name);
    const runs = new Map(reads.openRuns(name).map((run) => [run.item, run]));
    const active = reads.active(name).map((item) => ({ item, step: decide(reads, item, facts), run: runs.get(item.number) ?? null }));
    const queued = reads
      .waking(name)
      .filter((item) => item.stage.name === 'backlog' && item.deletedAt === null)
      .map((item) => ({ item, step: decide(reads, item, facts) }))
      // Items that nobody has started are only counted.
      .filter(({ item, step }) => item.queued || (step.do === 'wait' && step.for !== 'start'));
    const startable = (item: WorkItem): boolean => {
      const step = decide(reads, item, facts);
      return step.reason.kind === 'not-started' && step.reason.unmet.length === 0;
    };
    const first = reads.inStage(name, 'backlog', FIRST_LOOK).find(startable) ?? null;
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
        paragraph(STAGES.map((stage) => `${stage} ${counts[stage]}`).join(' · ')),
        paragraph(
          `${facts.coders} of ${counted(facts.maxCoders, 'coder slot')} busy · today ${money(today.microUsd)}, ${tokens(totalTokens(today))} tokens`,
        ),
        pause !== null && paragraph(...phrase`‖ ${sentenceOf(pauseWords(pause, reader))} `, typed('resume'), ' lets work continue.'),
        active.length === 0 && pause === null && idleText(counts.backlog, first),
        ...part('Running', running, ({ item, run, step }) => runLine(item, run, step, reader)),
        ...part('Next', moving, ({ item, step }) => stepLine(item, step, null, reader)),
        ...part('Waiting', waiting, ({ item, step }) => stepLine(item, step, reads.arrivedAt(item), reader)),
        ...part('Blocked', blocked, (item) => stepLine(item, decide(reads, item, facts), null, reader)),
        ...part('Timers', reads.timers.ofProject(name), (one) => timerLine(one, reader)),
        ...part('Merged', done, (item) => doneLine(item, reader)),
        ...unconfiguredNotes(context),
        brakes(context, pause !== null),
      ),
    );
  },
});

/** Only for those who may press it, and not in a terminal. It names the project: the room may be on another one by then. */
function brakes({ project: { name }, roleIn, networks, at }: CommandContext, paused: boolean): Block | false {
  const isLocal = networks().some((network) => network.name === at.transport && network.isLocal);
  if (isLocal || !includes(roleIn({ project: name }), 'operator')) return false;
  const [label, words] = paused ? ['Resume', 'resume'] : ['Pause', 'pause'];
  return actions({ ...action(label, `${words} ${name}`, paused ? 'primary' : 'plain'), typed: words });
}

function part<T>(title: string, all: readonly T[], line: (one: T) => readonly Content[]): Block[] {
  if (all.length === 0) return [];
  const more = all.length > MOST_LINES ? [[`and ${all.length - MOST_LINES} more`]] : [];
  return [heading(title), list([...all.slice(0, MOST_LINES).map(line), ...more])];
}

/** `startable`: an item of the backlog that waits for nothing but a person; null: there is none. */
function idleText(backlog: number, startable: WorkItem | null): Block {
  if (backlog === 0) return paragraph('Nothing is running and the backlog is empty: ', typed('create story <title>'), ' adds to it.');
  const items = `Nothing is running. ${counted(backlog, 'item')} in the backlog`;
  return startable === null ? paragraph(`${items}.`) : paragraph(`${items}: `, typed(`start ${startable.number}`), ' to begin.');
}

function runLine(item: WorkItem, run: Run | null, step: Step, reader: Reader): Content[] {
  if (run === null || step.reason.kind === 'asks-people') return stepLine(item, step, null, reader);
  const activity = run.activity === null ? '' : `: ${firstLine(run.activity, 80)}`;
  return [
    `… ${itemTitle(item, reader.current)} · `,
    strong(run.agent),
    ` ${runState(run)} in ${item.stage.name} · ${duration(runTime(run, reader.now))} · run ${run.run}${activity}`,
  ];
}

/** The latest merged items, newest first. */
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
    `✓ ${itemTitle(item, reader.current)} merged · `,
    code(shortCommit(merged.mergeCommit)),
    ...phrase` · ${moment(merged.mergedAt, reader.now, reader.timezone)}`,
  ];
}
