import { command, type CommandContext } from '../../src/bot/command.ts';
import { bytes, counted } from '../../src/words/amounts.ts';
import { unconfiguredNotes } from '../../src/bot/unconfigured.ts';
import { pauseWords, resumeCommand } from '../../src/words/item/pause.ts';
import { hintWords, outageHint, outageWords } from '../../src/words/outage.ts';
import { duration, moment } from '../../src/words/time.ts';
import { answer } from '../../src/words/replies.ts';
import { code, command as typed, doc, list, paragraph, phrase, table, type Content } from '../../src/message/build.ts';
import type { NetworkState } from '../../src/decide/network-state.ts';
import { readerOf } from '../../src/words/reader.ts';

export const health = command({
  words: ['health'],
  summary: 'Shows the state of the networks, unsent messages and backups.',
  examples: ['health'],
  args: {},
  role: 'viewer',
  about: 'musher',
  run: (context) => {
    // The terminal is listed only if it has a problem, or if there is nothing else to list.
    const everything = context.networks();
    const networks = everything.filter(({ isLocal }) => !isLocal);
    const all = networks.length === 0 ? everything : everything.filter((one) => networks.includes(one) || hasTrouble(one));
    const now = context.clock.now();
    const problems = all.flatMap((network) =>
      [...(network.problem === null ? [] : [network.problem]), ...unsentOf(network, context)].map((what) =>
        hintWords(`${network.name}: ${what}`),
      ),
    );
    // Of rooms that the sender can't see they are told the number alone: somebody who sees more has still to look.
    if (!all.some((network) => hidesRooms(network, context))) context.showsRefusals();
    const accounts = pausedAccounts(context);
    const outages = outagesOf(context);
    const paused = pausedOf(context);
    return answer(
      doc(
        paragraph(summary(networks, all)),
        table(
          ['Network', 'State', 'For', 'Last message', 'Queued'],
          all.map(({ name, state, since, lastEvent, waiting, oldest }) => [
            name,
            state,
            duration(now - since),
            lastEvent === null ? 'none' : `${duration(now - lastEvent)} ago`,
            waiting === 0 ? 'none' : `${waiting}, oldest ${duration(now - (oldest ?? now))} ago`,
          ]),
        ),
        problems.length > 0 && list(problems),
        accounts.length > 0 && list(accounts),
        outages.length > 0 && list(outages),
        paused.length > 0 && list(paused),
        paragraph(...backupWords(context)),
        ...unconfiguredNotes(context),
      ),
    );
  },
});

function backupWords(context: CommandContext): Content[] {
  const { newest, count, next, problem } = context.backups();
  const { now, timezone } = readerOf(context);
  const have =
    newest === null
      ? 'No backup of the log yet'
      : phrase`Last backup: ${moment(newest.at, now, timezone)} (${bytes(newest.bytes)}), ${count} kept`;
  const coming = next === null ? 'none scheduled' : phrase`next ${moment(next, now, timezone)}`;
  return phrase`${have}; ${coming}.${problem === null ? '' : ` The last attempt failed: ${problem}.`}`;
}

/** Accounts at model providers that can't be used for now. One that belongs to a project by name is told only to those who see the project. */
function pausedAccounts({ reads, projects, clock, timezone }: CommandContext): Content[][] {
  const now = clock.now();
  const seen = reads.accounts.all().filter(({ account }) => {
    const [project, agent] = account.split('/');
    return agent === undefined || projects.some(({ name }) => name === project);
  });
  return seen.map(({ account, until, signIn }): Content[] => {
    if (signIn === null)
      return phrase`Account ${account} is rate-limited${until > now ? phrase` until ${moment(until, now, timezone)}` : ''}.`;
    return signIn === ''
      ? [`Account ${account} is signed out. Sign in on the machine that runs Musher.`]
      : [`Account ${account} is signed out. On the machine that runs Musher, run `, code(signIn), '.'];
  });
}

/** What keeps projects that the sender sees, or their agents, from working. */
function outagesOf({ reads, projects }: CommandContext): Content[][] {
  const seen = reads.outages.all().filter(({ project }) => projects.some(({ name }) => name === project));
  return seen.map((outage) =>
    hintWords(
      `${outage.agent === null ? `Work on ${outage.project} is on hold` : `Agent ${outage.agent} of ${outage.project} can’t start`}: ${outageWords(outage)} ${outageHint(outage)}`,
    ),
  );
}

/** Projects that the sender sees and that somebody has paused. */
function pausedOf(context: CommandContext): Content[][] {
  const reader = readerOf(context);
  const seen = context.reads.pauses.all().filter(({ project }) => context.projects.some(({ name }) => name === project));
  return seen.map((pause) => {
    const again = typed(resumeCommand(pause.project, reader.current));
    return phrase`${pause.project} is ${pauseWords(pause, reader)}. ${again} lets work continue.`;
  });
}

/** Rooms of one network whose problem is shown; the rest are counted. */
const MOST_ROOMS = 3;

/** Rooms that get no messages, each with the reason. Rooms of projects that the sender can't see are only counted. */
function unsentOf(network: NetworkState, context: CommandContext): string[] {
  const seen = new Set(
    context
      .rooms()
      .filter(({ project }) => project === null || context.projects.some(({ name }) => name === project))
      .map(({ transport, id }) => `${transport}:${id}`),
  );
  const told = network.unsent.filter(({ room }) => seen.has(`${network.name}:${room}`)).slice(0, MOST_ROOMS);
  const more = network.unsent.length - told.length;
  const others = more === 0 ? [] : [`messages to ${counted(more, told.length > 0 ? 'other room' : 'room')} are not delivered`];
  return [...told.map(({ room, why }) => `${room}: ${why}`), ...others];
}

/** Whether a room with trouble is of a project that the sender can't see. */
function hidesRooms(network: NetworkState, context: CommandContext): boolean {
  const others = context.rooms().filter(({ project }) => project !== null && !context.projects.some(({ name }) => name === project));
  return network.unsent.some(({ room }) => others.some(({ transport, id }) => transport === network.name && id === room));
}

function hasTrouble({ state, problem, waiting, unsent }: NetworkState): boolean {
  return state !== 'online' || problem !== null || waiting > 0 || unsent.length > 0;
}

function summary(networks: readonly NetworkState[], shown: readonly NetworkState[]): string {
  const online = networks.filter(({ state }) => state === 'online').length;
  if (online < networks.length) return `${online} of ${counted(networks.length, 'network')} online.`;
  if (shown.some(({ unsent }) => unsent.length > 0)) return `${counted(online, 'network')} online, but some messages are not delivered.`;
  return networks.length === 0
    ? 'All good. No chat network is configured, only this terminal.'
    : `All good: ${counted(online, 'network')} online.`;
}
