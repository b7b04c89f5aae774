import { text } from '../../src/bot/parse/arguments.ts';
import { command, type CommandContext } from '../../src/bot/command.ts';
import { decide } from '../../src/decide/facts.ts';
import { command as typed, doc, heading, paragraph } from '../../src/message/build.ts';
import { nearest } from '../../src/nearest.ts';
import { labelsIn } from '../../src/pipeline/labels.ts';
import { rankOf } from '../../src/pipeline/next/priority.ts';
import { STAGES, type WorkItem } from '../../src/pipeline/types.ts';
import { mergedLine, part } from '../../src/words/item/board.ts';
import { mergedAs } from '../../src/words/item/item.ts';
import { stepLine } from '../../src/words/item/step.ts';
import { readerOf } from '../../src/words/reader.ts';
import { answer, done, refused } from '../../src/words/replies.ts';
import type { Reply } from '../../src/words/reply.ts';

/** Open items with a label that are looked at, and merged ones listed. */
const MOST_LOOKED_AT = 500;
const MOST_MERGED = 5;

export const labels = command({
  words: ['labels'],
  aliases: [
    ['list', 'label'],
    ['status', 'label'],
  ],
  summary: 'Lists the items with a label, or the labels in use.',
  details: 'With several labels, the items that have all of them. `label 42 ui` adds one to an item.',
  examples: ['labels', 'labels ui', 'list label ui'],
  args: { label: text('One or more labels.').optional() },
  role: 'viewer',
  run(context, { label }) {
    const wanted = label === null ? [] : labelsIn(label);
    return wanted.length === 0 ? inUse(context) : labelled(context, wanted);
  },
});

function inUse({ reads, project }: CommandContext): Reply {
  const all = reads.labels(project.name);
  if (all.length === 0) return done(`No open item of ${project.name} has a label. `, typed('label <number> <label>'), ' adds one.');
  const most = all.toSorted((a, b) => b.items - a.items);
  return answer(
    doc(
      heading(`Labels of ${project.name}`),
      paragraph(most.map(({ label, items }) => `${label} ${items}`).join(' · ')),
      paragraph(typed('labels <label>'), ' lists its items.'),
    ),
  );
}

function labelled(context: CommandContext, wanted: readonly string[]): Reply {
  const { reads, project } = context;
  const reader = readerOf(context);
  const facts = context.facts(project.name);
  const [first = '', ...others] = wanted;
  const find = (which: 'open' | 'over'): WorkItem[] =>
    reads.labelled(project.name, first, which, MOST_LOOKED_AT).filter(({ labels: has = [] }) => others.every((one) => has.includes(one)));
  const open = find('open').toSorted(
    (a, b) => STAGES.indexOf(b.stage.name) - STAGES.indexOf(a.stage.name) || rankOf(a) - rankOf(b) || a.number - b.number,
  );
  const merged = find('over').filter(({ stage }) => mergedAs(stage) !== null);
  const name = wanted.join(', ');
  if (open.length + merged.length === 0) {
    const near = nearest(
      first,
      reads.labels(project.name).map((one) => one.label),
    );
    return refused(
      'no-such-label',
      `No item of ${project.name} is labelled ${name}.${near === null || near === first ? '' : ` Did you mean ${near}?`} `,
      typed('labels'),
      ' lists those in use.',
    );
  }
  return answer(
    doc(
      heading(`Labelled ${name} in ${project.name}`),
      ...part('Open', open, (item) => stepLine(item, decide(reads, item, facts), null, reader)),
      ...part('Merged', merged, (item) => mergedLine(item, reader), MOST_MERGED),
    ),
  );
}
