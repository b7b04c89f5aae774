import { basename } from 'node:path';
import { itemRef } from '../../src/bot/parse/arguments.ts';
import { command } from '../../src/bot/command.ts';
import { bytes } from '../../src/words/amounts.ts';
import { answer, refused } from '../../src/words/replies.ts';
import { code, codeBlock, doc, paragraph } from '../../src/message/build.ts';

/** Characters of a dump shown in the room. */
const SHOWN = 3_000;

export const dump = command({
  words: ['dump'],
  summary: 'Writes everything that the log holds about an item, or about the project, to a file.',
  details:
    'The file is JSON in the data directory, readable only by its owner; the start of it is shown here. It holds projections, events, cursors and queues: ' +
    'the newest 2,000 rows of each kind, and a count of the rest. Secrets that Musher knows are removed; the texts of messages and items are not. ' +
    '`musher dump` in a terminal does the same while Musher is stopped.',
  examples: ['dump 42', 'dump'],
  args: { item: itemRef().optional() },
  role: 'admin',
  waits: true,
  async run(context, { item: ref }) {
    if (ref !== null) {
      const found = context.findAny(ref);
      if (!found.ok) return found.error;
    }
    // Roles are per project: if there are other projects, dump only this one.
    const project = ref?.project ?? (context.projects.length === 1 ? null : context.project.name);
    const made = await context.dump({ project, number: ref?.number ?? null });
    if (!made.ok) return refused('dump-failed', `The dump could not be written: ${made.error}. Free some disk space and try again.`);
    const { file, text } = made.value;
    const whole = text.length <= SHOWN;
    return answer(
      doc(
        paragraph(
          'Wrote ',
          code(basename(file)),
          ` (${bytes(Buffer.byteLength(text))}) in the data directory${whole ? ':' : '. It starts with:'}`,
        ),
        codeBlock(whole ? text.trimEnd() : `${text.slice(0, SHOWN).toWellFormed()}\n…`, 'json'),
      ),
    );
  },
});
