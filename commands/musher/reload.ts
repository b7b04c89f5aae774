import { command } from '../../src/bot/command.ts';
import { mayRestart } from '../../src/bot/rights/may-restart.ts';
import { brokenConfiguration, dataDirChanged } from '../../src/words/bot/restarting.ts';
import { done, refused } from '../../src/words/replies.ts';
import { code, command as typed, type Content } from '../../src/message/build.ts';

/** Keys that the answer names; more are counted. */
const MOST_KEYS = 12;

export const reload = command({
  words: ['reload'],
  summary: 'Reads the configuration again, says what changed and applies it.',
  details:
    'It reads bot.toml and every project file. If one is broken, it says what is wrong and the old configuration stays. If something changed, it names the keys, never their values, ' +
    'and Musher restarts itself to apply them; agents continue meanwhile. `data_dir` and environment variables can only change when Musher is stopped and started. Takes an admin of every project.',
  examples: ['reload'],
  args: {},
  role: 'admin',
  about: 'musher',
  waits: true,
  run(context) {
    const restarting = mayRestart(context, 'reload');
    if (!restarting.ok) return restarting.error;
    const read = context.reconfiguration();
    if (!read.ok) return brokenConfiguration(read.error);
    const { changed, builtIn, dataDir } = read.value;
    if (builtIn) return refused('built-in', 'The demo has no configuration file, so there is nothing to reload.');
    if (dataDir) return dataDirChanged();
    if (changed.length === 0)
      return refused('unchanged', 'The configuration has not changed. ', typed('restart'), ' restarts Musher anyway.');
    const keys = changed.slice(0, MOST_KEYS).flatMap((key, i): Content[] => [i === 0 ? '' : ', ', code(key)]);
    const more = changed.length > MOST_KEYS ? ` and ${changed.length - MOST_KEYS} more` : '';
    const reply = context.change(() =>
      done('✓ The new configuration is valid. Changed: ', ...keys, `${more}. Musher restarts now to apply it; agents continue.`),
    );
    restarting.value();
    return reply;
  },
});
