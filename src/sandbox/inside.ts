import { execFileSync, spawn } from 'node:child_process';
import { closeSync, constants as flags, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { connect, createServer, Socket } from 'node:net';
import { constants } from 'node:os';
import process from 'node:process';

// Runs inside the sandbox, as a program of its own that imports nothing of Musher: carries connections from the
// sandbox's own loopback address to the guard's socket, then starts the program and ends with it.

/** Where the guard's socket is seen inside. */
const GUARD = '/run/musher/net/guard';

export interface Inside {
  /** Port of the proxy on the sandbox's own loopback address; null: no network at all. */
  readonly proxyPort: number | null;
  /** Ports of Musher's own on the host's loopback address, each seen here under the same number. */
  readonly ports: readonly number[];
  /** A file that is seen read-only: opened here, it can't be opened for writing by way of /proc either. Null: none. */
  readonly stdin: string | null;
  /** `pipe`: both outputs go through one pipe, which can be opened by name. */
  readonly output: 'sealed' | 'pipe';
}

function listen(port: number, take: (client: Socket) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const server = createServer(take);
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
    server.unref();
  });
}

function join(a: Socket, b: Socket): void {
  a.on('error', () => b.destroy());
  b.on('error', () => a.destroy());
  a.on('close', () => b.destroy());
  b.on('close', () => a.destroy());
  a.pipe(b);
  b.pipe(a);
}

/** A connection to one port of the host, through the guard, which knows whether it may be reached. */
function throughGuard(client: Socket, port: number): void {
  const guard = connect(GUARD);
  client.pause();
  client.on('error', () => guard.destroy());
  guard.on('error', () => client.destroy());
  guard.once('connect', () => guard.write(`CONNECT 127.0.0.1:${port} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`));
  let head = Buffer.alloc(0);
  const onData = (chunk: Buffer): void => {
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf('\r\n\r\n');
    if (end < 0) return;
    guard.off('data', onData);
    guard.pause();
    if (!head.subarray(0, end).toString('latin1').startsWith('HTTP/1.1 200')) {
      client.destroy();
      guard.destroy();
      return;
    }
    client.write(head.subarray(end + 4));
    join(client, guard);
  };
  guard.on('data', onData);
}

function environment({ proxyPort }: Inside): NodeJS.ProcessEnv {
  if (proxyPort === null) return process.env;
  const proxy = `http://127.0.0.1:${proxyPort}`;
  const here = 'localhost,127.0.0.1,::1';
  return {
    ...process.env,
    HTTP_PROXY: proxy,
    HTTPS_PROXY: proxy,
    http_proxy: proxy,
    https_proxy: proxy,
    NO_PROXY: here,
    no_proxy: here,
    // Node's own fetch only uses these if it is configured to.
    NODE_USE_ENV_PROXY: '1',
  };
}

const [asked = '', program = '', ...args] = process.argv.slice(2);
const inside = JSON.parse(asked) as Inside;
// A stop is meant for the program, which gets the signal itself: this one stays until that has ended.
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined);
if (inside.proxyPort !== null) await listen(inside.proxyPort, (client) => join(client, connect(GUARD)));
for (const port of inside.ports) await listen(port, (client) => throughGuard(client, port));

const stdin = inside.stdin === null ? 'ignore' : openSync(inside.stdin, 'r');
const pipe = inside.output === 'pipe' ? openPipe() : null;
const output = pipe === null ? 'inherit' : pipe.to;
const child = spawn(program, args, { stdio: [stdin, output, output], env: environment(inside) });
if (pipe !== null) closeSync(pipe.to);
child.on('error', (error: NodeJS.ErrnoException) => {
  process.stderr.write(`${program} cannot be started in the sandbox (${error.code}). Name its folder in sandbox_read of bot.toml.\n`);
  process.exit(127);
});
child.on('exit', (code, signal) => {
  pipe?.drain();
  process.exit(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
});

/** A pipe as shells make it: Node itself can only make sockets. What comes out of it is printed here. */
function openPipe(): { readonly to: number; drain(): void } {
  const folder = mkdtempSync('/tmp/.musher-');
  const path = `${folder}/output`;
  execFileSync('mkfifo', ['-m', '600', path], { stdio: 'ignore' });
  const from = openSync(path, flags.O_RDONLY | flags.O_NONBLOCK);
  const to = openSync(path, 'a');
  rmSync(folder, { recursive: true });
  const print = (bytes: Uint8Array): void => {
    for (let at = 0; at < bytes.length;) at += writeSync(1, bytes, at);
  };
  new Socket({ fd: from, readable: true, writable: false }).on('data', print).on('error', () => undefined);
  const buffer = Buffer.alloc(64 * 1024);
  return {
    to,
    // What the program has left running may hold the pipe open: what is in it now is all that counts.
    drain() {
      try {
        for (let read = readSync(from, buffer); read > 0; read = readSync(from, buffer)) print(buffer.subarray(0, read));
      } catch {
        // EAGAIN: it is empty.
      }
    },
  };
}
