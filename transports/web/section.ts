import * as z from 'zod';

/** The section of `bot.toml`, and what ids begin with. */
export const NAME = 'web';

/** The keys of its section in `bot.toml`. */
export const keys = z.strictObject({
  listen: z.string().default('127.0.0.1:7373').meta({
    description:
      'Address and port to listen on. Anything but a loopback address can be reached from other machines. Port 0: a free one, the same as the last time if possible.',
  }),
  url: z.string().optional().meta({
    description: 'Where people open it, behind a reverse proxy. Default: the address that it listens on.',
    example: 'https://musher.example.org',
  }),
  behind_proxy: z.boolean().default(false).meta({
    description: 'Whether only a reverse proxy can reach it: callers are then told apart by what that says of them (`X-Forwarded-For`).',
  }),
});
export type WebSection = z.output<typeof keys>;

/** Where to listen. */
export interface Listen {
  readonly host: string;
  readonly port: number;
}

/** Reads `127.0.0.1:7373` or `[::1]:7373`; null: it is no such thing. */
export function parseListen(text: string): Listen | null {
  const [, v6, name, digits] = /^(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9.-]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = v6 ?? name;
  const port = Number(digits);
  return host === undefined || port > 65_535 ? null : { host, port };
}

/** Whether nobody but this machine reaches a host. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);
}

/** Whether a host stands for all addresses of this machine. */
export function isAnyHost(host: string): boolean {
  return host === '0.0.0.0' || host === '::';
}

/** How a host and a port are written in an address. */
export function authority({ host, port }: Listen): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** The origin of a page's public address; null: it is none, or has more than an origin. */
export function parsePublic(url: string): URL | null {
  const read = URL.canParse(url) ? new URL(url) : null;
  if (read === null || !['http:', 'https:'].includes(read.protocol)) return null;
  const isBare = read.pathname === '/' && read.search === '' && read.hash === '' && read.username === '' && read.password === '';
  return isBare ? read : null;
}

/** Why a server can't listen, in words. */
export function whyNot({ code, message }: NodeJS.ErrnoException): string {
  switch (code) {
    case 'EADDRINUSE':
      return 'another program uses that port';
    case 'EACCES':
      return 'Musher has no permission to use that port';
    case 'EADDRNOTAVAIL':
      return 'this machine has no such address';
    default:
      return message;
  }
}
