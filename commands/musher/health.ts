import { TERMINAL_NETWORK, type NetworkState } from '../../src/bot/capabilities.ts';
import { command, type CommandContext } from '../../src/bot/command.ts';
import { bytes, counted } from '../../src/words/amounts.ts';
import { readerOf } from '../../src/words/step.ts';
import { duration, moment } from '../../src/words/time.ts';
import { answer } from '../../src/words/replies.ts';
import { doc, list, paragraph, table, type Content } from '../../src/message/build.ts';

export const health = command({
  words: ['health'],
  summary: 'Shows how the networks stand: connected since when, and what waits to be sent.',
  examples: ['health'],
  args: {},
  role: 'viewer',
  about: 'musher',
  run: (context) => {
    // The terminal is told of only where it has a trouble, or where there is nothing else.
    const everything = context.networks();
    const networks = everything.filter(({ name }) => name !== TERMINAL_NETWORK);
    const all = networks.length === 0 ? everything : everything.filter((one) => networks.includes(one) || hasTrouble(one));
    const now = context.clock.now();
    const problems = all.flatMap((network) =>
      [...(network.problem === null ? [] : [network.problem]), ...unsentOf(network, context)].map((what): Content[] => [
        `${network.name}: ${what}`,
      ]),
    );
    return answer(
      doc(
        paragraph(summary(networks, all)),
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

function hasTrouble({ state, problem, waiting, unsent }: NetworkState): boolean {
  return state !== 'online' || problem !== null || waiting > 0 || unsent.length > 0;
}

function summary(networks: readonly NetworkState[], shown: readonly NetworkState[]): string {
  const online = networks.filter(({ state }) => state === 'online').length;
  if (online < networks.length) return `${online} of ${counted(networks.length, 'network')} online.`;
  const have = networks.length === 0 ? 'no network is configured, so there is this terminal alone' : `${counted(online, 'network')} online`;
  return shown.some(({ unsent }) => unsent.length > 0)
    ? `${counted(online, 'network')} online, but not all messages come through.`
    : `All is well: ${have}.`;
}
