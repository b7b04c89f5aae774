import { command } from '../src/bot/command.ts';
import { answer } from '../src/bot/replies.ts';
import { code, doc, fields } from '../src/message/build.ts';

export const whoami = command({
  words: ['whoami'],
  summary: 'Says how Musher knows you, and what you may do here.',
  details: 'The id is what stands in bot.toml under [roles]; the name that you show to others counts for nothing.',
  examples: ['whoami'],
  args: {},
  role: 'viewer',
  run: ({ sender, role, at, project }) =>
    answer(
      doc(
        fields([
          ['You', sender.name],
          ['Id', [code(`${sender.transport}:${sender.id}`)]],
          ['Role', role],
          ['Room', [code(`${at.transport}:${at.room}`)]],
          ['Project', project.name],
        ]),
      ),
    ),
});
