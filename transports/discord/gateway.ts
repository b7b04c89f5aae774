import type { SessionInfo, WebSocketShard } from '@discordjs/ws';
import { crashPoint } from '../../src/crash-point.ts';
import type { APIGatewayBotInfo, GatewayDispatchPayload } from 'discord.js';
import { Backoff } from '../../src/backoff.ts';
import type { Clock } from '../../src/clock.ts';
import { MusherError, type ErrorCode } from '../../src/errors.ts';
import { untilAborted } from '../../src/until-aborted.ts';
import type { StateStore, Timing } from './options.ts';
import { TOKEN_HINT, type GatewayLibrary, type Library } from './rest.ts';

/** What the connection tells. None of these may throw: the library would end the process. */
export interface GatewayEvents {
  readonly online: () => void;
  readonly reconnecting: (problem: string) => void;
  /** It will not come back by itself. */
  readonly fatal: (problem: MusherError) => void;
  readonly dispatch: (payload: GatewayDispatchPayload) => void;
  /** Any sign of life. */
  readonly heard: () => void;
  readonly report: (error: unknown) => void;
}

export interface GatewayParts {
  readonly library: Library;
  readonly gatewayLibrary: GatewayLibrary;
  readonly clock: Clock;
  readonly token: string;
  readonly intents: number;
  readonly info: APIGatewayBotInfo;
  readonly state: StateStore;
  readonly timing: Timing;
  readonly events: GatewayEvents;
}

export interface Gateway {
  connect(): void;
  /** Keeps the session durably up to this dispatch: all that came before has been taken. */
  keepSession(sequence: number): void;
  /** Gives the connection up and opens it again, with the same session. */
  renew(): void;
  /** Leaves the session open, so that the next start continues with it. Resolves when nothing of it is left. */
  close(signal: AbortSignal): Promise<void>;
}

/** After this many failed attempts in a row, the session's own address is given up. */
const TRIES_WITH_SESSION = 3;
const SESSION = 'session';

/** Close codes after which Discord accepts no reconnect, each with what to do. */
const FATAL: ReadonlyMap<number, readonly [code: ErrorCode, message: string, hint: string]> = new Map([
  [4004, ['NETWORK_TOKEN_REFUSED', 'Discord rejected the token.', TOKEN_HINT]],
  [4010, ['NETWORK_REFUSED', 'Discord refused the shard.', 'Start again.']],
  [4011, ['NETWORK_REFUSED', 'The bot is in too many servers for one connection.', 'Create a separate bot for Musher.']],
  [4012, ['NETWORK_REFUSED', 'Discord no longer speaks this version of its gateway.', 'Update Musher.']],
  [4013, ['NETWORK_REFUSED', 'Discord refused the intents as invalid.', 'Update Musher.']],
  [
    4014,
    [
      'NETWORK_PERMISSION_MISSING',
      'Discord refused an intent that is not turned on.',
      'Turn on “Message Content Intent” in the developer portal (your application → Bot → Privileged Gateway Intents); Musher retries every 5 minutes.',
    ],
  ],
]);

/** One connection, or the tries to get one, until it is given up. */
interface Line {
  readonly shard: WebSocketShard;
  /** `connecting` from the moment a connection may be opened until it says hello or closes. */
  phase: 'asking' | 'connecting' | 'open';
  ended: boolean;
  onSettled: () => void;
  cancelWait: () => void;
}

/**
 * The connection on which events come. The library's shard does the protocol; when it may connect again, and with which
 * session, is decided here, where it asks for the session.
 */
export function openGateway(parts: GatewayParts): Gateway {
  const { library, gatewayLibrary, clock, state, timing, events } = parts;
  let session: SessionInfo | null = kept(state);
  let line: Line | null = null;
  /** Ends of connections since one has lasted: the waits grow by them. */
  let failures = 0;
  /** Failed attempts in a row. */
  let unreached = 0;
  let onlineSince: number | null = null;
  /** The last connection was greeted: only then an identify can have been spent on it. */
  let greeted = false;
  let lastIdentify = Number.NEGATIVE_INFINITY;
  let cancelLater = (): void => {};

  const retries = new Backoff(timing.backoff);
  const unreachedRetries = new Backoff({ ...timing.backoff, longest: timing.longestUnreached });
  /** What is called off never resolves: the library's loop ends there. */
  const wait = (connection: Line, ms: number): Promise<void> =>
    new Promise((resolve) => {
      if (!connection.ended) connection.cancelWait = clock.at(clock.now() + ms, resolve);
    });

  /** Someone may fix it in the portal, and that should not need a restart of Musher. */
  const tryLater = (): void => {
    cancelLater = clock.at(clock.now() + timing.refused, () => {
      if (line === null) return;
      end(line, AbortSignal.timeout(timing.connect)).catch(events.report);
      session = null;
      line = open();
    });
  };

  const open = (): Line => {
    const options = {
      ...gatewayLibrary.DefaultWebSocketManagerOptions,
      token: parts.token,
      intents: parts.intents,
      gatewayInformation: parts.info,
      shardCount: 1,
      compression: null,
      handshakeTimeout: timing.connect,
      helloTimeout: timing.connect,
    };
    const shard = new gatewayLibrary.WebSocketShard(
      {
        options,
        async retrieveSessionInfo() {
          if (connection.phase !== 'asking') return session;
          const pause = (greeted ? retries : unreachedRetries).after(failures);
          if (pause > 0 || connection.ended) await wait(connection, pause);
          if (unreached >= TRIES_WITH_SESSION) session = null;
          connection.phase = 'connecting';
          return session;
        },
        updateSessionInfo(_id, next) {
          // The library drops the session also where nobody was reached, and at an end after which we continue with it.
          if (connection.ended || (next === null && connection.phase !== 'open')) return;
          session = next;
          if (next === null) state.set(SESSION, '');
        },
        async waitForIdentify() {
          const pause = lastIdentify + timing.identifySpacing - clock.now();
          if (pause > 0) await wait(connection, pause);
          lastIdentify = clock.now();
        },
      },
      0,
    );
    guardReading(shard, events.report);
    const connection: Line = { shard, phase: 'asking', ended: false, onSettled: () => {}, cancelWait: () => {} };
    const guarded = (run: () => void): void => {
      if (connection.ended) return;
      events.heard();
      try {
        run();
      } catch (error) {
        events.report(error);
      }
    };
    const names = gatewayLibrary.WebSocketShardEvents;
    shard.on(names.Hello, () => {
      connection.phase = 'open';
      connection.onSettled();
      guarded(() => {});
    });
    shard.on(names.HeartbeatComplete, () => guarded(() => {}));
    shard.on(names.Error, ({ error }) => guarded(() => events.report(error)));
    shard.on(names.Dispatch, ({ data }) =>
      guarded(() => {
        events.dispatch(data);
        if (data.t !== library.GatewayDispatchEvents.Ready && data.t !== library.GatewayDispatchEvents.Resumed) return;
        unreached = 0;
        onlineSince = clock.now();
        events.online();
      }),
    );
    shard.on(names.Closed, ({ code }) => {
      greeted = connection.phase === 'open';
      connection.phase = 'asking';
      connection.onSettled();
      guarded(() => {
        // One that comes and goes would use up the identifies of a day in an hour, and Discord then takes the token away.
        if (onlineSince !== null && clock.now() - onlineSince >= timing.lasted) failures = 0;
        onlineSince = null;
        failures += 1;
        unreached += 1;
        const fatal = FATAL.get(code);
        if (fatal !== undefined) {
          events.fatal(new MusherError(fatal[0], `${fatal[1]} It closed the connection with ${code}.`, fatal[2]));
          if (line === connection) tryLater();
        } else events.reconnecting(`The connection to Discord was closed (${code}); Musher is reconnecting.`);
      });
    });
    // Failures come as events; the library's loop continues even if this promise rejects.
    shard.connect().catch(() => {});
    return connection;
  };

  /** Ends a line for good. One that is just connecting can't be ended: it is waited for. */
  const end = async (connection: Line, signal: AbortSignal): Promise<void> => {
    connection.ended = true;
    connection.cancelWait();
    if (connection.phase === 'connecting') {
      const settled = new Promise<void>((resolve) => (connection.onSettled = resolve));
      await Promise.race([settled, untilAborted(signal)]);
    }
    // 1000 would end the session.
    await connection.shard.destroy({ code: gatewayLibrary.CloseCodes.Resuming, reason: 'Musher stops' });
  };

  return {
    connect() {
      line ??= open();
    },
    keepSession(sequence) {
      crashPoint('network/discord/before-session-kept');
      if (session !== null) state.set(SESSION, JSON.stringify({ ...session, sequence }));
    },
    renew() {
      if (line === null) return;
      failures += 1;
      unreached += 1;
      onlineSince = null;
      end(line, AbortSignal.timeout(timing.connect)).catch(events.report);
      line = open();
    },
    async close(signal) {
      cancelLater();
      const last = line;
      line = null;
      if (last !== null) await end(last, signal);
    },
  };
}

/**
 * The library reads frames in a method whose promise nobody looks at: what it throws at one that has not the form that it
 * expects would end the process.
 */
function guardReading(shard: WebSocketShard, report: (error: unknown) => void): void {
  const reading = shard as unknown as { onMessage?: (...frame: unknown[]) => Promise<void> };
  const read = reading.onMessage?.bind(shard);
  if (read === undefined) throw new Error('The library of Discord reads its frames in another place than is guarded.');
  reading.onMessage = (...frame) =>
    read(...frame).catch((error: unknown) =>
      report(new Error('Discord sent a frame that cannot be read; it was skipped.', { cause: error })),
    );
}

function kept(state: StateStore): SessionInfo | null {
  const text = state.get(SESSION);
  if (text === null || text === '') return null;
  try {
    return JSON.parse(text) as SessionInfo;
  } catch {
    return null;
  }
}
