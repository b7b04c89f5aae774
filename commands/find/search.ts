import { flag, text } from '../../src/bot/parse/arguments.ts';
import { command } from '../../src/bot/command.ts';
import { firstFound } from '../../src/bot/pages/found.ts';

export const search = command({
  words: ['search'],
  aliases: [['find']],
  summary: 'Finds items by words in their text, comments, failures and what agents said.',
  details:
    'Looks in titles, descriptions, criteria, comments, what was told to agents, their closing words, verdicts, questions and failures. ' +
    'A word also finds longer words that begin with it; accents and capitals make no difference. All words must be in the item; `"two words"` in quotes ' +
    'must stand together. What was said to Musher in this room, and was no command, is listed below.',
  examples: ['search login', 'search vault key', 'search --all timeout'],
  args: { all: flag('all', 'Looks in every project that you may see from here.'), words: text('What to look for.') },
  role: 'viewer',
  run(context, { all, words }) {
    // A switch behind a text is a part of it, and here nobody looks for one.
    const further = /\s--all$/i.exec(words);
    return firstFound(context, further === null ? words : words.slice(0, further.index), all || further !== null);
  },
});
