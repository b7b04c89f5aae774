import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { HOW_TO_INSTALL_CRYPTO, loadSdk, openClient } from '../../../transports/matrix/sdk.ts';
import { memoryState } from '../../fakes/matrix/memory-state.ts';

const loaded = loadSdk();

describe('loading the SDK', () => {
  it('works whether or not the native library is there, and says the same each time', () => {
    expect(loaded.sdk.MatrixClient).toBeTypeOf('function');
    expect(loadSdk()).toEqual(loaded);
  });

  it.skipIf(loaded.withoutCrypto === null)('fails with what to do when the library is used and is not there', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'musher-matrix-'));
    try {
      const client = new loaded.sdk.MatrixClient(
        'http://127.0.0.1:1',
        'token',
        null as never,
        new loaded.sdk.RustSdkCryptoStorageProvider(directory, 0),
      );
      client.doRequest = () => Promise.resolve({ user_id: '@musher:example.org', device_id: 'DEVICE' });
      await expect(client.crypto.prepare([])).rejects.toThrow(HOW_TO_INSTALL_CRYPTO);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  it.skipIf(loaded.withoutCrypto === null)(
    'opens a client without encryption where the library is not there, whatever is configured',
    () => {
      const options = {
        url: 'http://127.0.0.1:1',
        accessToken: 'token',
        cryptoDir: '/nowhere',
        state: memoryState(),
        call: () => Promise.resolve({}),
      };
      expect(openClient(loaded, options).crypto).toBeUndefined();
    },
  );
});
