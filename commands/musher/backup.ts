import { command } from '../../src/bot/command.ts';
import { bytes } from '../../src/words/amounts.ts';
import { done, refused } from '../../src/words/replies.ts';
import { code } from '../../src/message/build.ts';

export const backup = command({
  words: ['backup'],
  summary: 'Copies the log now; `health` shows the newest copy.',
  details:
    'The copy is complete by itself: `musher restore FILE` puts it back. It holds the log, not the repositories. Copies are also made by the schedule in `[backup]`.',
  examples: ['backup'],
  args: {},
  role: 'admin',
  async run(context) {
    const made = await context.backup();
    if (!made.ok)
      return refused('backup-failed', `The log could not be copied: ${made.error}. Mend that; then `, code('backup'), ' tries again.');
    return done('The log is copied to ', code(made.value.file), ` (${bytes(made.value.bytes)}).`);
  },
});
