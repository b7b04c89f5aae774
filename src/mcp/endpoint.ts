import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { newToken, tokenHash, type RunAccess } from '../agents/access.ts';
import type { McpSettings } from '../config/settings.ts';
import { MusherError } from '../errors.ts';
import type { Run } from '../log/projections/run.ts';
import { timeWaited } from '../pipeline/requests.ts';
import type { WorkItem } from '../pipeline/types.ts';
import { record, type AgentAccess, type EngineParts } from '../engine/parts.ts';
import { callerOf } from './caller.ts';
import { offerConnection, SESSION_HEADER } from './connection.ts';
import { GateRuns } from './gate-runs.ts';
import { Allowance, bearerOf, bodyOf, isFromHere } from './guards.ts';
import type { ApprovalSettings } from '../config/settings.ts';
import { resume } from './resume.ts';
import { resumptionIn } from './resumption.ts';
import { loadSdk, serveCall, type Sdk } from './serve-call.ts';
import type { ToolParts } from './tool.ts';
import { BOUNDS } from '../bounds.ts';

/** The one place that says where agents find Musher. */
const HOST = '127.0.0.1';
const PATH = '/mcp';
/** More than all agents hold open at once. */
const MOST_CONNECTIONS = BOUNDS.mcpConnections;
/** Time to send a whole request; the answer may take as long as it takes. */
const REQUEST_MS = 30_000;

export interface EndpointParts extends Omit<EngineParts, 'access'> {
  readonly settings: McpSettings;
  readonly people: ApprovalSettings;
  /** When people first see what is asked of them at this moment, ms since the epoch. */
  readonly seenFrom: (project: string, now: number) => number;
}

/** Musher's MCP server: listens from the first run on, at an address that outlives a restart, and lets in who has the token of a run. */
export class McpEndpoint implements AgentAccess {
  readonly #parts: EndpointParts;
  readonly #tools: ToolParts;
  readonly #gateRuns: GateRuns;
  readonly #allowance: Allowance;
  #opening: Promise<number> | null = null;
  #server: Server | null = null;
  #sdk: Promise<Sdk> | null = null;
  #closed = false;

  constructor(parts: EndpointParts) {
    this.#parts = parts;
    this.#gateRuns = new GateRuns(parts.clock);
    this.#allowance = new Allowance(parts.clock);
    this.#tools = { ...parts, gateRuns: this.#gateRuns };
  }

  async admit(item: WorkItem, run: Run): Promise<RunAccess> {
    const port = await this.#open();
    const token = newToken();
    this.#parts.log.transaction((tx) => void record(tx, item, 'run.admitted', { run: run.run, tokenHash: tokenHash(token) }));
    return { url: `http://${HOST}:${port}${PATH}`, token };
  }

  async reopen(): Promise<void> {
    await this.#open();
  }

  waited(run: Run, from: number, to: number): { readonly forPeople: number; readonly forMusher: number } {
    const requests = this.#parts.log.reads.requests.ofRun(run.project, run.item, run.run);
    const forPeople = timeWaited(requests, from, to);
    return { forPeople, forMusher: timeWaited([...requests, ...this.#gateRuns.spansOf(run)], from, to) - forPeople };
  }

  forget(run: Run): void {
    this.#gateRuns.forget(run);
  }

  /** Ends all connections. Agents that continue try again where the next Musher listens. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#opening?.catch(() => undefined);
    const server = this.#server;
    if (server === null) return;
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  }

  /** The port; listens on it from now on. */
  #open(): Promise<number> {
    this.#opening ??= this.#listen().catch((error: unknown) => {
      // The next run tries again.
      this.#opening = null;
      throw error;
    });
    return this.#opening;
  }

  async #listen(): Promise<number> {
    const state = this.#parts.log.stateStore('mcp');
    const configured = this.#parts.settings.port;
    const before = Number(state.get('port') ?? 0);
    const wanted = configured === 0 ? before : configured;
    const server = await listenOn(wanted, (request, response) => this.#serve(request, response)).catch((cause: unknown) => {
      if (configured !== 0)
        throw new MusherError(
          'MCP_PORT_TAKEN',
          `Agents can't reach Musher: port ${configured} is in use.`,
          'Set another `port` under [mcp] in bot.toml, or 0 for any free one, then type `reload`.',
          { cause },
        );
      // Runs that continue from before lose their way to Musher; new ones need not.
      this.#parts.onProblem(`port ${wanted}, on which agents reached Musher before, is taken; another is used`, cause);
      return listenOn(0, (request, response) => this.#serve(request, response));
    });
    this.#server = server;
    if (this.#closed) server.close();
    const { port } = server.address() as AddressInfo;
    state.set('port', String(port));
    return port;
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    this.#answer(request, response).catch((error: unknown) => {
      this.#parts.onProblem('a call of an agent', error);
      if (response.headersSent) response.destroy();
      else refuse(response, 500, 'Musher hit a bug.');
    });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!isFromHere(request, request.socket.localPort ?? 0))
      return refuse(response, 403, 'Only programs on this machine may call, by its loopback address.');
    if (request.url !== PATH) return refuse(response, 404, `There is only ${PATH}.`);
    const token = bearerOf(request);
    const caller = token === null ? null : callerOf(this.#parts, token);
    if (caller === null) return refuse(response, 401, 'The token does not belong to a running run.');
    if (!this.#allowance.take(`${caller.run.project}\0${caller.run.item}\0${caller.run.run}`))
      return refuse(response, 429, 'Too many calls. Wait a few seconds.', { 'retry-after': '5' });
    if (request.method === 'GET') {
      const resumption = resumptionIn(String(request.headers['last-event-id'] ?? ''));
      // A stream for what the server says by itself: there is none.
      if (resumption === null) return refuse(response, 405, 'This server sends nothing unasked.', { allow: 'POST' });
      return resume(this.#tools, caller, resumption, response);
    }
    if (request.method !== 'POST') return refuse(response, 405, 'There are no sessions to end.', { allow: 'POST' });
    const body = await bodyOf(request);
    if (body === 'too-large') return refuse(response, 413, 'The message is too large.', { connection: 'close' });
    if (body === 'broken' || Array.isArray(body.json)) return refuse(response, 400, 'Expected one JSON message.');
    this.#sdk ??= loadSdk();
    const sdk = await this.#sdk;
    const connection = offerConnection(this.#tools, caller, body.json);
    if (connection !== null) response.setHeader(SESSION_HEADER, connection);
    return serveCall(sdk, this.#tools, caller, body.json, { request, response });
  }
}

function listenOn(port: number, serve: (request: IncomingMessage, response: ServerResponse) => void): Promise<Server> {
  // Not by an import: that asks for all that the module offers, and its WebSocket costs a start 100 ms.
  const { createServer } = process.getBuiltinModule('node:http');
  const server = createServer({ requestTimeout: REQUEST_MS, headersTimeout: REQUEST_MS }, serve);
  server.maxConnections = MOST_CONNECTIONS;
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, HOST, () => {
      server.off('error', reject);
      // Agents do not keep Musher alive; what it does for them has timers and files of its own.
      server.unref();
      resolve(server);
    });
  });
}

/** In the form in which the protocol tells errors. */
function refuse(response: ServerResponse, status: number, message: string, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify({ jsonrpc: '2.0', error: { code: -32_000, message }, id: null }));
}
