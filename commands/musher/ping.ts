import { command } from '../../src/bot/command.ts';
import { duration } from '../../src/words/time.ts';
import { done } from '../../src/words/replies.ts';

export const ping = command({
  words: ['ping'],
  summary: 'Answers with the response time.',
  examples: ['ping'],
  args: {},
  role: 'viewer',
  about: 'musher',
  run(context) {
    const waited = Math.max(0, context.clock.now() - context.receivedAt);
    return done(`pong (${waited < 1000 ? `${waited} ms` : duration(waited)})`);
  },
});
