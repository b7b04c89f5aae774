import { command } from '../../src/bot/command.ts';
import { itemTitle, labelMarks, marksOf } from '../../src/words/item/item.ts';
import { stepWords } from '../../src/words/item/step.ts';
import { answer, done } from '../../src/words/replies.ts';
import { decide } from '../../src/decide/facts.ts';
import { command as typed, doc, heading, list, paragraph, phrase, type Content } from '../../src/message/build.ts';
import { readerOf } from '../../src/words/reader.ts';

/** Items listed at once. */
const MOST = 50;

export const backlog = command({
  words: ['backlog'],
  summary: 'Lists the items that are not started yet, by priority and age.',
  details: 'An item that depends on others says what it waits for, and whether it starts on its own.',
  examples: ['backlog'],
  args: {},
  role: 'viewer',
  run(context) {
    const { reads, project } = context;
    const facts = context.facts(project.name);
    const all = reads.counts(project.name).backlog;
    if (all === 0) return done(`The backlog of ${project.name} is empty. `, typed('create story <title>'), ' adds to it.');
    const reader = readerOf(context);
    const lines = reads.inStage(project.name, 'backlog', MOST).map((item): Content[] => {
      const title = `${itemTitle(item, reader.current)} (${item.type})${marksOf(item)}${labelMarks(item)}`;
      const step = decide(reads, item, facts);
      if (step.reason.kind === 'not-started' && step.reason.unmet.length === 0) return [title];
      const starts = step.do === 'wait' && step.reason.kind === 'dependencies' && !step.never ? ', starts on its own' : '';
      return phrase`${title} · ${stepWords(item, step, reader)}${starts}`;
    });
    return answer(
      doc(
        heading(`Backlog of ${project.name} (${all})`),
        list(lines),
        all > lines.length && paragraph(`and ${all - lines.length} more`),
        paragraph(typed('start <number>'), ' starts an item, ', typed('show <number>'), ' shows it.'),
      ),
    );
  },
});
