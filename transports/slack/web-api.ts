import type { SocketModeReceiver } from '@slack/bolt';
import { asPayload, type Payload } from './intake/payload.ts';

/** Calls one method of Slack's Web API. Rejects with what the SDK rejects with; see failure.ts. */
export type CallSlack = (method: string, args: Readonly<Record<string, unknown>>) => Promise<Payload>;

export type SocketClient = SocketModeReceiver['client'];

export interface Sdk {
  readonly call: CallSlack;
  /** A connection that was not opened yet, for the token of the app. */
  readonly socket: (appToken: string, signal: AbortSignal) => SocketClient;
}

export interface SdkOptions {
  readonly botToken: string;
  /** Ends with a slash; null: Slack's own. */
  readonly apiUrl: string | null;
  /** Aborts every call that is in progress. */
  readonly signal: AbortSignal;
  readonly warn: (message: string) => void;
}

/** A call that was not answered by then has an unknown outcome. */
const CALL_TIMEOUT_MS = 15_000;
/** Pings go out three times as often; a busy event loop must not look like a dead connection. */
const PONG_TIMEOUT_MS = 12_000;

/**
 * Loads the SDK, which takes a third of a second, only where Slack is configured. Its own retries are off: with the
 * reply lost they posted one message four times (measured).
 */
export async function loadSdk(options: SdkOptions): Promise<Sdk> {
  const bolt = await import('@slack/bolt');
  const quiet = (): void => {};
  const told = (...all: unknown[]): void => options.warn(all.map(String).join(' '));
  const logger = {
    debug: quiet,
    info: quiet,
    warn: quiet,
    error: told,
    setLevel: quiet,
    getLevel: () => bolt.LogLevel.ERROR,
    setName: quiet,
  };
  const clientOptions = (signal: AbortSignal) => ({
    ...(options.apiUrl === null ? {} : { slackApiUrl: options.apiUrl }),
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout: CALL_TIMEOUT_MS,
    logger,
    fetch: (url: string | URL | Request, init?: RequestInit): Promise<Response> =>
      fetch(url, { ...init, signal: AbortSignal.any([signal, ...(init?.signal ? [init.signal] : [])]) }),
  });
  const web = new bolt.webApi.WebClient(options.botToken, clientOptions(options.signal));
  return {
    call: async (method, args) => asPayload(await web.apiCall(method, args)),
    socket: (appToken, signal) =>
      new bolt.SocketModeReceiver({
        appToken,
        // The SDK's own reconnecting gives up, with an unhandled rejection, when a new address can't be had.
        autoReconnectEnabled: false,
        clientPingTimeout: PONG_TIMEOUT_MS,
        logger,
        installerOptions: { clientOptions: clientOptions(signal) },
      }).client,
  };
}
