import { createRequire, Module } from 'node:module';

/** Lets matrix-bot-sdk be loaded where its native library is not installed, as Musher itself does. */
const require = createRequire(import.meta.url);
const path = createRequire(require.resolve('matrix-bot-sdk')).resolve('@matrix-org/matrix-sdk-crypto-nodejs');
const stub = new Module(path);
stub.filename = path;
stub.loaded = true;
stub.exports = {};
require.cache[path] ??= stub;
