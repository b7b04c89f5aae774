import { command } from '../../src/bot/command.ts';
import { digestOf } from '../../src/decide/digest.ts';
import { digestDocument } from '../../src/words/item/digest.ts';
import { needsPeople } from '../../src/words/item/step.ts';
import { readerOf } from '../../src/words/reader.ts';
import { answer } from '../../src/words/replies.ts';
import { startOfDay } from '../../src/words/time.ts';

export const digest = command({
  words: ['digest'],
  summary: 'Sums up the day: merged, blocked, waiting for you, spent.',
  details: 'Counts since midnight, for the project of the room. With `digest = "18:00"` in a `[[room]]` it comes by itself every day.',
  examples: ['digest'],
  args: {},
  role: 'viewer',
  run(context) {
    const reader = readerOf(context);
    const { name, settings } = context.project;
    const since = startOfDay(reader.now, reader.timezone);
    return answer(digestDocument(digestOf(context.reads, settings, since, reader.now, needsPeople), name, reader));
  },
});
