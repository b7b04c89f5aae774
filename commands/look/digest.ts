import { command } from '../../src/bot/command.ts';
import { pictureFlag, wantsPicture } from '../../src/bot/pictures.ts';
import { digestOf } from '../../src/decide/digest.ts';
import { doc, join } from '../../src/message/build.ts';
import { digestPicture } from '../../src/words/pictures/digest.ts';
import { digestDocument } from '../../src/words/item/digest.ts';
import { needsPeople } from '../../src/words/item/step.ts';
import { readerOf } from '../../src/words/reader.ts';
import { answer } from '../../src/words/replies.ts';
import { startOfDay } from '../../src/words/time.ts';

export const digest = command({
  words: ['digest'],
  summary: 'Sums up the day: merged, blocked, waiting for you, spent.',
  details: 'Counts since midnight, for the project of the room. With `digest = "18:00"` in a `[[room]]` it comes by itself every day.',
  examples: ['digest', 'digest --picture'],
  args: { picture: pictureFlag() },
  role: 'viewer',
  run(context, { picture }) {
    const reader = readerOf(context);
    const { name, settings } = context.project;
    const since = startOfDay(reader.now, reader.timezone);
    const day = digestOf(context.reads, settings, since, reader.now, needsPeople);
    return answer(join(digestDocument(day, name, reader), doc(wantsPicture(context, picture) && digestPicture(day, name, reader))));
  },
});
