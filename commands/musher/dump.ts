import { itemRef } from '../../src/bot/parse/arguments.ts';
import { command } from '../../src/bot/command.ts';
import { bytes } from '../../src/words/amounts.ts';
import { answer, refused } from '../../src/words/replies.ts';
import { code, codeBlock, doc, paragraph } from '../../src/message/build.ts';

/** Characters of a dump shown in the room; one that is not longer is shown whole. */
const SHOWN = 3_000;

export const dump = command({
  words: ['dump'],
  summary: 'Writes down all that the log holds of an item, or of everything.',
  details:
    'Projections, events, cursors and queues of the project as JSON, in a file of the data directory that only its owner can read; its beginning is shown here. ' +
    'The newest 2,000 rows of each kind; what is left out is counted. Secrets that Musher knows are taken out, texts of messages and items are not. ' +
    '`musher dump` on the command line does the same while Musher is stopped.',
  examples: ['dump 42', 'dump'],
  args: { item: itemRef().optional() },
  role: 'admin',
  async run(context, { item: ref }) {
    if (ref !== null) {
      const found = context.findAny(ref);
      if (!found.ok) return found.error;
    }
    // Rights hold for a project: with others beside it, only what is this one's.
    const project = ref?.project ?? (context.projects.length === 1 ? null : context.project.name);
    const made = await context.dump({ project, number: ref?.number ?? null });
    if (!made.ok) return refused('dump-failed', `The dump could not be written: ${made.error}. Make room on the disk, and try again.`);
    const { file, text } = made.value;
    const whole = text.length <= SHOWN;
    return answer(
      doc(
        paragraph('Written to ', code(file), ` (${bytes(Buffer.byteLength(text))})${whole ? '.' : ', which begins so:'}`),
        codeBlock(whole ? text.trimEnd() : `${text.slice(0, SHOWN).toWellFormed()}\n…`, 'json'),
      ),
    );
  },
});
