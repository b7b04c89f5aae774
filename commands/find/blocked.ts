import { projectOrAll } from '../../src/bot/parse/arguments.ts';
import { command } from '../../src/bot/command.ts';
import { projectsMeant } from '../../src/bot/of-item.ts';
import { standingItems } from '../../src/decide/standing.ts';
import { command as typed, doc, heading, list, paragraph } from '../../src/message/build.ts';
import { stepLine } from '../../src/words/item/step.ts';
import { readerOf } from '../../src/words/reader.ts';
import { answer, done } from '../../src/words/replies.ts';

/** Archived items looked at, the latest, so that the archive's size does not count. */
const ARCHIVE_LOOK = 500;
/** Items listed at once. */
const MOST = 30;

export const blocked = command({
  words: ['blocked'],
  summary: 'Lists the blocked items, each with its reason.',
  details: 'Out of attempts, not mergeable, or held for review; the latest first. `retry blocked` tries all of them again.',
  examples: ['blocked', 'blocked all'],
  args: { project: projectOrAll().optional() },
  role: 'viewer',
  run(context, { project: asked }) {
    const { reads } = context;
    const reader = readerOf(context);
    const projects = projectsMeant(context, asked);
    const all = projects.flatMap(({ name }) => standingItems(reads, context.facts(name), ARCHIVE_LOOK).blocked);
    if (all.length === 0) return done(`Nothing is blocked in ${namesOf(projects)}.`);
    return answer(
      doc(
        heading(`Blocked (${all.length})`),
        list(all.slice(0, MOST).map(({ item, step }) => stepLine(item, step, reads.arrivedAt(item), reader))),
        all.length > MOST && paragraph(`and ${all.length - MOST} more`),
        all.length > 1 && paragraph(typed('retry blocked'), ' tries them all again.'),
      ),
    );
  },
});

function namesOf(projects: readonly { readonly name: string }[]): string {
  return projects.map(({ name }) => name).join(', ');
}
