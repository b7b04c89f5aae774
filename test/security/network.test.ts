import { spawn } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Box, boxed } from '../../src/sandbox/box.ts';
import { readable } from '../../src/sandbox/mounts.ts';
import { BWRAP, MISSING } from './sandboxed.ts';

// From inside, only what is allowed is reached: by plain HTTP, by CONNECT, and a port of Musher's own under its number.

let dir: string;
let host: Server;
let port: number;

describe.skipIf(MISSING !== null)(`the network of a sandbox${MISSING === null ? '' : ` (${MISSING})`}`, () => {
  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), `musher network ${'long '.repeat(20)}`));
    host = createServer((request, answer) => answer.end(`host got ${request.method} ${request.url}`));
    await new Promise<void>((resolve) => {
      host.listen(0, '127.0.0.1', resolve);
    });
    port = (host.address() as { port: number }).port;
  });
  afterEach(async () => {
    host.closeAllConnections();
    await new Promise((resolve) => {
      host.close(resolve);
    });
    rmSync(dir, { recursive: true, force: true });
  });

  /** Runs a program of Node inside; what it printed. */
  function inside(program: string, asked: { hosts?: readonly string[]; ports?: readonly number[] }): Promise<string> {
    const { HOME = '/root', PATH = '' } = process.env;
    const box: Box = { program: BWRAP, allowHosts: asked.hosts ?? [], read: [], write: [], home: HOME, path: PATH, secret: [] };
    const file = join(dir, 'program.mjs');
    writeFileSync(file, program);
    const outside = boxed(box, {
      file: '/run/musher/node',
      args: [file],
      env: { PATH: '/usr/bin:/bin', HTTPS_PROXY: 'http://203.0.113.1:1' },
      cwd: '/tmp',
      mounts: [readable(file)],
      hosts: [],
      ports: asked.ports ?? [],
      stdin: null,
      output: 'sealed',
      ownSession: true,
      dir: join(dir, 'run'),
    });
    const child = spawn(outside.file, outside.args, { env: outside.env, stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (out += chunk.toString()));
    return new Promise((resolve) => {
      child.on('close', () => resolve(out.trim()));
    });
  }
  const get = (url: string): string =>
    `const answer = await fetch(${JSON.stringify(url)}).catch((error) => ({ status: error.cause?.code ?? error.message, text: () => '' }));
     console.log(answer.status, (await answer.text()).trim());`;
  const connecting = (to: string): string =>
    `import { connect } from 'node:net';
     const socket = connect(Number(new URL(process.env.HTTPS_PROXY).port), '127.0.0.1');
     let got = '';
     socket.on('data', (chunk) => { got += chunk; if (got.includes('200 Connection established') && !got.includes('host got')) socket.write('GET /through HTTP/1.1\\r\\nHost: x\\r\\nConnection: close\\r\\n\\r\\n'); });
     socket.on('close', () => console.log(got));
     socket.write('CONNECT ${to} HTTP/1.1\\r\\nHost: ${to}\\r\\n\\r\\n');`;

  it('reaches a host that is allowed, and tells of one that is not', async () => {
    const hosts = [`localhost:${port}`];
    expect(await inside(connecting(`localhost:${port}`), { hosts })).toContain('host got GET /through');
    const refused = await inside(connecting(`127.0.0.1:${port}`), { hosts });
    expect(refused).toContain('403 Forbidden');
    expect(refused).toContain(`127.0.0.1:${port} is not in allow_hosts of this project`);
  });

  it('forwards plain HTTP to what is allowed alone', async () => {
    const asking = (url: string): string =>
      `import { request } from 'node:http';
       const proxy = new URL(process.env.HTTP_PROXY);
       const sent = request({ host: proxy.hostname, port: proxy.port, path: ${JSON.stringify(url)}, headers: { 'Proxy-Authorization': 'x' } }, (answer) => {
         answer.setEncoding('utf8').on('data', (text) => console.log(answer.statusCode, text.trim()));
       });
       sent.end();`;
    expect(await inside(asking(`http://localhost:${port}/plain?x=1`), { hosts: [`localhost:${port}`] })).toBe(
      '200 host got GET /plain?x=1',
    );
    expect(await inside(asking('http://example.org/'), { hosts: [`localhost:${port}`] })).toMatch(
      /^403 example.org:80 is not in allow_hosts/,
    );
    expect(await inside(asking('file:///etc/passwd'), { hosts: [`localhost:${port}`] })).toMatch(/^400 /);
  });

  it('has a port of Musher’s own under its number, and not its neighbour', async () => {
    expect(await inside(get(`http://127.0.0.1:${port}/mcp`), { ports: [port] })).toBe('200 host got GET /mcp');
    expect(await inside(get(`http://127.0.0.1:${port}/mcp`), { ports: [] })).toMatch(/^ECONNREFUSED/);
  });

  it('sets no proxy where no host is allowed, and nothing of Musher’s own', async () => {
    expect(await inside('console.log(Object.keys(process.env).sort().join(" "))', {})).toBe('HOME PATH PWD TMPDIR');
    expect(readdirSync(join(dir, 'run'))).toEqual(['net']);
  });
});
