/*
 * Starts Musher itself; `musher.js` has checked that this Node is recent enough. In a checkout the TypeScript sources
 * run as they are, or what was built from just these, which takes two thirds of the time to load. Node refuses sources
 * below `node_modules`, so the published package carries only what was built.
 */
'use strict';

const fs = require('node:fs');
const nodeModule = require('node:module');
const path = require('node:path');
const url = require('node:url');
const { isCurrent } = require('./current.js');

// Musher rests most of the time and then needs little room for young objects: 35 MB less in memory with all networks,
// and no more time for the processor (measured by rebuilding a log). Of V8's sizes this one counts in a running process.
require('node:v8').setFlagsFromString('--semi-space-growth-factor=1');
// Halves the start-up; where the directory cannot be written, Node goes on without.
nodeModule.enableCompileCache();

const root = path.join(__dirname, '..');
const source = path.join(root, 'src', 'main.ts');
const built = path.join(root, 'dist', 'src', 'main.js');
const isInstalled = root.split(path.sep).includes('node_modules');
const hasSources = !isInstalled && fs.existsSync(source);
const entry = hasSources && !isCurrent(root) ? source : built;

if (fs.existsSync(entry)) {
  void start();
} else {
  process.stderr.write(`Musher is not built: there is no ${built}.\nRun \`npm run build\` in ${root}.\n`);
  process.exitCode = 1;
}

async function start() {
  const { main } = await import(url.pathToFileURL(entry).href);
  process.exitCode = await main(process.argv.slice(2));
}
