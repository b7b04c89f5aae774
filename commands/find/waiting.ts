import { projectOrAll } from '../../src/bot/parse/arguments.ts';
import { command } from '../../src/bot/command.ts';
import { projectsMeant } from '../../src/bot/of-item.ts';
import { standingItems } from '../../src/decide/standing.ts';
import { doc } from '../../src/message/build.ts';
import { part } from '../../src/words/item/board.ts';
import { stepLine, stepSign } from '../../src/words/item/step.ts';
import { readerOf } from '../../src/words/reader.ts';
import { answer, done } from '../../src/words/replies.ts';

/** Archived items looked at for those that are held for review. */
const ARCHIVE_LOOK = 500;
/** Items listed of each kind. */
const MOST = 30;

export const waiting = command({
  words: ['waiting'],
  summary: 'Lists what waits for a person, and what waits for something else.',
  details:
    'Reviews, questions and permissions, stopped items and wrong settings come first, each with what to type. ' +
    'Then what continues on its own once a slot, an agent, a limit, a budget or another item allows it.',
  examples: ['waiting', 'waiting all'],
  args: { project: projectOrAll().optional() },
  role: 'viewer',
  run(context, { project: asked }) {
    const { reads } = context;
    const reader = readerOf(context);
    const projects = projectsMeant(context, asked);
    const all = projects.flatMap(({ name }) => {
      const { running, waiting: waits, blocked } = standingItems(reads, context.facts(name), ARCHIVE_LOOK);
      // What is blocked has a list of its own; what is held for review waits for somebody to look at it.
      return [...running, ...waits, ...blocked].filter(({ step }) => step.do === 'wait' || step.reason.kind === 'asks-people');
    });
    const people = all.filter(({ step }) => stepSign(step) === '!');
    const others = all.filter(({ step }) => stepSign(step) === '…');
    if (people.length + others.length === 0) return done(`Nothing is waiting in ${projects.map(({ name }) => name).join(', ')}.`);
    const line = ({ item, step }: (typeof all)[number]) => stepLine(item, step, reads.arrivedAt(item), reader);
    return answer(doc(...part('Waiting for a person', people, line, MOST), ...part('Continues on its own', others, line, MOST)));
  },
});
