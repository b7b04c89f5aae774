import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const SYNAPSE = 'matrix-synapse==1.163.2';
const SERVER_NAME = 'example.org';
/** Its wheels are about 50 MB. */
const INSTALL_MS = 5 * 60_000;
const USERS = ['musher', 'ada', 'mallory', 'root'] as const;

const ROOT = join(import.meta.dirname, '..');
const VENV = join(ROOT, 'node_modules/.cache/synapse', SYNAPSE);
const PYTHON = join(VENV, 'bin/python');

/** Installs it from PyPI into `node_modules/.cache/synapse`: about half a minute, once. Null, or why it cannot be had here. */
function install(): string | null {
  const done = join(VENV, 'installed');
  if (existsSync(done)) return null;
  rmSync(VENV, { recursive: true, force: true });
  mkdirSync(VENV, { recursive: true });
  process.stderr.write(`Installing ${SYNAPSE} into ${VENV} …\n`);
  try {
    execFileSync('python3', ['-m', 'venv', VENV], { stdio: ['ignore', 2, 'inherit'] });
  } catch (error) {
    return `python3 with its module venv is needed: ${reasonOf(error)}`;
  }
  try {
    const patience = ['--timeout', '15', '--retries', '2'];
    execFileSync(PYTHON, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...patience, SYNAPSE], {
      stdio: ['ignore', 2, 'inherit'],
      timeout: INSTALL_MS,
    });
  } catch (error) {
    return `${SYNAPSE} could not be installed from PyPI: ${reasonOf(error)}`;
  }
  writeFileSync(done, '');
  return null;
}

function reasonOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n', 1)[0] ?? '';
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Writes Synapse's own configuration, and one of ours over it. JSON is YAML. */
function configure(directory: string, port: number, sharedSecret: string): string[] {
  const base = join(directory, 'homeserver.yaml');
  const generate = ['--generate-config', '--server-name', SERVER_NAME, '--report-stats', 'no'];
  const places = ['--config-path', base, '--config-directory', directory, '--data-directory', directory];
  execFileSync(PYTHON, ['-m', 'synapse.app.homeserver', ...generate, ...places], { cwd: directory, stdio: 'pipe' });
  const plenty = { per_second: 10_000, burst_count: 10_000 };
  const ours = join(directory, 'ours.yaml');
  const settings = {
    listeners: [{ port, bind_addresses: ['127.0.0.1'], type: 'http', tls: false, resources: [{ names: ['client'], compress: false }] }],
    database: { name: 'sqlite3', args: { database: join(directory, 'homeserver.db') } },
    registration_shared_secret: sharedSecret,
    trusted_key_servers: [],
    suppress_key_server_warning: true,
    federation_domain_whitelist: [],
    rc_message: plenty,
    rc_login: { address: plenty, account: plenty, failed_attempts: plenty },
    rc_joins: { local: plenty, remote: plenty },
    rc_joins_per_room: plenty,
    rc_invites: { per_room: plenty, per_user: plenty, per_issuer: plenty },
    rc_room_creation: plenty,
  };
  writeFileSync(ours, JSON.stringify(settings, null, 2));
  return ['-c', base, '-c', ours];
}

/** Resolves when it answers; throws with the end of its log when it ends before, or within a minute. */
async function ready(server: ChildProcess, url: string, log: string): Promise<void> {
  const until = Date.now() + 60_000;
  while (Date.now() < until && server.exitCode === null) {
    try {
      if ((await fetch(`${url}/_matrix/client/versions`)).ok) return;
    } catch {
      // Not listening yet.
    }
    await delay(100);
  }
  throw new Error(`Synapse did not start:\n${readFileSync(log, 'utf8').slice(-4_000)}`);
}

interface Running {
  readonly process: ChildProcess;
  readonly url: string;
  readonly sharedSecret: string;
}

/** Starts it in the directory. Another program may take the free port first: then it is tried with another one. */
async function start(directory: string, triesLeft = 3): Promise<Running> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const sharedSecret = randomBytes(16).toString('hex');
  const log = join(directory, `synapse-${triesLeft}.out`);
  const out = openSync(log, 'a');
  const config = configure(directory, port, sharedSecret);
  const server = spawn(PYTHON, ['-m', 'synapse.app.homeserver', ...config], { cwd: directory, stdio: ['ignore', out, out] });
  try {
    await ready(server, url, log);
    return { process: server, url, sharedSecret };
  } catch (error) {
    await end(server);
    if (triesLeft > 1 && readFileSync(log, 'utf8').includes('Failed to listen')) return start(directory, triesLeft - 1);
    throw error;
  }
}

async function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const ended = once(server, 'exit');
  server.kill('SIGTERM');
  const killing = setTimeout(() => server.kill('SIGKILL'), 10_000);
  await ended;
  clearTimeout(killing);
}

/** A real homeserver on the loopback, with accounts for tests: `musher`, `ada`, `mallory`, and `root`, its admin. */
export interface Synapse {
  readonly url: string;
  /** Of every account. */
  readonly password: string;
  readonly serverName: string;
  close(): Promise<void>;
}

/**
 * Installs it where that is needed, and runs it with SQLite in a temporary directory, with users made by its own tool. Gives
 * why where it can't be installed (no Python, no way to PyPI); throws the end of its log where it does not start.
 */
export async function openSynapse(): Promise<Synapse | { readonly missing: string }> {
  const missing = install();
  if (missing !== null) return { missing };
  const directory = mkdtempSync(join(tmpdir(), 'musher-synapse-'));
  const password = randomBytes(16).toString('hex');
  let running: Running | null = null;
  const close = async (): Promise<void> => {
    if (running !== null) await end(running.process);
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    running = await start(directory);
    const { url, sharedSecret } = running;
    for (const user of USERS) {
      const rights = user === 'root' ? '--admin' : '--no-admin';
      execFileSync(join(VENV, 'bin/register_new_matrix_user'), ['-k', sharedSecret, '-u', user, '-p', password, rights, url], {
        stdio: 'pipe',
      });
    }
    return { url, password, serverName: SERVER_NAME, close };
  } catch (error) {
    await close();
    throw error;
  }
}
