import { command, type CommandContext } from '../../src/bot/command.ts';
import { standingItems, type StandingItem } from '../../src/decide/standing.ts';
import { command as typed, doc } from '../../src/message/build.ts';
import type { WorkItem } from '../../src/pipeline/types.ts';
import { mergedLine, part, runLine } from '../../src/words/item/board.ts';
import { itemTitle, mergedAs } from '../../src/words/item/item.ts';
import { stepLine, stepSign } from '../../src/words/item/step.ts';
import { readerOf } from '../../src/words/reader.ts';
import { answer, done } from '../../src/words/replies.ts';

/** Items of the backlog, merged ones and archived ones that are looked at in each project. */
const MOST_LOOKED_AT = 500;
/** Merged items listed. */
const MOST_MERGED = 5;

export const mine = command({
  words: ['mine'],
  summary: 'Lists your items: those that you created or moved forward last.',
  details:
    'Of every project that you may see from here. What needs a person comes first, then what is in progress, what waits and what is in the ' +
    'backlog. Archived items are left out, unless they are blocked.',
  examples: ['mine'],
  args: {},
  role: 'viewer',
  about: 'musher',
  run(context) {
    const reader = readerOf(context);
    const isMine = mineOf(context);
    const all = context.projects.map(({ name }) => {
      const standing = standingItems(context.reads, context.facts(name), MOST_LOOKED_AT);
      const { running, moving, waiting, blocked } = standing;
      const started = [...running, ...moving, ...waiting].filter(({ item }) => isMine(item));
      const known = new Set(started.map(({ item }) => item.number));
      const backlog = context.reads.inStage(name, 'backlog', MOST_LOOKED_AT).filter((item) => isMine(item) && !known.has(item.number));
      const merged = context.reads.recentInStage(name, 'done', MOST_LOOKED_AT).filter(isMine);
      return { started, blocked: blocked.filter(({ item }) => isMine(item)), backlog, merged };
    });
    const started = all.flatMap((one) => one.started);
    const stuck = all.flatMap((one) => one.blocked);
    const backlog = all.flatMap((one) => one.backlog);
    const merged = all.flatMap((one) => one.merged).toSorted((a, b) => mergedAt(b) - mergedAt(a));
    if (started.length + stuck.length + backlog.length + merged.length === 0)
      return done('You have no open items. ', typed('create story <title>'), ' makes one.');
    const needs = [...started.filter(needsPerson), ...stuck];
    const going = started.filter((one) => !needsPerson(one));
    const line = ({ item, step, run }: StandingItem) =>
      run === null ? stepLine(item, step, context.reads.arrivedAt(item), reader) : runLine(item, run, step, reader);
    return answer(
      doc(
        ...part('Needs a person', needs, line),
        ...part('In progress', going, line),
        ...part('Backlog', backlog, (item) => [`${itemTitle(item, reader.current)} (${item.type})`]),
        ...part('Merged', merged, (item) => mergedLine(item, reader), MOST_MERGED),
      ),
    );
  },
});

/** Whether an item is the sender's: by their name in the configuration, or by any of their ids, under which they may have acted before. */
function mineOf({ actor, standing }: CommandContext): (item: WorkItem) => boolean {
  const actors = new Set([actor, ...(standing.person?.ids ?? [])]);
  return ({ createdBy, payer }) => actors.has(createdBy) || (payer !== null && actors.has(payer));
}

function needsPerson({ step }: StandingItem): boolean {
  return stepSign(step) === '!' || stepSign(step) === '✗';
}

function mergedAt(item: WorkItem): number {
  return mergedAs(item.stage)?.mergedAt ?? 0;
}
