import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { MusherError } from '../../errors.ts';
import type { MonitorSettings } from '../../config/settings.ts';

/** Whether Musher works, in a form for programs. */
export interface Health {
  /** False: someone should look. */
  readonly well: boolean;
  /** One line each: what is not well. */
  readonly problems: readonly string[];
  readonly [detail: string]: unknown;
}

export interface MonitorParts {
  readonly settings: MonitorSettings;
  readonly health: () => Health;
  /** Prometheus' text format, and its content type. */
  readonly metrics: () => Promise<{ readonly type: string; readonly text: string }>;
  readonly onProblem: (what: string, error: unknown) => void;
}

export interface Monitor {
  /** Where it listens, such as `http://127.0.0.1:9464`. */
  readonly url: string;
  stop(): Promise<void>;
}

/** A request that takes longer is cut off: nobody holds the end of Musher up. */
const LONGEST_REQUEST_MS = 10_000;

/**
 * Serves `/healthz` (200, or 503 where something is not well) and `/metrics`: figures and states only, never the text
 * of items or messages. Throws MONITOR_UNUSABLE if it can't listen.
 */
export async function startMonitor({ settings, health, metrics, onProblem }: MonitorParts): Promise<Monitor> {
  // Not by an import: that asks for all that the module offers, and its WebSocket costs a start 100 ms.
  const { createServer } = process.getBuiltinModule('node:http');
  const server = createServer({ requestTimeout: LONGEST_REQUEST_MS, headersTimeout: LONGEST_REQUEST_MS }, (request, response) => {
    const send = (status: number, type: string, text: string): void => {
      response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
      response.end(request.method === 'HEAD' ? undefined : text);
    };
    const answer = async (): Promise<void> => {
      if (request.method !== 'GET' && request.method !== 'HEAD') return send(405, 'text/plain', 'Only GET is supported.\n');
      switch (new URL(request.url ?? '/', 'http://monitor').pathname) {
        case '/healthz': {
          const found = health();
          return send(found.well ? 200 : 503, 'application/json', `${JSON.stringify(found)}\n`);
        }
        case '/metrics': {
          const { type, text } = await metrics();
          return send(200, type, text);
        }
        default:
          return send(404, 'text/plain', 'Not found. Try /healthz or /metrics.\n');
      }
    };
    answer().catch((error: unknown) => {
      onProblem('a request for figures', error);
      if (response.headersSent) response.destroy();
      else send(500, 'text/plain', 'Musher hit a bug; its log file has the details.\n');
    });
  });
  await listen(server, settings);
  server.on('error', (error) => onProblem('the monitor', error));
  // Nothing but the pipeline keeps Musher alive.
  server.unref();
  const { address, port, family } = server.address() as AddressInfo;
  return {
    url: `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, { address, port }: MonitorSettings): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const why =
        { EADDRINUSE: 'another program uses that port', EACCES: 'Musher has no permission to use that port' }[cause.code ?? ''] ??
        cause.message;
      reject(
        new MusherError(
          'MONITOR_UNUSABLE',
          `Health and metrics cannot be served on ${address}:${port}: ${why}.`,
          'Choose another port in [monitor], or remove the section.',
          { cause },
        ),
      );
    });
    server.listen(port, address, () => {
      server.removeAllListeners('error');
      resolve();
    });
  });
}
