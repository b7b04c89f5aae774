import { actorName } from '../../src/pipeline/actor.ts';
import { NO_DEFAULTS } from '../pipeline/facts.ts';
import { mkdirSync } from 'node:fs';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { faultWords } from '../../src/words/item/faults.ts';
import type { RunAccess } from '../../src/agents/access.ts';
import { UNLIMITED } from '../../src/config/sections/budget.ts';
import type { AgentSettings, ApprovalSettings, GateSettings, ProjectSettings } from '../../src/config/settings.ts';
import { Log } from '../../src/log/log.ts';
import type { Run } from '../../src/log/projections/run.ts';
import { McpEndpoint } from '../../src/mcp/endpoint.ts';
import type { ItemEventKind, ItemEvents, NewEvent } from '../../src/pipeline/events.ts';
import type { AgentRequest } from '../../src/pipeline/requests.ts';
import type { Criterion, WorkItem } from '../../src/pipeline/types.ts';
import { redactorFor } from '../../src/redaction/redactor.ts';
import type { EngineProject } from '../../src/engine/parts.ts';
import { keepRequests } from '../../src/engine/run/requests.ts';
import { jumpingClock, type JumpingClock } from '../agents/jumping-clock.ts';
import { agentSettings } from '../agents/run-fixture.ts';
import { makeOwner, numbered, open, type Owner } from '../git/owner.ts';
import type { Role } from '../../src/pipeline/role.ts';

/** What no room is shown. */
export const CANARY = 'canary-in-the-coal-mine';
const SECRETS = redactorFor([CANARY]);

export const APPROVALS: ApprovalSettings = { role: 'operator', expireMs: 15 * 60_000, questionExpireMs: 60 * 60_000 };

interface RunOptions {
  readonly role?: Role;
  readonly criteria?: readonly Criterion[];
  readonly description?: string;
}

/** A project with a real repository, log and server, and agents that speak to it. The test is the engine. */
export class Shop {
  readonly owner: Owner;
  readonly clock: JumpingClock;
  readonly project: EngineProject;
  readonly problems: string[] = [];
  /** When people see what is asked now. */
  seenFrom = (now: number): number => now;
  log: Log;
  endpoint: McpEndpoint;
  #approvals: ApprovalSettings;
  #keeper: { stop(): void };
  readonly #clients: Client[] = [];

  static async open(gates: readonly GateSettings[] = [], approvals: Partial<ApprovalSettings> = {}): Promise<Shop> {
    const owner = makeOwner();
    const git = await open(owner);
    const agents: AgentSettings[] = [agentSettings(), agentSettings({ name: 'qa', stage: 'qa', role: 'qa' })];
    const settings: ProjectSettings = {
      name: 'shop',
      path: owner.repository,
      file: `${owner.repository}/.musher/project.toml`,
      baseBranch: 'main',
      qa: 'server',
      maxCoders: 2,
      maxRetries: 3,
      gates,
      components: [],
      reports: [],
      budget: UNLIMITED,
      sandbox: { kind: 'none', allowHosts: [], read: [], write: [], problem: null },
      guarded: ['.musher'],
      links: { item: null, commit: null },
      agents,
      defaults: NO_DEFAULTS,
    };
    return new Shop(owner, { git, settings, box: null }, { ...APPROVALS, ...approvals });
  }

  private constructor(owner: Owner, project: EngineProject, approvals: ApprovalSettings) {
    this.owner = owner;
    this.project = project;
    this.clock = jumpingClock();
    this.#approvals = approvals;
    mkdirSync(owner.dataDir, { recursive: true, mode: 0o700 });
    this.log = Log.open(owner.dataDir, this.clock);
    [this.endpoint, this.#keeper] = this.#start();
  }

  #start(): [McpEndpoint, { stop(): void }] {
    const { log, clock, owner } = this;
    const onProblem = (what: string): void => void this.problems.push(what);
    const endpoint = new McpEndpoint({
      log,
      clock,
      dataDir: owner.dataDir,
      installation: 'test',
      projects: new Map([['shop', this.project]]),
      onProblem,
      stopGraceMs: 100,
      failureText: ({ summary }) => faultWords(summary, actorName),
      nameOf: actorName,
      redactor: SECRETS,
      settings: { port: 0 },
      people: this.#approvals,
      seenFrom: (_, now) => this.seenFrom(now),
    });
    return [endpoint, keepRequests({ log, clock, onError: () => onProblem('requests') })];
  }

  /** Musher ends and starts again; agents do not notice more than a broken connection. */
  async restart(): Promise<void> {
    await this.#stop();
    this.log = Log.open(this.owner.dataDir, this.clock);
    [this.endpoint, this.#keeper] = this.#start();
    await this.endpoint.reopen();
  }

  async #stop(): Promise<void> {
    await this.endpoint.close();
    this.#keeper.stop();
    this.log.close();
  }

  record<K extends ItemEventKind>(item: number, kind: K, payload: ItemEvents[K], actor = 'musher'): void {
    this.log.transaction((tx) => void tx.record({ project: 'shop', item: numbered(item), actor, cause: null, kind, payload } as NewEvent));
  }

  item(number: number): WorkItem {
    const found = this.log.reads.item('shop', number);
    if (found === null) throw new Error(`no item ${number}`);
    return found;
  }

  run(item: number): Run {
    const found = this.log.reads.run('shop', item, this.item(item).runs);
    if (found === null) throw new Error(`no run of ${item}`);
    return found;
  }

  kinds(item: number): string[] {
    return this.log.reads.history('shop', item, 1_000).map(({ kind, actor }) => `${actor} ${kind}`);
  }

  /** A new item with its worktree and a run that is under way, and where that reaches Musher. */
  async working({ role = 'coder', criteria = [], description = '' }: RunOptions = {}): Promise<{
    item: number;
    worktree: string;
    access: RunAccess;
  }> {
    const item = this.log.reads.lastNumber('shop') + 1;
    const title = 'Fix the login';
    this.record(item, 'item.created', { type: 'story', title, description, criteria, dependsOn: [], qaMode: null }, 'console:ann');
    this.record(item, 'item.moved', { to: { name: 'current' }, why: '', failure: null });
    if (role === 'qa') this.record(item, 'item.moved', { to: { name: 'qa' }, why: '', failure: null });
    const opened = await this.project.git.openWorktree({ number: numbered(item), title, branch: null });
    const { branch, head, commitsAhead } = opened;
    this.record(item, 'item.work_seen', { work: { branch, head, commitsAhead } });
    const agent = role === 'qa' ? 'qa' : 'coder-1';
    this.record(item, 'run.pending', { run: 1, agent, role, stage: role === 'qa' ? 'qa' : 'current', attempt: 1 });
    const access = await this.endpoint.admit(this.item(item), this.run(item));
    this.record(item, 'run.started', { run: 1, pid: 1, pidStart: null, model: null, runtime: 'command', base: null });
    return { item, worktree: opened.path, access };
  }

  end(item: number): void {
    this.record(item, 'run.ended', { run: 1, reason: 'finished', exitCode: 0, summary: '', resumeAt: null, turns: null, verdict: null });
  }

  /** A person ends a request. */
  answer(request: AgentRequest, end: 'allowed' | 'denied' | 'answered', text = '', scope?: 'run'): void {
    const payload = { run: request.run, request: request.number, end, text, ...(scope === undefined ? {} : { scope }) };
    this.record(request.item, 'request.closed', payload, 'slack:U1');
  }

  /** The request that is open, as soon as there is one. */
  async asked(): Promise<AgentRequest> {
    for (;;) {
      const [request] = this.log.reads.requests.allOpen();
      if (request !== undefined) return request;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  /** A client as agents have one, connected with a token. */
  async client({ url, token }: RunAccess): Promise<Client> {
    const client = new Client({ name: 'an agent', version: '1' });
    const headers = { Authorization: `Bearer ${token}` };
    const transport = new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } });
    await client.connect(transport);
    this.#clients.push(client);
    return client;
  }

  async close(): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.close()));
    await this.#stop();
    this.owner.remove();
    if (this.problems.length > 0) throw new Error(`in the log file: ${this.problems.join('; ')}`);
  }
}

/** Calls a tool: whether it did something, and what it said. */
export async function call(
  client: Client,
  name: string,
  args: Record<string, unknown> = {},
  onStream: () => void = () => undefined,
): Promise<{ ok: boolean; text: string }> {
  const patience = { timeout: 120_000, resetTimeoutOnProgress: true };
  const result = await client.callTool({ name, arguments: args }, undefined, { ...patience, onresumptiontoken: onStream });
  const [content] = result.content as { text: string }[];
  return { ok: result.isError !== true, text: content?.text ?? '' };
}
