import type { NetworkState } from '../src/bot/capabilities.ts';
import { command, type CommandContext } from '../src/bot/command.ts';
import { bytes, counted } from '../src/bot/format/amounts.ts';
import { readerOf } from '../src/bot/format/step.ts';
import { duration, moment } from '../src/bot/format/time.ts';
import { answer } from '../src/bot/replies.ts';
import { doc, list, paragraph, table, type Content } from '../src/message/build.ts';

export const health = command({
  words: ['health'],
  summary: 'Shows how the networks stand: connected since when, and what waits to be sent.',
  examples: ['health'],
  args: {},
  role: 'viewer',
  about: 'musher',
  run: (context) => {
    const all = context.networks();
    const now = context.clock.now();
    const problems = all.filter(({ problem }) => problem !== null).map(({ name, problem }): Content[] => [`${name}: ${problem ?? ''}`]);
    return answer(
      doc(
        paragraph(summary(all)),
        table(
          ['Network', 'State', 'For', 'Last message', 'To be sent'],
          all.map(({ name, state, since, lastEvent, waiting, oldest }) => [
            name,
            state,
            duration(now - since),
            lastEvent === null ? 'none' : `${duration(now - lastEvent)} ago`,
            waiting === 0 ? 'nothing' : `${waiting}, the oldest for ${duration(now - (oldest ?? now))}`,
          ]),
        ),
        problems.length > 0 && list(problems),
        paragraph(backupWords(context)),
      ),
    );
  },
});

function backupWords(context: CommandContext): string {
  const { newest, count, next, problem } = context.backups();
  const { now, timezone } = readerOf(context);
  const have =
    newest === null
      ? 'There is no backup of the log'
      : `Newest of ${counted(count, 'backup')} of the log: ${moment(newest.at, now, timezone)}, ${bytes(newest.bytes)}`;
  const coming = next === null ? 'none is made by itself' : `the next is made ${moment(next, now, timezone)}`;
  return `${have}; ${coming}.${problem === null ? '' : ` The last try failed: ${problem}.`}`;
}

function summary(all: readonly NetworkState[]): string {
  const online = all.filter(({ state }) => state === 'online').length;
  return online === all.length
    ? `All is well: ${counted(online, 'network')} online.`
    : `${online} of ${counted(all.length, 'network')} online.`;
}
