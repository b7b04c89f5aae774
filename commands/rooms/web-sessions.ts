import { command } from '../../src/bot/command.ts';
import { includes } from '../../src/bot/rights/rights.ts';
import { sessionList } from '../../src/words/pages/entering.ts';
import { readerOf } from '../../src/words/reader.ts';
import { answer } from '../../src/words/replies.ts';

export const webSessions = command({
  words: ['web', 'sessions'],
  summary: 'Lists your sessions on the live page.',
  details: 'Admins of all projects see everybody’s.',
  examples: ['web sessions'],
  args: {},
  role: 'viewer',
  about: 'musher',
  run(context) {
    const ofAll = includes(context.roleIn({ project: null }), 'admin');
    const shown = context.page().sessions.filter(({ isOwn }) => isOwn || ofAll);
    return answer(
      sessionList(
        shown.map(({ session, name, isThis }) => ({ session, name, isThis })),
        readerOf(context),
      ),
    );
  },
});
