import { command, type CommandContext } from '../../src/bot/command.ts';
import type { Project } from '../../src/bot/capabilities.ts';
import { projectsMeant } from '../../src/bot/of-item.ts';
import { includes } from '../../src/bot/rights/rights.ts';
import { projectOrAll } from '../../src/bot/parse/arguments.ts';
import { counted, money, tokens } from '../../src/words/amounts.ts';
import { mergedLine, part, runLine } from '../../src/words/item/board.ts';
import { itemName, mergedAs } from '../../src/words/item/item.ts';
import { stepLine, stepSign } from '../../src/words/item/step.ts';
import { startOfDay } from '../../src/words/time.ts';
import { answer } from '../../src/words/replies.ts';
import { unconfiguredNotes } from '../../src/bot/unconfigured.ts';
import { pausedLine } from '../../src/words/item/pause.ts';
import { timerLine } from '../../src/words/bot/timers.ts';
import { decide, type ProjectFacts } from '../../src/decide/facts.ts';
import { action, actions, command as typed, doc, heading, join, paragraph } from '../../src/message/build.ts';
import type { Block, Document } from '../../src/message/document.ts';
import { standingItems } from '../../src/decide/standing.ts';
import { STAGES, type StageName, type WorkItem } from '../../src/pipeline/types.ts';
import { totalTokens } from '../../src/pipeline/usage.ts';
import { readerOf, type Reader } from '../../src/words/reader.ts';
import { pictureFlag, wantsPicture } from '../../src/bot/pictures.ts';
import { said } from '../../src/words/pictures/block.ts';
import { boardPicture } from '../../src/words/pictures/board.ts';

const DONE_LINES = 5;
/** Archived items looked at for blocked and finished ones: the latest, so that the archive's size does not count. */
const ARCHIVE_LOOK = 20;
/** Items of the backlog looked at for one that can be started. */
const FIRST_LOOK = 20;

/** Lines of each part where several boards are shown at once. */
const FEW_LINES = 5;

export const status = command({
  words: ['status'],
  aliases: [['board']],
  summary: 'Shows the board: what’s running, what’s waiting and why.',
  details:
    'Counts per stage, runs in progress, waiting items with the reason, coder slots, the latest merges, and today’s cost. ' +
    'With a project’s name it shows the board of that project, with `all` a short one of every project.',
  examples: ['status', 'status shop', 'status all', 'status --picture'],
  args: { project: projectOrAll().optional(), picture: pictureFlag() },
  role: 'viewer',
  run(context, { project: asked, picture }) {
    const notes = doc(...unconfiguredNotes(context));
    if (asked !== 'all')
      return answer(
        join(
          ...projectsMeant(context, asked).map((one) => board(context, one, wantsPicture(context, picture))),
          notes,
          ...projectsMeant(context, asked).map((one) => doc(brakes(context, one))),
        ),
      );
    return answer(join(...context.projects.map((one) => brief(context, one)), notes));
  },
});

function board(context: CommandContext, { name }: Project, pictured: boolean): Document {
  const { reads } = context;
  const reader = readerOf(context);
  const facts = context.facts(name);
  const counts = reads.counts(name);
  const standing = standingItems(reads, facts, ARCHIVE_LOOK);
  const { running, moving, waiting, blocked, archived } = standing;
  const startable = (item: WorkItem): boolean => {
    const step = decide(reads, item, facts);
    return step.reason.kind === 'not-started' && step.reason.unmet.length === 0;
  };
  const first = reads.inStage(name, 'backlog', FIRST_LOOK).find(startable) ?? null;
  const done = lately([...reads.recentInStage(name, 'done', DONE_LINES), ...archived]);
  const active = counts.current + counts.qa + counts.merge;
  const slots = `${facts.coders} of ${counted(facts.maxCoders, 'coder slot')} busy · ${spentToday(context, name)}`;
  const held = pausedText(facts, name, reader);
  const idle = active === 0 && facts.pause === null && idleText(name, counts.backlog, first, reader);
  return doc(
    heading(name),
    paragraph(stagesLine(counts)),
    paragraph(slots),
    held,
    idle,
    ...part('Running', running, ({ item, run, step }) => runLine(item, run, step, reader)),
    ...part('Next', moving, ({ item, step }) => stepLine(item, step, null, reader)),
    ...part('Waiting', waiting, ({ item, step }) => stepLine(item, step, reads.arrivedAt(item), reader)),
    ...part('Blocked', blocked, ({ item, step }) => stepLine(item, step, null, reader)),
    ...part('Timers', reads.timers.ofProject(name), (one) => timerLine(one, reader)),
    ...part('Merged', done, (item) => mergedLine(item, reader)),
    pictured &&
      boardPicture(
        {
          project: name,
          note: slots,
          counts,
          standing,
          merged: done,
          remark: remarkOf(held) ?? remarkOf(idle),
          arrivedAt: (item) => reads.arrivedAt(item),
        },
        reader,
      ),
  );
}

function remarkOf(block: Block | false): string | null {
  return block === false || block.kind !== 'paragraph' ? null : said(block.content);
}

/** A project's board in a few lines: its counts, who works on what, and what needs a person. */
function brief(context: CommandContext, { name }: Project): Document {
  const reader = readerOf(context);
  const facts = context.facts(name);
  const { running, waiting, blocked } = standingItems(context.reads, facts, ARCHIVE_LOOK);
  const needs = [...waiting.filter(({ step }) => stepSign(step) === '!'), ...blocked];
  return doc(
    heading(name),
    paragraph(`${stagesLine(context.reads.counts(name))} · ${spentToday(context, name)}`),
    pausedText(facts, name, reader),
    ...part('Running', running, ({ item, run, step }) => runLine(item, run, step, reader), FEW_LINES),
    ...part('Needs a person', needs, ({ item, step }) => stepLine(item, step, null, reader), FEW_LINES),
  );
}

function pausedText({ pause }: ProjectFacts, project: string, reader: Reader): Block | false {
  return pause !== null && pausedLine(pause, project, reader);
}

/** Only for those who may press it, and not in a terminal. It names the project: the room may be on another one by then. */
function brakes(context: CommandContext, { name }: Project): Block | false {
  const { at, project } = context;
  const isLocal = context.networks().some((network) => network.name === at.transport && network.isLocal);
  if (isLocal || !includes(context.roleIn({ project: name }), 'operator')) return false;
  const paused = context.facts(name).pause !== null;
  const [label, words] = paused ? ['Resume', 'resume'] : ['Pause', 'pause'];
  const shown = name === project.name ? words : `${words} ${name}`;
  return actions({ ...action(label, `${words} ${name}`, paused ? 'primary' : 'plain'), typed: shown });
}

/** `startable`: an item of the backlog that waits for nothing but a person; null: there is none. */
function idleText(project: string, backlog: number, startable: WorkItem | null, { current }: Reader): Block {
  if (backlog === 0 && project !== current) return paragraph('Nothing is running and the backlog is empty.');
  if (backlog === 0) return paragraph('Nothing is running and the backlog is empty: ', typed('create story <title>'), ' adds to it.');
  const items = `Nothing is running. ${counted(backlog, 'item')} in the backlog`;
  return startable === null
    ? paragraph(`${items}.`)
    : paragraph(`${items}: `, typed(`start ${itemName(startable, current)}`), ' to begin.');
}

function stagesLine(counts: Readonly<Record<StageName, number>>): string {
  return STAGES.map((stage) => `${stage} ${counts[stage]}`).join(' · ');
}

function spentToday(context: CommandContext, project: string): string {
  const today = context.reads.spend.since(project, startOfDay(context.clock.now(), context.timezone));
  return `today ${money(today.microUsd)}, ${tokens(totalTokens(today))} tokens`;
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
