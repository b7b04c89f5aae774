import { namesOf } from '../../src/decide/people.ts';
import { COMMANDS } from '../../commands/index.ts';
import type { Project, ProcessUse } from '../../src/bot/capabilities.ts';
import type { BotParts } from '../../src/bot/bot-parts.ts';
import { withWindows } from '../../src/bot/page/windows.ts';
import { rightsFrom, type Origin, type RightsSettings } from '../../src/bot/rights/rights.ts';
import { Router } from '../../src/bot/loop/router.ts';
import type { RoomNews } from '../../src/bot/loop/room-news.ts';
import type { Clock } from '../../src/clock.ts';
import type { AccessRole } from '../../src/config/choices.ts';
import type { AgentSettings, FloodSettings, ProjectSettings, RoomSettings, Settings } from '../../src/config/settings.ts';
import { UNLIMITED } from '../../src/config/sections/budget.ts';
import { dumper } from '../../src/app/lifecycle/dumps.ts';
import { Log } from '../../src/log/log.ts';
import { redactorFor } from '../../src/redaction/redactor.ts';
import type { IncomingMessage } from '../../src/message/address.ts';
import { isWindow } from '../../src/app/networks.ts';
import { hasPictures, roomDirectory } from '../../src/app/rooms.ts';
import type { Document } from '../../src/message/document.ts';
import { plainText } from '../../src/message/plain.ts';
import type { ItemEventKind, ItemEvents, LoggedEvent, NewEvent } from '../../src/pipeline/events.ts';
import type { Criterion, ItemType, QaMode, WorkItem } from '../../src/pipeline/types.ts';
import { commitSha, itemNumber, type CommitSha, type ItemNumber } from '../../src/pipeline/values.ts';
import type { BotIdentity } from '../../transports/transport.ts';
import { Timers } from '../../src/engine/timers.ts';
import { makeOwner, open, type Owner } from '../git/owner.ts';
import type { NetworkState } from '../../src/decide/network-state.ts';
import { NO_DEFAULTS } from '../pipeline/facts.ts';
import { Routines } from '../../src/bot/routines/routines.ts';
import { conditionHolds } from '../../src/decide/routine-condition.ts';
import { needsPeople } from '../../src/words/item/step.ts';
import { missedRoutine } from '../../src/words/steer/routines.ts';
import { missedTimer } from '../../src/words/missed-timer.ts';

/** A Saturday, 14:05 in Berlin. */
export const START = Date.UTC(2026, 10, 21, 13, 5);
export const SHA = sha('1');

/** What a message was answered with. */
export interface Answer {
  readonly ok: boolean;
  readonly code: string | null;
  /** As plain text, 300 columns. */
  readonly text: string;
  readonly body: Document;
  /** The documents of a live reply that were shown before the last one. */
  readonly live: readonly string[];
}

/** Time as the test says. */
export interface TestClock extends Clock {
  move(ms: number): void;
  /** How many wait for a time now. */
  waiting(): number;
}

/** A repository that the tests of one file share, with a branch that changes something. */
export interface Desk {
  readonly owner: Owner;
  readonly git: Project['git'];
  readonly branch: string;
  readonly head: CommitSha;
  remove(): void;
}

export async function makeDesk(): Promise<Desk> {
  const owner = makeOwner();
  const branch = 'musher/1-fix-the-login';
  owner.git(['switch', '-q', '-c', branch]);
  const head = owner.commit({ 'shop.txt': 'one\nzwei\nthree\n' }, 'translate');
  owner.git(['switch', '-q', 'main']);
  return { owner, git: await open(owner), branch, head, remove: () => owner.remove() };
}

export interface World {
  readonly log: Log;
  /** What the commands share. */
  readonly bot: BotParts;
  readonly clock: TestClock;
  readonly desk: Desk;
  /** Sends a message as a person with a role and gives what it is answered with. */
  say(text: string, options?: { role?: AccessRole; room?: string; from?: Partial<Origin> }): Promise<Answer>;
  /** Hands a message in, as a transport does; null: it was there already. */
  readonly receive: (message: IncomingMessage) => number | null;
  readonly isAddressed: (message: IncomingMessage) => boolean;
  /** How a line that is being typed may go on. */
  complete(line: string, origin: Origin): string[];
  /** Appends what the engine would. */
  record<K extends ItemEventKind>(number: number, kind: K, payload: ItemEvents[K], project?: string): void;
  /** A new item of the project; gives its number. */
  make(fields?: Partial<Fields>, project?: string): ItemNumber;
  item(number: number, project?: string): WorkItem;
  /** The kinds of an item's events since it was made. */
  kinds(number: number): string[];
  last(number: number): LoggedEvent;
  /** Lines that a run has written, by `item/run`. */
  readonly written: Map<string, string[]>;
  /** What was shown of being at work: `begin m1`, `end m1`. */
  readonly signs: readonly string[];
  /** Musher after a restart with other rights, over the same log. */
  restarted(rights: Partial<RightsSettings>): World;
  /** Goes on with what an earlier Musher left. */
  start(): void;
  /** Runs timers that are due, until it is stopped. */
  runTimers(): void;
  /** Ends timers at once, as the end of the process does. */
  endTimers(): void;
  /** Takes nothing more, as at the end of Musher; resolves when all is answered. */
  stop(): Promise<void>;
  close(): Promise<void>;
}

interface Fields {
  type: ItemType;
  title: string;
  description: string;
  criteria: Criterion[];
  dependsOn: number[];
  qaMode: QaMode | null;
}

/** Musher's way from a message to its reply over a log in memory: the real router, commands and repository. The test is the engine. */
export function makeWorld(...options: WorldOptions): World {
  const clock = testClock();
  return worldOver(Log.inMemory(clock), clock, options);
}

export type WorldOptions = [
  desk: Desk,
  settings?: Partial<ProjectSettings>,
  networks?: readonly NetworkState[],
  rights?: Partial<RightsSettings>,
  flood?: FloodSettings | undefined,
  identity?: (() => BotIdentity | null) | undefined,
  news?: (() => RoomNews) | undefined,
  showLive?: ((message: IncomingMessage, inbox: number, body: Document) => Promise<void>) | undefined,
];

/** The same over a log of the test's own. */
export function worldOver(log: Log, clock: TestClock, options: WorldOptions): World {
  const [
    desk,
    settings = {},
    networks = [],
    rights = {},
    flood = { burst: 1_000, perMinute: 60, waiting: 1_000 },
    identity,
    news,
    showLive,
  ] = options;
  const live = new Map<string, string[]>();
  const written = new Map<string, string[]>();
  const incidents: unknown[] = [];
  const signs: string[] = [];
  const projects: [Project, ...Project[]] = [projectNamed('shop', desk, settings), projectNamed('docs', desk, {})];
  const uses: ProcessUse[] = [{ label: 'Musher', pid: 4242, cpu: 0.25, residentBytes: 80_000_000, processes: 1, project: null }];
  const directory = roomDirectory({
    settings: { rooms: rights.rooms ?? [], timezone: 'Europe/Berlin' } as unknown as Settings,
    reads: log.reads,
    speaksOf: () => 'shop',
    hasThreads: (transport) => transport !== 'console',
    hasEdits: (transport) => transport !== 'console',
    isPressable: (transport) => transport !== 'console',
    hasButtons: (transport) => transport !== 'console',
  });
  const granted: RightsSettings = {
    roles: { admin: ['test:admin'], operator: ['test:operator'], viewer: ['test:viewer'] },
    directMessages: false,
    projectRoles: ['shop', 'docs'].map((project) => ({ project, roles: { admin: [], operator: [], viewer: [] } })),
    people: [],
    rooms: [],
    twoPerson: [],
    ...rights,
  };
  const names = namesOf(log, { ...granted, name: 'musher', projects });
  const bot: BotParts = {
    log,
    clock,
    nameOf: names.nameOf,
    rights: withWindows(rightsFrom(granted), { isWindow, askerOf: (room) => log.windows.byId(room, clock.now())?.asker ?? null }),
    page: {
      address: () => 'http://127.0.0.1:7373',
      isPrivate: ({ thread }) => thread === 'alone',
      openDirect: ([id = '']) => Promise.resolve(id.startsWith('test:lonely') ? null : { transport: 'test', room: `dm-of-${id}` }),
      isWindow,
    },
    rooms: () => directory.all(),
    hasPictures: (transport, room) => hasPictures({ rooms: (rights.rooms ?? []) as readonly RoomSettings[] }, transport, room),
    roomProject: (_, room) => rights.rooms?.find(({ id }) => id === room)?.project ?? null,
    timezone: 'Europe/Berlin',
    projects,
    commands: COMMANDS,
    runLog: (item, run, lines) => Promise.resolve((written.get(`${item.number}/${run}`) ?? []).slice(-lines)),
    processes: () => Promise.resolve(uses),
    machine: () => {
      const disk = { bytes: 100e9, freeBytes: 20e9 };
      return Promise.resolve({ load: 0.52, cores: 2, memoryBytes: 16e9, usedMemoryBytes: 3.1e9, disk });
    },
    networks: () => networks,
    dump: dumper({ log, clock, dataDir: desk.owner.dataDir, redactor: redactorFor(['swordfish-9']), version: '1.2.3' }),
    backups: {
      make: () => Promise.resolve({ ok: true, value: { file: '/backups/one.sqlite', bytes: 1_500_000 } }),
      state: () => ({ newest: { at: START - 3_600_000, bytes: 1_500_000 }, count: 2, next: START + 3_600_000, problem: null }),
    },
    reconfiguration: () => ({ ok: true, value: { changed: [], builtIn: false, dataDir: false } }),
    measurements: { make: () => Promise.resolve({ ok: false, error: { why: 'stopped' } }), stop: () => Promise.resolve() },
    restart: () => undefined,
    version: '1.2.3',
    startedAt: START - 3_600_000,
  };
  const router = new Router({
    ...bot,
    addressing: () => ({ botNames: ['musher'], botIds: identity?.()?.ids ?? [], prefix: '!' }),
    showLive: (message, inbox, body) => {
      live.set(message.id, [...(live.get(message.id) ?? []), plainText(body, { width: 300 })]);
      return showLive?.(message, inbox, body) ?? Promise.resolve();
    },
    onIncident: (_id, error) => void incidents.push(error),
    showWork: (message, working) => void signs.push(`${working ? 'begin' : 'end'} ${message.id}`),
    flood,
    newIncidentId: () => 'incident-1',
    onAnswered: () => {},
    ...(news === undefined ? {} : { news }),
  });
  const timers = new Timers({
    log,
    clock,
    missed: (timer) => missedTimer(timer, 'Europe/Berlin'),
    onProblem: (_what, error) => void incidents.push(error),
    takeUp: (id, message) => router.takeUp(id, message),
  });
  const routines = new Routines({
    log,
    clock,
    timezone: 'Europe/Berlin',
    holds: (tx, name, condition) => {
      const project = projects.find((one) => one.name === name);
      if (project === undefined) return false;
      return condition === null || conditionHolds(tx.reads, project.settings, condition, tx.now, needsPeople);
    },
    missed: (routine, times, last, next) => missedRoutine(routine, times, last, next, 'Europe/Berlin'),
    onProblem: (_what, error) => void incidents.push(error),
    takeUp: (id, message) => router.takeUp(id, message),
  });
  // Ids go on over restarts.
  let messages = log.reads.lastSeq() * 1_000;

  const say: World['say'] = async (text, { role = 'operator', room = 'lobby', from = {} } = {}) => {
    messages += 1;
    const id = `m${messages}`;
    const at = from.at ?? { transport: 'test', room, thread: null };
    const sender = from.sender ?? { transport: 'test', id: role, name: `Some ${role}` };
    const inbox = router.receive({ id, at, sender, ingress: from.ingress ?? 'terminal', direct: from.direct ?? false, text });
    if (inbox === null) throw new Error(`not taken in: ${text}`);
    await answered(log, inbox);
    const row = log.outbox.open(at.transport, at.room, 10_000).find((one) => one.inbox === inbox);
    const handled = log.reads.events(0, 100_000).findLast((event) => event.kind === 'command.handled' && event.cause === `inbox:${inbox}`);
    if (row === undefined || handled?.kind !== 'command.handled') throw new Error(`no reply to: ${text}`);
    if (incidents.length > 0) throw incidents[0];
    const { outcome, code } = handled.payload;
    return { ok: outcome === 'ok', code, body: row.body, text: plainText(row.body, { width: 300 }), live: live.get(id) ?? [] };
  };

  const record: World['record'] = (number, kind, payload, project = 'shop') => {
    const actor = kind === 'item.created' ? 'test:admin' : 'musher';
    log.transaction((tx) => {
      const event = { project, item: numbered(number), actor, cause: null, kind, payload } as NewEvent;
      if (event.kind === 'item.purged') tx.purge(event);
      else tx.record(event);
    });
  };

  return {
    bot,
    signs,
    log,
    clock,
    desk,
    say,
    receive: (message) => router.receive(message),
    isAddressed: (message) => router.isAddressed(message),
    complete: (line, origin) => router.complete(line, origin).map(({ label }) => label),
    record,
    written,
    make(fields = {}, project = 'shop') {
      const number = numbered(log.reads.lastNumber(project) + 1);
      const { dependsOn = [], ...others } = fields;
      const base = { type: 'story', title: 'Fix the login', description: '', criteria: [], qaMode: null } as const;
      record(number, 'item.created', { ...base, ...others, dependsOn: dependsOn.map(numbered) }, project);
      return number;
    },
    item(number, project = 'shop') {
      const found = log.reads.item(project, number);
      if (found === null) throw new Error(`no item ${number}`);
      return found;
    },
    kinds: (number) =>
      log.reads
        .history('shop', number, 1_000)
        .map(({ kind }) => kind)
        .toReversed()
        .slice(1),
    last(number) {
      const [event] = log.reads.history('shop', number, 1);
      if (event === undefined) throw new Error(`no events of ${number}`);
      return event;
    },
    restarted(other) {
      const next = worldOver(log, clock, [desk, settings, networks, other, flood, identity, news, showLive]);
      next.start();
      return next;
    },
    start: () => router.start(),
    runTimers: () => {
      timers.start();
      routines.start();
    },
    endTimers: () => {
      timers.stop();
      routines.stop();
    },
    stop() {
      timers.stop();
      routines.stop();
      return router.stop();
    },
    async close() {
      timers.stop();
      routines.stop();
      await router.stop();
      log.close();
    },
  };
}

/** Brings an item into a run of the stage that it is in. */
export function startRun(world: World, number: number, agent = 'coder-1'): number {
  const { stage, runs } = world.item(number);
  if (stage.name !== 'current' && stage.name !== 'qa' && stage.name !== 'merge') throw new Error(`no run in ${stage.name}`);
  const run = runs + 1;
  const role = ({ current: 'coder', qa: 'qa', merge: 'mergemaster' } as const)[stage.name];
  world.record(number, 'run.pending', { run, agent, role, stage: stage.name, attempt: 1 });
  world.record(number, 'run.started', { run, pid: 99, pidStart: null, model: 'small', runtime: 'command', base: SHA });
  return run;
}

export function endRun(world: World, number: number, run: number, reason: ItemEvents['run.ended']['reason']): void {
  world.record(number, 'run.ended', { run, reason, exitCode: 0, summary: 'said goodbye', resumeAt: null, turns: 3, verdict: null });
}

/** An attempt did not count, as the engine says it. */
export function failAttempt(world: World, number: number, failure: ItemEvents['item.attempt_failed']['failure']): void {
  const { stage, attempts } = world.item(number);
  world.record(number, 'item.attempt_failed', { failure, stage: stage.name, attempt: attempts + 1 });
}

export function moveTo(world: World, number: number, to: ItemEvents['item.moved']['to']): void {
  world.record(number, 'item.moved', { to, why: 'for the test', failure: null });
}

/** Musher read the branch of the desk: the item has one commit of its own. */
export function seeWork(world: World, number: number, commitsAhead = 1): void {
  const { branch, head } = world.desk;
  world.record(number, 'item.work_seen', { work: { branch, head, commitsAhead } });
}

export const mergeStage = { name: 'merge', branch: 'musher/1-fix-the-login', commitsAhead: 1 as never } as const;
export const doneStage = { name: 'done', mergedAt: START, mergeCommit: SHA } as const;
export function blockedStage(kind: 'blocked' | 'mergeFailed' | 'reviewHeld' = 'blocked'): ItemEvents['item.moved']['to'] {
  return { name: 'archived', archivedAt: START, reason: { kind, reason: 'the gate test failed' } };
}
export const abandonedStage = { name: 'archived', archivedAt: START, reason: { kind: 'abandoned' } } as const;

/** Resolves when the condition holds; looked at after each commit. */
export function when(log: Log, holds: () => boolean): Promise<void> {
  if (holds()) return Promise.resolve();
  return new Promise((resolve) => {
    const stop = log.onCommit(() => {
      if (!holds()) return;
      stop();
      resolve();
    });
  });
}

export function numbered(n: number): ItemNumber {
  const value = itemNumber(n);
  if (value === null) throw new Error(`no item number: ${n}`);
  return value;
}

export function sha(digit: string): CommitSha {
  const value = commitSha(digit.repeat(40));
  if (value === null) throw new Error(`no digit: ${digit}`);
  return value;
}

export function answered(log: Log, inbox: number): Promise<void> {
  return when(log, () => log.inbox.get(inbox)?.state === 'done');
}

function projectNamed(name: string, { owner, git }: Desk, changed: Partial<ProjectSettings>): Project {
  const settings = { ...projectSettings(name, owner.repository), ...changed };
  return { name, git, agents: settings.agents, settings };
}

/** A project with two coders, a QA agent and human QA. */
export function projectSettings(name: string, path: string): ProjectSettings {
  const agents = [makeAgent('coder-1', 'current', 'coder'), makeAgent('coder-2', 'current', 'coder'), makeAgent('qa', 'qa', 'qa')];
  return {
    name,
    path,
    file: `${path}/.musher/project.toml`,
    sandbox: { kind: 'none', allowHosts: [], read: [], write: [], problem: null },
    guarded: ['.musher'],
    baseBranch: 'main',
    qa: 'human',
    maxCoders: 2,
    maxRetries: 3,
    links: { item: null, commit: null },
    gates: [],
    components: [],
    reports: [],
    agents,
    defaults: NO_DEFAULTS,
    budget: UNLIMITED,
  };
}

function makeAgent(name: string, stage: AgentSettings['stage'], role: AgentSettings['role']): AgentSettings {
  const limits = {
    turns: null,
    tokens: null,
    microUsd: null,
    wallClockMs: 60_000,
    silenceMs: 60_000,
    questionMs: 60_000,
    repeats: 12,
    idleTokens: 200_000,
  };
  const none = { auto: true, knownModels: [], maxParallel: 1, model: null, effort: null, prompt: null, systemPrompt: null };
  return {
    name,
    stage,
    role,
    runtime: 'command',
    command: ['true'],
    options: {},
    env: {},
    limits,
    commit: 'agent',
    ...none,
  };
}

export function testClock(): TestClock {
  let now = START;
  const waiting = new Set<{ time: number; fire: () => void }>();
  return {
    now: () => now,
    at(time, fire) {
      const entry = { time, fire };
      waiting.add(entry);
      return () => void waiting.delete(entry);
    },
    move(ms) {
      now += ms;
      for (const entry of [...waiting].sort((a, b) => a.time - b.time)) {
        if (entry.time <= now && waiting.delete(entry)) entry.fire();
      }
    },
    waiting: () => waiting.size,
  };
}
