import { untilAborted } from '../../src/until-aborted.ts';
import type { REST } from 'discord.js';
import type { IncomingMessage } from '../../src/message/address.ts';
import { asTyped } from '../../src/message/as-typed.ts';
import { line } from '../../src/message/build.ts';
import type { Document } from '../../src/message/document.ts';
import type {
  AnswersApart,
  BotIdentity,
  Capabilities,
  OpensDirect,
  OpensThreads,
  Retires,
  ShowsWork,
  Sink,
  Transport,
} from '../transport.ts';
import { SendFailure } from '../transport.ts';
import { NAME, targetOf } from './address.ts';
import { formsOf } from './command-form.ts';
import { customIdOf } from './render/buttons.ts';
import { channelsOf } from './channels.ts';
import { hashOf, publishable, type Published } from './intake/commands.ts';
import { dispatcher, namesOf, type KnownAs } from './intake/dispatch.ts';
import { openGateway, type Gateway } from './gateway.ts';
import { intake, type Intake } from './intake/intake.ts';
import { interactions } from './intake/interactions.ts';
import type { FetchesFiles } from '../files.ts';
import { fetchAttachment } from './files.ts';
import { LifeCycle } from '../life-cycle.ts';
import { CHOSEN, LIMITS } from './limits.ts';
import { TIMING, type DiscordOptions } from './options.ts';
import { outgoing, type Outgoing } from './sending/outgoing.ts';
import { patient, type Patient } from './patient.ts';
import { postsOf } from './sending/posts.ts';
import { reachOf, type Reach } from './reach.ts';
import { repliesOf, type Replies } from './sending/replies.ts';
import { loadLibrary, openRest, type Library } from './rest.ts';
import { intents, startProblem, whoAmI } from './start.ts';
import { openDirect } from './sending/direct.ts';
import { threadUnder } from './sending/thread.ts';
import { typing, type Typing } from './sending/typing.ts';

const CAPABILITIES: Capabilities = {
  edits: true,
  threads: true,
  buttons: true,
  reactions: false,
  ephemeral: true,
  broadcasts: false,
  pace: { roomMs: 0, roomBurst: 1, networkMs: CHOSEN.messageMs, networkBurst: CHOSEN.messageBurst },
  typedSlash: true,
  maxText: LIMITS.content,
  maxTextUnit: 'utf16',
};

/** Everything that lives from one start to one stop. */
interface Connection {
  readonly library: Library;
  readonly rest: REST;
  readonly gateway: Gateway;
  readonly intake: Intake;
  readonly patience: Patient;
  readonly replies: Replies;
  readonly outgoing: Outgoing;
  readonly typing: Typing;
  readonly identity: KnownAs;
  readonly reach: Reach;
}

/** Discord, beyond what every transport has. */
export type DiscordTransport = Transport & ShowsWork & OpensThreads & OpensDirect & AnswersApart & Retires & FetchesFiles;

/** Discord as a transport. `start` may be called again after it has thrown. */
export function discordTransport(options: DiscordOptions): DiscordTransport {
  const { clock, state, report } = options;
  const timing = { ...TIMING, ...options.timing };
  const life = new LifeCycle(clock);
  let connection: Connection | null = null;
  /** Counts starts and stops: what belongs to an earlier one ends itself. */
  let turn = 0;
  let lastHeard = clock.now();
  let cancelWatch = (): void => {};
  const connected = (): Connection => {
    if (connection === null) throw new SendFailure('not-sent', 'Discord is not connected.', { everywhere: true });
    return connection;
  };

  /** A connection that says nothing, not even answers heartbeats, is given up and opened again. */
  const watch = (gateway: Gateway): void => {
    cancelWatch = clock.at(clock.now() + timing.silence / 2, () => {
      if (life.state !== 'offline' && clock.now() - lastHeard > timing.silence) {
        lastHeard = clock.now();
        life.reconnecting('Discord has been silent for too long; Musher is reconnecting.');
        gateway.renew();
      }
      watch(gateway);
    });
  };

  const open = async (sink: Sink, settle: { online: () => void; failed: (error: Error) => void }): Promise<void> => {
    const mine = turn;
    const { library, gatewayLibrary } = await loadLibrary();
    const rest = openRest(library, options.token, options.api);
    const { me, application, info } = await whoAmI(library, rest);
    if (mine !== turn) return;
    const published = options.catalogue === null ? NOTHING_PUBLISHED : publishable(options.catalogue);
    for (const problem of published.problems) report(new Error(problem));
    const channels = channelsOf(library, rest, options.rooms);
    const posts = postsOf({ library, rest, clock, state, botId: me.id });
    const replies = repliesOf({ library, rest, clock, state, applicationId: application.id, report });
    const take = (message: IncomingMessage, channel: string): void => {
      life.heard();
      try {
        sink(message);
      } catch (error) {
        report(error);
        const text = 'Your message could not be stored, so nothing was done. Send it again; the log file has the details.';
        out.send({ transport: NAME, room: channel, thread: null }, line(text), `not-stored:${message.id}`).catch(report);
      }
    };
    const form = formsOf(published);
    // What is not served is a direct message: from anywhere else nothing is taken.
    const typed = (room: string, body: Document): Document => asTyped(body, (command) => form(command, !options.rooms().has(room)));
    const out = outgoing(posts, replies, (action) => customIdOf(action, state), typed, options.draw);
    const patience = patient(clock, timing, report);
    const noticed = (nonce: string | number | undefined, id: string): void => posts.noticed(nonce, id);
    const takeInteraction = interactions({ library, clock, options, channels, replies, published, sink, heard: () => life.heard() });
    const identity: KnownAs = { id: me.id, ids: [me.id], names: namesOf(me), nicks: new Map() };
    const isCalled = (text: string): boolean => identity.ids.some((id) => text.startsWith(`<@${id}>`) || text.startsWith(`<@!${id}>`));
    const messages = intake({ library, rest, options, channels, botId: me.id, isCalled, take, noticed, patient: patience });
    const reach = reachOf({ rooms: options.rooms, read: (room) => messages.catchUpRoom(room), report });
    const dispatch = dispatcher({
      library,
      channels,
      intake: messages,
      identity,
      interaction: takeInteraction,
      reach,
      catchUp: () => messages.catchUp().then((problems) => reach.looked(problems), report),
      kept: (sequence) => gateway.keepSession(sequence),
    });
    const gateway: Gateway = openGateway({
      library,
      gatewayLibrary,
      clock,
      token: options.token,
      intents: intents(library, options.messageContent ?? true),
      info,
      state,
      timing,
      events: {
        heard: () => (lastHeard = clock.now()),
        report,
        dispatch: (payload) => dispatch(payload),
        online() {
          life.online();
          settle.online();
        },
        reconnecting: (problem) => life.reconnecting(problem),
        fatal(problem) {
          life.offline(problem);
          report(problem);
          settle.failed(problem);
        },
      },
    });
    connection = {
      library,
      rest,
      gateway,
      intake: messages,
      patience,
      replies,
      outgoing: out,
      typing: typing(library, rest, clock),
      identity,
      reach,
    };
    await publish(library, rest, application.id, published);
    await messages.prepare();
    if (mine !== turn) return;
    gateway.connect();
    watch(gateway);
  };

  const publish = async (library: Library, rest: REST, application: string, { body }: Published): Promise<void> => {
    if (options.catalogue === null) return;
    const hash = hashOf(body, application);
    if (state.get('commands') === hash) return;
    try {
      await rest.put(library.Routes.applicationCommands(application), { body });
      state.set('commands', hash);
    } catch (error) {
      // Mentions and direct messages work without; the next start tries again.
      report(new Error('The slash commands could not be published.', { cause: error }));
    }
  };

  const close = async (signal: AbortSignal): Promise<void> => {
    cancelWatch();
    const last = connection;
    if (last === null) return;
    last.typing.stop();
    last.patience.stop();
    const ended = Promise.all([last.gateway.close(signal), last.replies.stop(), last.outgoing.idle(), last.intake.idle()]);
    await Promise.race([ended, untilAborted(signal)]);
    last.rest.clearHashSweeper();
    last.rest.clearHandlerSweeper();
    connection = null;
  };

  return {
    name: NAME,
    capabilities: CAPABILITIES,

    isApart: (to) => targetOf(to).kind === 'reply',

    start(sink) {
      turn += 1;
      let cancel = (): void => {};
      const connecting = (): Promise<void> =>
        new Promise((online, failed) => {
          cancel = clock.at(clock.now() + timing.connect, () => failed(new Error('Discord’s gateway did not answer in time.')));
          open(sink, { online, failed }).catch(failed);
        });
      return life.start({
        connect: () => connecting().finally(() => cancel()),
        explain: startProblem,
        async abandon() {
          turn += 1;
          await close(AbortSignal.timeout(1_000)).catch(report);
        },
      });
    },

    identity() {
      const known = connection?.identity;
      return known === undefined
        ? null
        : ({ ids: [...known.ids], names: [...new Set([...known.names, ...known.nicks.values()])] } satisfies BotIdentity);
    },

    // Each try is on disk, so the transport itself knows what may have gone through.
    async send(to, body, key) {
      return connected().outgoing.send(to, body, key);
    },

    async edit(ref, body) {
      await connected().outgoing.edit(ref, body);
    },

    async retire(ref, body) {
      await connected().outgoing.retire(ref, body);
    },

    async threadUnder(ref, name) {
      const { library, rest } = connected();
      return threadUnder(library, rest, ref, name, (problem) => report(problem));
    },

    async direct(person) {
      const { library, rest, intake: messages } = connected();
      const channel = await openDirect(library, rest, person);
      messages.knowDirect(channel.id, channel.last_message_id ?? null);
      return channel.id;
    },

    fetchFile: (file, limits) => fetchAttachment(options.api, file, limits),

    // A slash command is shown as worked on by its deferral.
    async showWork({ at, id }, working) {
      const target = targetOf(at);
      if (connection === null || target.kind === 'reply') return;
      if (working) connection.typing.show(target.channel, id);
      else connection.typing.end(target.channel, id);
    },

    health: () => ({ ...life.health, rooms: connection?.reach.troubles() ?? [] }),

    async stop(signal) {
      turn += 1;
      await life.stop(signal, () => close(signal));
    },
  };
}

const NOTHING_PUBLISHED: Published = { body: [], byName: new Map(), problems: [] };
