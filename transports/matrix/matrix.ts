import type { DrawPicture } from '../../src/message/picture/picture.ts';
import { randomBytes, randomUUID } from 'node:crypto';
import type { Clock } from '../../src/clock.ts';
import type { IncomingMessage } from '../../src/message/address.ts';
import { line } from '../../src/message/build.ts';
import {
  SendFailure,
  type BotIdentity,
  type Capabilities,
  type MessageRef,
  type OpensDirect,
  type OpensThreads,
  type Retires,
  type ShowsWork,
  type Transport,
} from '../transport.ts';
import { takeBatch } from './intake/batch.ts';
import { openEncryption } from './encryption.ts';
import { homeserver, HomeserverError, type Call } from './homeserver.ts';
import { intake, type Intake } from './intake/intake.ts';
import { textAt } from './json.ts';
import { NOBODY_KNOWN, type PeopleNames } from '../people.ts';
import type { FetchesFiles } from '../files.ts';
import { fetchMedia } from './intake/media.ts';
import { LifeCycle } from '../life-cycle.ts';
import { MATRIX_LIMITS } from './limits.ts';
import { reactionCommands } from './reaction-commands.ts';
import { path } from './paths.ts';
import { roomsOf, type Rooms } from './rooms.ts';
import { loadSdk, openClient } from './sdk.ts';
import { goneMessages } from './sending/gone.ts';
import { failureOf, sending, type Sending } from './sending/sending.ts';
import { STATE_KEYS, type StateStore } from './state.ts';
import { startFailure } from './start-failure.ts';
import { syncFrom } from './intake/sync.ts';
import { typing, type Typing } from './sending/typing.ts';

export interface MatrixOptions {
  /** Where the client-server API is: `https://matrix.example.org`. */
  readonly homeserver: string;
  readonly accessToken: string;
  readonly clock: Clock;
  /** Missing: nobody is known by name. */
  readonly people?: PeopleNames;
  /** Keeps the sync token, the commands behind the buttons of our messages and our mark of transactions. Belongs to one account. */
  readonly state: StateStore;
  /** Ids (`!…`) of the rooms that are joined, when invited, and served. */
  readonly rooms: readonly string[];
  /** Full ids of the people whose invitations are followed. */
  readonly inviters: readonly string[];
  /** Direct rooms, to which one of the inviters invites, are joined and served as well. */
  readonly direct: boolean;
  /** Where the keys of encrypted rooms are kept; null: encrypted rooms are refused. */
  readonly cryptoDir: string | null;
  /** Draws pictures; missing: none are shown. */
  readonly draw?: DrawPicture;
  /** What went wrong within: for the log file. */
  readonly report: (error: unknown) => void;
  /** Ms that the server waits for events before it answers; 30 s unless given. */
  readonly pollMs?: number;
}

const CAPABILITIES: Capabilities = {
  edits: true,
  threads: true,
  buttons: false,
  reactions: true,
  ephemeral: false,
  broadcasts: false,
  pace: { roomMs: 0, roomBurst: 1, networkMs: MATRIX_LIMITS.messageMs, networkBurst: MATRIX_LIMITS.messageBurst },
  typedSlash: false,
  maxText: MATRIX_LIMITS.text,
  maxTextUnit: 'bytes',
};

/** What there is between `start` and `stop`. */
interface Connection {
  readonly identity: () => BotIdentity;
  readonly rooms: Rooms;
  readonly intake: Intake;
  readonly sending: Sending;
  readonly isGone: (ref: MessageRef) => Promise<boolean>;
  readonly typing: Typing;
  readonly loop: Promise<void>;
}

/** A Matrix account as a transport. */
export function matrixTransport(options: MatrixOptions): Transport & ShowsWork & OpensThreads & OpensDirect & Retires & FetchesFiles {
  const { clock, state, report } = options;
  const stopping = new AbortController();
  /** Ends what is still being sent when the time for it is over. */
  const giveUp = new AbortController();
  let connection: Connection | null = null;
  const life = new LifeCycle(clock);

  const open = (): Connection => {
    if (connection === null) throw new Error('The Matrix transport is not connected.');
    return connection;
  };

  const connect = async (sink: Parameters<Transport['start']>[0]): Promise<Connection> => {
    const rawCall = homeserver({ url: options.homeserver, accessToken: options.accessToken, clock });
    const call: Call = (request) =>
      rawCall({ ...request, signal: request.signal === undefined ? giveUp.signal : AbortSignal.any([request.signal, giveUp.signal]) });
    const me = await whoAmI(call);
    const name = await displayName(call, me);
    const loaded = loadSdk();
    const client = openClient(loaded, {
      url: options.homeserver,
      accessToken: options.accessToken,
      cryptoDir: options.cryptoDir,
      state,
      call,
    });
    const canEncrypt = loaded.withoutCrypto === null && options.cryptoDir !== null;
    const known = reactionCommands(state);
    const rooms = roomsOf({
      call,
      me,
      configured: options.rooms,
      inviters: options.inviters,
      direct: options.direct,
      canEncrypt,
      people: options.people ?? NOBODY_KNOWN,
      onJoined: async (room) => encryption?.joined(room),
      report,
    });
    const encryption = canEncrypt ? await openEncryption(loaded, client, options.rooms) : null;
    await rooms.load();
    const out = sending({
      call,
      me,
      rooms,
      encryption,
      reactionCommands: known,
      prefix: transactionPrefix(state),
      report,
      ...(options.draw === undefined ? {} : { draw: options.draw }),
    });
    const sayNotStored = (message: IncomingMessage): void => {
      const text = 'Your message could not be stored yet, so nothing was done. Musher retries by itself; the log file has the details.';
      out.send(message.at, line(text), `not-stored.${randomUUID()}`, { again: false }).catch(report);
    };
    const taken = intake({ sink, clock, report, sayNotStored, saveToken: (token) => state.set(STATE_KEYS.syncToken, token) });
    const take = (message: IncomingMessage): void => {
      life.heard();
      taken.take(message);
    };
    const sync = syncFrom(state.get(STATE_KEYS.syncToken) || null, {
      call,
      clock,
      pollMs: options.pollMs ?? MATRIX_LIMITS.poll,
      signal: stopping.signal,
      take: (batch, since) => takeBatch(batch, since, { call, me, rooms, encryption, reactionCommands: known, take, report }),
      reached: (token) => taken.reached(token),
      onOnline: () => void life.online(),
      onLost(error) {
        rooms.distrust();
        life.reconnecting(textOf(error));
        report(error);
      },
      onRefused(error) {
        life.offline(startFailure(error, options.homeserver));
        report(error);
      },
    });
    try {
      await sync.once();
    } catch (error) {
      taken.stop();
      throw error;
    }
    const names = [...new Set([name, localpart(me)].filter((one): one is string => one !== null))];
    // A bot that is renamed while it runs is called by its new name from then on; people need not know that.
    const identity = (): BotIdentity => ({ ids: [me], names: [...new Set([...names, ...rooms.ownNames()])] });
    return {
      identity,
      rooms,
      intake: taken,
      sending: out,
      isGone: goneMessages(call, clock),
      typing: typing(call, clock, me),
      loop: sync.run(),
    };
  };

  return {
    name: 'matrix',
    capabilities: CAPABILITIES,

    async start(sink) {
      if (stopping.signal.aborted || connection !== null) throw new Error('The Matrix transport was started before.');
      await life.start({
        async connect() {
          connection = await connect(sink);
        },
        explain: (error) => startFailure(error, options.homeserver),
      });
    },

    identity: () => connection?.identity() ?? null,

    send: async (to, body, key, sendOptions) => open().sending.send(to, body, key, sendOptions),

    async edit(ref, body) {
      if (await open().isGone(ref)) throw new SendFailure('rejected', 'The message was deleted, so nobody would see an edit of it.');
      await open().sending.edit(ref, body);
    },

    // Without its actions a message offers nothing: a reaction to it is only a reaction.
    retire: async (ref, body) => open().sending.edit(ref, body),

    async direct(person) {
      try {
        return await open().rooms.openDirect(person);
      } catch (error) {
        const isFinal = error instanceof HomeserverError && error.isFinal;
        throw isFinal ? new SendFailure('rejected', error.message, { cause: error }) : failureOf(error);
      }
    },

    // A thread is named by its first message, also by one that was undone since.
    threadUnder: async (ref) => ref.id,

    health() {
      const held = connection?.intake.held() ?? 0;
      const problems = [
        life.health.problem,
        held > 0 ? `${held === 1 ? '1 message is' : `${held} messages are`} waiting to be stored; the log file says why.` : null,
      ].filter((one) => one !== null);
      return {
        ...life.health,
        problem: life.state === 'stopped' || problems.length === 0 ? null : problems.join(' '),
        rooms: connection?.rooms.problems() ?? [],
      };
    },

    fetchFile: (file, limits) => fetchMedia(options.homeserver, options.accessToken, file, limits),

    async showWork(message, working) {
      await open().typing.show(message.at.room, working);
    },

    async stop(signal) {
      stopping.abort();
      connection?.intake.stop();
      const end = (): void => giveUp.abort(new Error('Musher is stopping'));
      if (signal.aborted) end();
      else signal.addEventListener('abort', end, { once: true });
      await life.stop(signal, async () => {
        await connection?.sending.idle();
        await connection?.typing.stop();
        end();
      });
      await connection?.loop;
      signal.removeEventListener('abort', end);
    },
  };
}

async function whoAmI(call: Call): Promise<string> {
  const me = textAt(await call({ method: 'GET', path: path`/account/whoami` }), 'user_id');
  if (me === null) throw new HomeserverError('The homeserver does not say whose access token it is.', { mayHaveActed: false });
  return me;
}

async function displayName(call: Call, me: string): Promise<string | null> {
  try {
    return textAt(await call({ method: 'GET', path: path`/profile/${me}/displayname` }), 'displayname');
  } catch (error) {
    // An account need not have a name.
    if (error instanceof HomeserverError && (error.status === 404 || error.status === 403)) return null;
    throw error;
  }
}

/** `@musher:example.org` -> `musher`. */
function localpart(id: string): string | null {
  return /^@([^:]+):/.exec(id)?.[1] ?? null;
}

function transactionPrefix(state: StateStore): string {
  const known = state.get(STATE_KEYS.transactionPrefix);
  if (known !== null) return known;
  const made = `musher-${randomBytes(6).toString('hex')}`;
  state.set(STATE_KEYS.transactionPrefix, made);
  return made;
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
