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
    const problems = all.flatMap((network) =>
      [...(network.problem === null ? [] : [network.problem]), ...unsentOf(network, context)].map((what): Content[] => [
        `${network.name}: ${what}`,
      ]),
    );
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

/** Rooms of one network whose trouble is told; more of them are counted. */
const MOST_ROOMS = 3;

/** Rooms that get nothing, each with why; those of projects that one may not see are only counted. */
function unsentOf(network: NetworkState, context: CommandContext): string[] {
  const seen = new Set(
    context
      .rooms()
      .filter(({ project }) => project === null || context.projects.some(({ name }) => name === project))
      .map(({ transport, id }) => `${transport}:${id}`),
  );
  const told = network.unsent.filter(({ room }) => seen.has(`${network.name}:${room}`)).slice(0, MOST_ROOMS);
  const more = network.unsent.length - told.length;
  const others = more === 0 ? [] : [`messages to ${counted(more, told.length > 0 ? 'other room' : 'room')} do not come through`];
  return [...told.map(({ room, why }) => `${room}: ${why}`), ...others];
}

function summary(all: readonly NetworkState[]): string {
  const online = all.filter(({ state }) => state === 'online').length;
  if (online < all.length) return `${online} of ${counted(all.length, 'network')} online.`;
  return all.some(({ unsent }) => unsent.length > 0)
    ? `${counted(online, 'network')} online, but not all messages come through.`
    : `All is well: ${counted(online, 'network')} online.`;
}
