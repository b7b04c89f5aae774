import { lookup } from 'node:dns/promises';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { connect, isIP, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { allowed, isInternal, isLocal } from './allowed.ts';

// Not by an import: that asks for all that the module offers, and its WebSocket costs each sandbox's start 100 ms.
const { createServer, request } = process.getBuiltinModule('node:http');

export interface ProxyRules {
  /** Entries as in `allow_hosts`. */
  readonly hosts: readonly string[];
  /** Ports of this machine's loopback address that may be reached. */
  readonly ports: readonly number[];
}

/** How long a name may take to be looked up and connected to. */
const CONNECT_MS = 30_000;

/**
 * A proxy for HTTP and CONNECT that reaches only what is allowed. A name is looked up here, once, and the address that
 * was judged is the one that is connected to. The caller listens with it.
 */
export function proxyServer(rules: ProxyRules): Server {
  const server = createServer((incoming, answer) => void forward(rules, incoming, answer));
  server.on('connect', (incoming: IncomingMessage, client: Duplex, head: Buffer) => void tunnel(rules, incoming, client, head));
  // Whoever breaks off is gone: nobody waits for an answer.
  server.on('clientError', (_error, socket) => socket.destroy());
  server.requestTimeout = 0;
  return server;
}

type Target = { readonly address: string; readonly port: number } | { readonly refused: string };

/** Where a host and port lead to, or why they may not be reached. */
export async function judge({ hosts, ports }: ProxyRules, host: string, port: number): Promise<Target> {
  const plain = host.replace(/^\[(.*)\]$/, '$1');
  if (plain === '127.0.0.1' && ports.includes(port)) return { address: plain, port };
  const match = allowed(hosts, plain, port);
  if (match === null) return { refused: `${plain}:${port} is not in allow_hosts of this project` };
  if (isIP(plain) !== 0) return { address: plain, port };
  const found = await lookup(plain).catch(() => null);
  if (found === null) return { refused: `${plain} has no address` };
  const inward = match === 'pattern' ? isInternal(found.address) : isLocal(found.address) && plain !== 'localhost';
  return inward ? { refused: `${plain} points to ${found.address}, inside this machine or network` } : { address: found.address, port };
}

async function tunnel(rules: ProxyRules, incoming: IncomingMessage, client: Duplex, head: Buffer): Promise<void> {
  client.on('error', () => client.destroy());
  const [, host = '', port = '443'] = /^(.*):(\d{1,5})$/.exec(incoming.url ?? '') ?? [];
  const target = await judge(rules, host, Number(port));
  if ('refused' in target) {
    client.end(`HTTP/1.1 403 Forbidden\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n${target.refused}\n`);
    return;
  }
  const far = connect({ host: target.address, port: target.port, timeout: CONNECT_MS });
  far.once('connect', () => {
    far.setTimeout(0);
    client.write('HTTP/1.1 200 Connection established\r\n\r\n');
    if (head.length > 0) far.write(head);
    far.pipe(client);
    client.pipe(far);
  });
  endTogether(far, client);
}

function endTogether(far: Socket, client: Duplex): void {
  far.on('timeout', () => far.destroy());
  far.on('error', () => client.destroy());
  far.on('close', () => client.destroy());
  client.on('close', () => far.destroy());
}

/** Plain HTTP, asked for by a whole address. */
async function forward(rules: ProxyRules, incoming: IncomingMessage, answer: ServerResponse): Promise<void> {
  const refuse = (code: number, why: string): void => void answer.writeHead(code, { 'Content-Type': 'text/plain' }).end(`${why}\n`);
  const url = URL.canParse(incoming.url ?? '') ? new URL(incoming.url ?? '') : null;
  if (url?.protocol !== 'http:') return refuse(400, 'this is a proxy: ask for a whole http:// address, or CONNECT');
  const target = await judge(rules, url.hostname, Number(url.port || 80));
  if ('refused' in target) return refuse(403, target.refused);
  const kept = Object.entries(incoming.headers).filter(([name]) => !name.startsWith('proxy-'));
  const headers = { ...Object.fromEntries(kept), host: url.host };
  const far = request(
    { host: target.address, port: target.port, method: incoming.method, path: `${url.pathname}${url.search}`, headers },
    (got) => {
      answer.writeHead(got.statusCode ?? 502, got.headers);
      got.on('error', () => answer.destroy());
      got.pipe(answer);
    },
  );
  far.on('error', () => (answer.headersSent ? answer.destroy() : refuse(502, `${url.host} cannot be reached`)));
  answer.on('close', () => far.destroy());
  incoming.pipe(far);
}
