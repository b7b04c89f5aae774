import { command } from '../../src/bot/command.ts';
import { mayRestart } from '../../src/bot/rights/may-restart.ts';
import { brokenConfiguration, dataDirChanged } from '../../src/words/bot/restarting.ts';
import { done } from '../../src/words/replies.ts';

export const restart = command({
  words: ['restart'],
  summary: 'Restarts Musher; agents continue meanwhile.',
  details:
    'It answers once, when it is back. A new version that was installed meanwhile is started. With a broken configuration it refuses, because it would not come back. Takes an admin of every project.',
  examples: ['restart'],
  args: {},
  role: 'admin',
  about: 'musher',
  waits: true,
  run(context) {
    const restarting = mayRestart(context, 'restart');
    if (!restarting.ok) return restarting.error;
    const read = context.reconfiguration();
    if (!read.ok) return brokenConfiguration(read.error);
    if (read.value.dataDir) return dataDirChanged();
    const begun = context.begin((tx) => tx.askRestart(context.project.name));
    if (!begun.ok) return begun.error;
    restarting.value();
    return { ...done(''), later: true };
  },
});
