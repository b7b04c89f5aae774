import { itemRef } from '../../src/bot/parse/arguments.ts';
import { command } from '../../src/bot/command.ts';
import { pictureFlag, wantsPicture } from '../../src/bot/pictures.ts';
import { firstOfDiff } from '../../src/bot/pages/diff.ts';

export const diff = command({
  words: ['diff'],
  summary: 'Shows the changes of an item against the base branch.',
  details: 'For a merged item: what the merge changed. Lists the files first, then the beginning of the change; `more` shows what follows.',
  examples: ['diff 42', 'diff 42 --picture'],
  args: { item: itemRef(), picture: pictureFlag() },
  role: 'viewer',
  waits: true,
  run(context, { item: ref, picture }) {
    const found = context.find(ref);
    if (!found.ok) return found.error;
    return firstOfDiff(context, found.value, { pictured: wantsPicture(context, picture) });
  },
});
