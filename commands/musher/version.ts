import { command } from '../../src/bot/command.ts';
import { readerOf } from '../../src/words/step.ts';
import { duration, moment } from '../../src/words/time.ts';
import { done } from '../../src/words/replies.ts';

export const version = command({
  words: ['version'],
  summary: 'Says which Musher this is, and since when it runs.',
  examples: ['version'],
  args: {},
  role: 'viewer',
  about: 'musher',
  run(context) {
    const { now, timezone } = readerOf(context);
    const since = `${moment(context.startedAt, now, timezone)}, for ${duration(now - context.startedAt)}`;
    return done(
      `Musher ${context.version} on Node ${process.versions.node}, running since ${since}. The log has ${context.reads.lastSeq()} events.`,
    );
  },
});
