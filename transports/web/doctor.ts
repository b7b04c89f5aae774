import { createServer } from 'node:net';
import { failure, good, warning, type Finding } from '../../src/finding.ts';
import { isLoopback, parseListen, parsePublic, whyNot, type Listen, type WebSection } from './section.ts';

/** Looks whether the page could be served as configured, without serving it. */
export async function examine({ listen, url, behind_proxy: behindProxy }: WebSection): Promise<Finding[]> {
  const where = parseListen(listen);
  if (where === null) return [failure('web', `${listen} is no address with a port`, 'Correct `listen` under [web].')];
  const taken = await whyTaken(where);
  const read = url === undefined ? null : parsePublic(url);
  const isOpen = !isLoopback(where.host);
  return [
    taken === null
      ? good('web', `the page can be served on ${listen}`)
      : failure(
          'web',
          `the page cannot be served on ${listen}: ${taken}`,
          'Choose another port in `listen` under [web], or end the other program.',
        ),
    ...(read !== null && read.protocol === 'http:' && !isLoopback(read.hostname)
      ? [
          warning(
            'web',
            `${read.origin} is not encrypted, so others on the way can take over sessions`,
            'Serve it by https through a reverse proxy (docs/transports/web.md).',
          ),
        ]
      : []),
    ...(isOpen && read === null
      ? [
          warning(
            'web',
            `the page on ${listen} can be reached from other machines, without encryption`,
            'Listen on 127.0.0.1 behind a reverse proxy with https (docs/transports/web.md).',
          ),
        ]
      : []),
    ...(isOpen && behindProxy
      ? [
          warning(
            'web',
            `behind_proxy is set, but others can reach ${listen} without the proxy`,
            'Listen on 127.0.0.1, or on an address that only the proxy reaches.',
          ),
        ]
      : []),
  ];
}

/** Why nobody can listen there; null: one can. */
function whyTaken({ host, port }: Listen): Promise<string | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(whyNot(error)));
    server.listen(port, host, () => server.close(() => resolve(null)));
  });
}
