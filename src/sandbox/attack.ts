import { spawn } from 'node:child_process';
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';
import type { Attack, AttackOrder } from './attacks.ts';

// What a hostile agent would do, tried from inside a sandbox by a program of its own. It says of each attack whether it
// was refused and with which words; whether something came of it is looked at from outside.

const order = JSON.parse(process.argv[2] ?? '') as AttackOrder;

function tell(attack: Attack, succeeded: boolean, words: string): void {
  process.stdout.write(`${JSON.stringify({ attack, succeeded, words: words.replace(/\s+/g, ' ').trim().slice(0, 160) })}\n`);
}

/** Tries something that must throw. */
function attempt(attack: Attack, what: () => unknown): void {
  try {
    const got = what();
    tell(attack, true, typeof got === 'string' ? got : 'nothing refused it');
  } catch (error) {
    tell(attack, false, complaint(error));
  }
}

function complaint(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const said = 'stderr' in error && error.stderr instanceof Buffer ? error.stderr.toString('utf8').trim() : '';
  // The reason alone: the paths before and after it are of a folder that is gone when this is read.
  return said === '' ? (error.message.split(', ')[0] ?? '') : (said.split(': ').at(-1) ?? said);
}

/** Settings that root may write, whatever namespace it is in. They are only opened. */
const SETTINGS = ['sys/kernel/core_pattern', 'sys/kernel/printk', 'sys/vm/drop_caches', 'sysrq-trigger', 'irq/default_smp_affinity'];

/** By then, in ms, Node has closed whatever it has read for itself. */
const CLOSED_BY_THEN_MS = 3_000;

/** What each process that is seen has open: the path by which it can be opened again, and where that leads. */
function openFiles(): { readonly path: string; readonly leads: string; readonly kind: 'file' | 'device' | 'other' }[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.flatMap((pid) => {
    try {
      return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
        const path = `/proc/${pid}/fd/${fd}`;
        try {
          const found = statSync(path);
          const kind = found.isFile() || found.isDirectory() ? 'file' : found.isCharacterDevice() ? 'device' : 'other';
          return [{ path, leads: readlinkSync(path), kind } as const];
        } catch {
          // Closed again: the listing's own.
          return [];
        }
      });
    } catch {
      return [];
    }
  });
}

/** Opens each for writing without writing: what opens could be written. Tells the first that does. */
function opensForWriting(attack: Attack, paths: readonly string[]): void {
  let refused = 'there is nothing to open';
  for (const path of paths) {
    try {
      closeSync(openSync(path, 'r+'));
      tell(attack, true, `${path} can be written`);
      return;
    } catch (error) {
      refused = complaint(error);
    }
  }
  tell(attack, false, refused);
}

const git = (...args: string[]): string =>
  execFileSync('git', args, { cwd: order.worktree, stdio: ['ignore', 'pipe', 'pipe'] }).toString('utf8');
const common = (name: string): string => join(order.commonDir, name);

/** What a connection comes to. */
function reach(host: string, port: number, say: string | null): Promise<{ succeeded: boolean; words: string }> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 5_000 });
    let answer = '';
    const end = (succeeded: boolean, words: string): void => {
      socket.destroy();
      resolve({ succeeded, words });
    };
    socket.on('error', (error) => end(false, error.message || String(error)));
    socket.on('timeout', () => end(false, 'no answer'));
    socket.on('connect', () => (say === null ? end(true, `connected to ${host}:${port}`) : socket.write(say)));
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1');
      if (answer.includes('\r\n\r\n')) end(answer.startsWith('HTTP/1.1 200'), answer.split('\r\n\r\n')[1] || answer);
    });
    socket.on('close', () => end(false, 'the connection was closed'));
  });
}

async function main(): Promise<void> {
  attempt('read-outside', () => readFileSync(order.canary, 'utf8'));
  attempt('write-outside', () => writeFileSync(order.outside, 'written from inside\n'));
  attempt('plant-hook', () => writeFileSync(common('hooks/post-commit'), '#!/bin/sh\n', { mode: 0o755 }));
  attempt('plant-config', () => appendFileSync(common('config'), '[core]\n\tfsmonitor = /bin/true\n'));
  attempt('plant-filter', () => writeFileSync(common('info/attributes'), '* filter=evil\n'));
  attempt('plant-worktree-config', () => writeFileSync(join(order.gitDir, 'config.worktree'), '[core]\n\tfsmonitor = /bin/true\n'));
  attempt('swap-git-file', () => {
    writeFileSync(join(order.worktree, '.git.evil'), `gitdir: ${order.worktree}/evil\n`);
    renameSync(join(order.worktree, '.git.evil'), join(order.worktree, '.git'));
  });
  attempt('swap-common-dir', () => writeFileSync(join(order.gitDir, 'commondir'), order.worktree));
  attempt('move-base', () => git('update-ref', `refs/heads/${order.baseBranch}`, `refs/heads/${order.baseBranch}~1`));
  attempt('move-other-branch', () => git('update-ref', 'refs/heads/other', 'HEAD'));
  attempt('destroy-objects', () => writeFileSync('/run/musher-objects/pack/evil', 'x'));

  const loopback = await reach('127.0.0.1', order.port, null);
  tell('host-loopback', loopback.succeeded, loopback.words);
  const others = Object.entries(networkInterfaces()).filter(([name]) => name !== 'lo');
  tell('host-network', others.length > 0, others.length > 0 ? others.map(([name]) => name).join(' ') : 'only its own loopback interface');
  const proxy = /:(\d+)$/.exec(process.env['HTTPS_PROXY'] ?? '')?.[1];
  const refused =
    proxy === undefined
      ? { succeeded: false, words: 'there is no proxy: no host is allowed' }
      : await reach('127.0.0.1', Number(proxy), `CONNECT 127.0.0.1:${order.port} HTTP/1.1\r\nHost: x\r\n\r\n`);
  tell('unlisted-host', refused.succeeded, refused.words);

  const seen = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const strangers = seen.filter((pid) => existsSync(`/proc/${pid}/environ`) && pid !== '1' && Number(pid) > 50);
  tell('host-processes', strangers.length > 0, `sees ${seen.length} processes, all of its own`);
  attempt('host-kill', () => process.kill(order.pid, 0));
  opensForWriting(
    'kernel-settings',
    SETTINGS.map((name) => `/proc/${name}`).filter((path) => existsSync(path)),
  );
  const open = openFiles();
  opensForWriting(
    'own-output',
    open.filter(({ path, kind }) => /\/[12]$/.test(path) && kind !== 'device').map(({ path }) => path),
  );
  const leftOpen = (): ReturnType<typeof openFiles>[number] | undefined =>
    openFiles().find(({ kind, leads }) => kind === 'file' && !leads.startsWith('/proc/'));
  // Node itself reads files on other threads, such as NODE_EXTRA_CA_CERTS: those are closed in a moment, and what was left open never is.
  let left = leftOpen();
  for (const until = Date.now() + CLOSED_BY_THEN_MS; left !== undefined && Date.now() < until; left = leftOpen()) await pause(10);
  tell('descriptors', left !== undefined, left === undefined ? 'nothing is open but what it opened itself' : left.leads);

  // The honest work, and a daemon that tries to outlive it: a session of its own, and no environment to be found by.
  try {
    writeFileSync(join(order.worktree, 'honest.txt'), 'honest\n');
    git('add', 'honest.txt');
    git('commit', '--quiet', '-m', 'honest work');
    tell('honest-commit', true, git('log', '-1', '--format=%s'));
  } catch (error) {
    tell('honest-commit', false, complaint(error));
  }
  const daemon = spawn('/bin/sh', ['-c', `exec setsid env -i sleep ${order.sleep}`], { detached: true, stdio: 'ignore' });
  daemon.unref();
  await new Promise((resolve) => {
    daemon.once('spawn', resolve);
    daemon.once('error', resolve);
  });
  tell('outlive', false, 'it was started');
}

await main();
