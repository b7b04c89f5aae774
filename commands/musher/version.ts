import { command } from '../../src/bot/command.ts';
import { duration, moment } from '../../src/words/time.ts';
import { phrase } from '../../src/message/build.ts';
import { done } from '../../src/words/replies.ts';
import { readerOf } from '../../src/words/reader.ts';

export const version = command({
  words: ['version'],
  summary: 'Shows the version and the uptime.',
  examples: ['version'],
  args: {},
  role: 'viewer',
  about: 'musher',
  run(context) {
    const { now, timezone } = readerOf(context);
    const up = phrase`up ${duration(now - context.startedAt)} (since ${moment(context.startedAt, now, timezone)})`;
    return done(
      ...phrase`Musher ${context.version} on Node ${process.versions.node}, ${up}, ${context.reads.lastSeq()} events in the log.`,
    );
  },
});
