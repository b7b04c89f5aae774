import { basename } from 'node:path';
import { command } from '../../src/bot/command.ts';
import { bytes } from '../../src/words/amounts.ts';
import { done, refused } from '../../src/words/replies.ts';
import { code, command as typed } from '../../src/message/build.ts';

export const backup = command({
  words: ['backup'],
  summary: 'Backs up the log now. `health` shows the newest backup.',
  details:
    'A backup is one file; `musher restore FILE` restores it. It holds the log, not the repositories. Scheduled backups are set under `[backup]` in bot.toml.',
  examples: ['backup'],
  args: {},
  role: 'admin',
  waits: true,
  async run(context) {
    const made = await context.backup();
    if (!made.ok) return refused('backup-failed', `The backup failed: ${made.error}. Fix that, then try `, typed('backup'), ' again.');
    // A server's path is no business of a room: the file's name is enough to find it under the backup folder.
    return done('Backed up the log to ', code(basename(made.value.file)), ` (${bytes(made.value.bytes)}) in the backup folder.`);
  },
});
