import { command } from '../../src/bot/command.ts';
import { itemTitle } from '../../src/words/item.ts';
import { readerOf } from '../../src/words/step.ts';
import { answer, done } from '../../src/words/replies.ts';
import { decide } from '../../src/decide/facts.ts';
import { code, doc, heading, list, paragraph, type Content } from '../../src/message/build.ts';

/** Items listed at once. */
const MOST = 50;

export const backlog = command({
  words: ['backlog'],
  summary: 'Lists what is not started yet, the oldest first.',
  details: 'An item that depends on others says what it waits for, and whether it starts by itself.',
  examples: ['backlog'],
  args: {},
  role: 'viewer',
  run(context) {
    const { reads, project } = context;
    const facts = context.facts(project.name);
    const all = reads.counts(project.name).backlog;
    if (all === 0) return done(`The backlog of ${project.name} is empty. `, code('create story <title>'), ' adds to it.');
    const { current } = readerOf(context);
    const lines = reads.inStage(project.name, 'backlog', MOST).map((item): Content[] => {
      const title = `${itemTitle(item, current)} (${item.type})`;
      const step = decide(reads, item, facts);
      if (step.do === 'wait' && step.for === 'start') return [title];
      const starts = step.do === 'wait' && step.for === 'dependencies' && (item.queued || facts.autoStart) ? '; starts by itself then' : '';
      return [title, step.do === 'wait' ? `, waiting because ${step.because}${starts}` : ', starting now'];
    });
    return answer(
      doc(
        heading(`Backlog of ${project.name}, ${all}`),
        list(lines),
        all > lines.length && paragraph(`and ${all - lines.length} more`),
        paragraph(code('start <number>'), ' starts one; ', code('show <number>'), ' shows all of it.'),
      ),
    );
  },
});
