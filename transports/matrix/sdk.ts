import { createRequire, Module } from 'node:module';
import type * as Sdk from 'matrix-bot-sdk';
import { MATRIX_LIMITS } from './limits.ts';
import type { Call } from './homeserver.ts';
import { STATE_KEYS, type StateStore } from './state.ts';

const CRYPTO_PACKAGE = '@matrix-org/matrix-sdk-crypto-nodejs';

/** What to do if rooms are encrypted and the library is missing. */
export const HOW_TO_INSTALL_CRYPTO =
  'The library for encrypted rooms is not installed. Install it on the machine that runs Musher with ' +
  `"node node_modules/${CRYPTO_PACKAGE}/download-lib.js" (it fetches a file from github.com), then type \`restart\`. A room without encryption works too.`;

export interface LoadedSdk {
  readonly sdk: typeof Sdk;
  /** Null: encrypted rooms work. Otherwise why the library could not be loaded. */
  readonly withoutCrypto: string | null;
}

/**
 * Loads the SDK. It requires a native library that is fetched after installation and may not be there: then a stand-in
 * replaces it that fails only when it is used.
 */
export function loadSdk(): LoadedSdk {
  const require = createRequire(import.meta.url);
  const fromSdk = createRequire(require.resolve('matrix-bot-sdk'));
  const withoutCrypto = missing(fromSdk);
  leaveOutRequest(fromSdk);
  // A package of the SDK calls `util._extend` while it loads; nobody can do anything about that warning.
  const quiet = process.noDeprecation;
  process.noDeprecation = true;
  const sdk = require('matrix-bot-sdk') as typeof Sdk;
  process.noDeprecation = quiet ?? false;
  // Its default is to write each failed request to the terminal.
  sdk.LogService.setLogger({ info() {}, warn() {}, error() {}, debug() {}, trace() {} });
  return { sdk, withoutCrypto };
}

/** The SDK requires the deprecated `request` at once, which warns on each start; nothing here sends through it. */
function leaveOutRequest(fromSdk: NodeJS.Require): void {
  const path = fromSdk.resolve('request');
  fromSdk.cache[path] ??= loadedModule(path, () => {
    throw new Error('Requests of the Matrix SDK go over fetch.');
  });
}

function loadedModule(path: string, exports: unknown): NodeJS.Module {
  const module = new Module(path);
  module.filename = path;
  module.loaded = true;
  module.exports = exports;
  return module;
}

/** Why the native library can't be had; when it can't, its place is taken. */
function missing(fromSdk: NodeJS.Require): string | null {
  const path = fromSdk.resolve(CRYPTO_PACKAGE);
  const standing: unknown = fromSdk.cache[path]?.exports;
  if (standing instanceof StandIn) return standing.why;
  try {
    fromSdk(CRYPTO_PACKAGE);
    return null;
  } catch (error) {
    const why = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    const standIn = new Proxy(new StandIn(why), {
      get: (target, name) => (name === 'why' || typeof name === 'symbol' || name === '__esModule' ? Reflect.get(target, name) : unusable()),
    });
    fromSdk.cache[path] = loadedModule(path, standIn);
    return why;
  }
}

class StandIn {
  readonly why: string;

  constructor(why: string) {
    this.why = why;
  }
}

/** Replaces any class or constant of the library; each use fails with what to do. */
function unusable(): unknown {
  const fail = (): never => {
    throw new Error(HOW_TO_INSTALL_CRYPTO);
  };
  return new Proxy(function missingLibrary() {}, { apply: fail, construct: fail, get: fail });
}

/** The SDK's client, with all its requests over `call`, and encryption if there is a folder for its keys. */
export function openClient(
  { sdk, withoutCrypto }: LoadedSdk,
  options: {
    readonly url: string;
    readonly accessToken: string;
    readonly cryptoDir: string | null;
    readonly state: StateStore;
    readonly call: Call;
  },
): Sdk.MatrixClient {
  const { state, call } = options;
  const crypto =
    withoutCrypto === null && options.cryptoDir !== null
      ? // 0 is SQLite; the enum of the library has no value where the library is missing.
        new sdk.RustSdkCryptoStorageProvider(options.cryptoDir, 0)
      : null;
  const storage = {
    getSyncToken: () => state.get(STATE_KEYS.syncToken),
    setSyncToken: (token: string | null) => state.set(STATE_KEYS.syncToken, token ?? ''),
    getFilter: () => ({ id: 0, filter: null }),
    setFilter: () => {},
    storeValue: (key: string, value: string) => state.set(`sdk.${key}`, value),
    readValue: (key: string) => state.get(`sdk.${key}`),
  };
  const client =
    crypto === null
      ? new sdk.MatrixClient(options.url, options.accessToken, storage)
      : new sdk.MatrixClient(options.url, options.accessToken, storage, crypto);
  // Its own way of sending is the deprecated `request`: no answer's headers, no way to abort, errors of three shapes.
  client.doRequest = (
    method: 'GET' | 'POST' | 'PUT',
    path: string,
    query: Record<string, unknown> | null = null,
    body: unknown = null,
    timeoutMs: number = MATRIX_LIMITS.request,
  ) => call({ method, path: path.startsWith('/') ? path : `/${path}`, query: query ?? {}, body, timeoutMs });
  return client;
}
