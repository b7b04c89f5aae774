import { createRequire } from 'node:module';
import process from 'node:process';
import type * as Sdk from 'matrix-bot-sdk';
import './matrix-without-crypto.ts';

/** The least that a bot on matrix-bot-sdk does with a command: it answers with a notice, and keeps nothing. */
// A package of the SDK calls `util._extend` while it loads.
process.noDeprecation = true;
const { LogService, MatrixClient, MemoryStorageProvider } = createRequire(import.meta.url)('matrix-bot-sdk') as typeof Sdk;
LogService.setLogger({ info() {}, warn() {}, error() {}, debug() {}, trace() {} });
const { HOMESERVER = '', TOKEN = '' } = process.env;
const client = new MatrixClient(HOMESERVER, TOKEN, new MemoryStorageProvider());
client.on('room.message', (room: string, event: { content?: { body?: string } }) => {
  if (event.content?.body === '!ping')
    client.sendNotice(room, 'pong').catch((error: unknown) => process.stderr.write(`${String(error)}\n`));
});
await client.start();
