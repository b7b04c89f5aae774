#!/usr/bin/env node
/*
 * The launcher. Musher's libraries need a newer Node than many machines have; some of them crash instead of saying so.
 * So this file, which every Node since version 4 can read (CommonJS, no newer syntax), looks at the version first.
 * Where Node is too old, it hands over to the Node that comes with Musher as a package.
 */
'use strict';

const childProcess = require('child_process');
const fs = require('fs');
const path = require('path');
const tty = require('tty');

// Set for the Node that was handed over to, so that a wrong binary cannot hand over for ever.
const HANDED_OVER = 'MUSHER_HANDED_OVER';

const handedOver = process.env[HANDED_OVER] !== undefined;
delete process.env[HANDED_OVER];

if (isRecent(process.versions.node)) {
  require('./load.js');
} else {
  const node = handedOver ? null : ownNode();
  if (node === null) refuse();
  else handOver(node);
}

/** Whether a Node of this version runs Musher: 22.19, 23.6 or newer, where TypeScript runs as it is. */
function isRecent(version) {
  const parts = version.split('.').map(Number);
  const oldestMinor = { 22: 19, 23: 6 }[parts[0]];
  return parts[0] > 23 || (oldestMinor !== undefined && parts[1] >= oldestMinor);
}

/** The Node that was installed with Musher, beside it or hoisted above it; null where there is none. */
function ownNode() {
  try {
    return require.resolve('node-' + process.platform + '-' + process.arch + '/bin/node');
    // oxlint-disable-next-line no-unused-vars -- a catch without a parameter is newer syntax than this file may use
  } catch (error) {
    const linked = path.join(__dirname, '..', 'node_modules', '.bin', 'node');
    return fs.existsSync(linked) ? linked : null;
  }
}

function refuse() {
  process.stderr.write(
    'Musher needs Node 22.19 or newer, and this is ' +
      process.versions.node +
      ' (' +
      process.execPath +
      ').\n' +
      'On Linux, run `npm ci` (or install Musher again) without --omit=optional, which brings Node along. Elsewhere, install Node 24. (NODE_TOO_OLD)\n',
  );
  process.exitCode = 1;
}

/** Starts Musher under another Node as if this process had become it: same input and output, signals, and end. */
function handOver(node) {
  const env = Object.assign({}, process.env);
  env[HANDED_OVER] = '1';
  const child = childProcess.spawn(node, process.execArgv.concat(__filename, process.argv.slice(2)), { stdio: 'inherit', env: env });
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'];
  signals.forEach(function (signal) {
    // A terminal sends these to the child as well: passed on, one Ctrl-C would count as two.
    const isFromTerminal = tty.isatty(0) && signal !== 'SIGTERM' && signal.indexOf('SIGUSR') < 0;
    process.on(signal, function () {
      if (!isFromTerminal) child.kill(signal);
    });
  });
  child.on('error', function (error) {
    process.stderr.write('Node at ' + node + ' cannot be started: ' + error.message + '\nInstall Musher again (`npm ci`).\n');
    process.exitCode = 1;
  });
  child.on('exit', function (code, signal) {
    if (signal === null) {
      process.exit(code);
    } else {
      process.removeAllListeners(signal);
      process.kill(process.pid, signal);
    }
  });
}
