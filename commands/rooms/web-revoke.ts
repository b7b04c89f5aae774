import { command } from '../../src/bot/command.ts';
import { choice, either, integer } from '../../src/bot/parse/arguments.ts';
import { includes } from '../../src/bot/rights/rights.ts';
import { noSession, sessionsEnded } from '../../src/words/pages/entering.ts';
import { done } from '../../src/words/replies.ts';

export const webRevoke = command({
  words: ['web', 'revoke'],
  summary: 'Ends a session on the live page, or all of yours.',
  details: 'It takes effect at once. Admins of all projects may end the sessions of others.',
  examples: ['web revoke 3', 'web revoke all'],
  args: {
    which: either(
      choice(['all'], 'All of your sessions.'),
      integer({ min: 1, description: 'The number of a session, as `web sessions` shows it.' }),
      'The number of a session, as `web sessions` shows it, or `all` of yours.',
    ),
  },
  role: 'viewer',
  about: 'musher',
  run(context, { which }) {
    const ofAll = includes(context.roleIn({ project: null }), 'admin');
    const ended = context
      .page()
      .sessions.filter(({ session, isOwn }) => (which === 'all' ? isOwn : session.number === which && (isOwn || ofAll)));
    if (ended.length === 0) return noSession();
    return context.change((tx) => {
      for (const { session } of ended) tx.endSession(session);
      return done(...sessionsEnded(ended.length));
    });
  },
});
