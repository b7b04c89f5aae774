import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { crashPoint } from './crash-point.ts';
import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import process from 'node:process';
import { COMMANDS } from '../commands/index.ts';
import { consoleTransport, LOCAL_OWNER_ID, TERMINAL_ADDRESS } from '../transports/console/console.ts';
import { readLog } from './agents/transcript.ts';
import { runBatch } from './batch.ts';
import type { NetworkState, Project } from './bot/capabilities.ts';
import { projectOf, type BotParts } from './bot/context.ts';
import { Delivery } from './bot/delivery.ts';
import { retireButtons } from './bot/retire-buttons.ts';
import { rightsFrom } from './bot/rights.ts';
import { Router } from './bot/router.ts';
import { systemClock } from './clock.ts';
import { loadSettings } from './config/load.ts';
import type { Settings } from './config/settings.ts';
import { demoDataDir, demoSettings, fillDemoBacklog, makeDemoRepository } from './demo.ts';
import { watchAbsences } from './lifecycle/absence.ts';
import { Ending, endOfRuns, isGoodbye, openRuns } from './lifecycle/ending.ts';
import { Connections } from './connections.ts';
import { networkTransports } from './networks.ts';
import { roomDirectory, seenFrom } from './rooms.ts';
import { offerOf } from './offer.ts';
import { dumper } from './lifecycle/dumps.ts';
import { Exchanges } from './lifecycle/exchanges.ts';
import { flushed } from './lifecycle/flushed.ts';
import { greeting } from './lifecycle/greeting.ts';
import { localName } from './lifecycle/local-name.ts';
import { shutDown } from './lifecycle/shut-down.ts';
import { redactorFor } from './redaction/redactor.ts';
import { openProjectGit } from './git/project-git.ts';
import { decide, projectFacts } from './log/facts.ts';
import type { Follower } from './log/follow.ts';
import { Log } from './log/log.ts';
import { openLogFile } from './log-file.ts';
import { takeOwnership } from './log/owner.ts';
import type { IncomingMessage } from './message/address.ts';
import { McpEndpoint } from './mcp/endpoint.ts';
import { processWatch } from './processes.ts';
import { Engine } from './subscribers/engine.ts';
import { keepRequests } from './subscribers/requests.ts';
import { beginAgain, howItEnded, type Before } from './subscribers/recovery/start.ts';
import { Timers } from './subscribers/timers.ts';
import { startNotify } from './subscribers/notify.ts';
import { runDir, runMarker, type EngineParts, type EngineProject } from './subscribers/parts.ts';
import { upkeep } from './upkeep.ts';
import { trySandboxes } from './sandboxes.ts';
import { musherVersion } from './version.ts';

export interface StartOptions {
  /** Absolute path of bot.toml; null: the embedded demo. */
  readonly config: string | null;
  /** Absolute; wins over what the configuration says. */
  readonly dataDir: string | null;
  /** Messages come as the lines of a script. */
  readonly batch: boolean;
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly stderr: Writable;
}

/** Between the polite and the final end of an agent. */
const STOP_GRACE_MS = 10_000;
/** How long the end of Musher waits for messages that are still to be sent. */
const LAST_MESSAGES_MS = 5_000;
/** Runs Musher until its input ends, a person leaves, or a signal comes. Resolves to the exit code. */
export async function startMusher(options: StartOptions): Promise<number> {
  const settings = settingsFor(options);
  const ownership = takeOwnership(settings.dataDir);
  try {
    crashPoint('after-ownership');
    if (settings.file === null) await makeDemoRepository(settings.projects[0]?.path ?? '');
    return await serve(options, settings);
  } finally {
    ownership.release();
  }
}

function settingsFor(options: StartOptions): Settings {
  if (options.config === null) return demoSettings(options.dataDir ?? demoDataDir(process.env));
  const loaded = loadSettings(options.config, process.env);
  if (!loaded.ok) throw loaded.error;
  return options.dataDir === null ? loaded.value : { ...loaded.value, dataDir: options.dataDir };
}

async function serve(options: StartOptions, read: Settings): Promise<number> {
  const clock = systemClock();
  const startedAt = clock.now();
  const { settings, boxes } = await trySandboxes(read, process.env, clock);
  const { dataDir } = settings;
  const redactor = redactorFor(settings.secrets);
  const logFile = openLogFile(dataDir, settings.logLevel, redactor);
  const log = Log.open(dataDir, clock, redactor);
  try {
    const version = musherVersion();
    const gits = await Promise.all(
      settings.projects.map((project) =>
        openProjectGit({
          project: project.name,
          repository: project.path,
          baseBranch: project.baseBranch,
          dataDir,
          clock,
          box: boxes.get(project.name) ?? null,
        }),
      ),
    );
    crashPoint('after-repositories-opened');
    const before = howItEnded(log);
    if (settings.file === null) fillDemoBacklog(log);
    const engineProjects = new Map<string, EngineProject>();
    const projects: Project[] = [];
    settings.projects.forEach((project, i) => {
      const git = gits[i];
      if (git === undefined) throw new Error('one repository for each project');
      engineProjects.set(project.name, { settings: project, git, box: boxes.get(project.name) ?? null });
      projects.push({ name: project.name, settings: project, git, agents: project.agents });
    });
    const [first, ...rest] = projects;
    if (first === undefined) throw new Error('the configuration was checked to have a project');

    const onProblem = (what: string, error: unknown): void => logFile.error({ err: error }, what);
    const shared = {
      log,
      clock,
      dataDir,
      installation: createHash('sha256').update(realpathSync(dataDir)).digest('hex').slice(0, 12),
      projects: engineProjects,
      onProblem,
      stopGraceMs: STOP_GRACE_MS,
      redactor,
    };
    const access = new McpEndpoint({
      ...shared,
      settings: settings.mcp,
      people: settings.approvals,
      seenFrom: (project, now) => seenFrom(settings, log.reads, project, now),
    });
    const engineParts: EngineParts = { ...shared, access };
    const bot: Omit<BotParts, 'networks' | 'backups' | 'rooms'> = {
      log,
      clock,
      rights: rightsFrom(settings),
      roomProject: (transport, room) => settings.rooms.find((one) => one.transport === transport && one.id === room)?.project ?? null,
      timezone: settings.timezone,
      projects: [first, ...rest],
      commands: COMMANDS,
      runLog: (item, run, lines) => readLog(runDir(engineParts, item.project, item.number, run), lines),
      dump: dumper({ log, clock, dataDir, redactor, version }),
      processes: processWatch(() => openRunProcesses(engineParts)),
      version,
      startedAt,
    };
    return await converse(options, settings, bot, engineParts, before, onProblem);
  } finally {
    log.close();
    logFile.flush();
  }
}

/** Wires log, engine, router and terminal together, and takes them apart again in the reverse order. */
async function converse(
  options: StartOptions,
  settings: Settings,
  shared: Omit<BotParts, 'networks' | 'backups' | 'rooms'>,
  engineParts: EngineParts,
  before: Before,
  onProblem: (what: string, error: unknown) => void,
): Promise<number> {
  const { log, clock } = shared;
  const { version, startedAt } = shared;
  const networksNow = (): NetworkState[] => connections.states();
  const kept = upkeep({ settings, log, clock, networks: networksNow, version, startedAt, onProblem });
  const rooms = roomDirectory({
    settings,
    reads: log.reads,
    speaksOf: (transport, room) => projectOf(bot, transport, room).name,
    hasThreads: (transport) => connections.named(transport)?.capabilities.threads === true,
    hasButtons: (transport) => {
      const { buttons = false, reactions = false } = connections.named(transport)?.capabilities ?? {};
      return buttons || reactions;
    },
  });
  const bot: BotParts = { ...shared, networks: networksNow, backups: kept.backups, rooms: () => rooms.all() };
  const ending = new Ending();
  // Nothing else holds the process while agents work: timers never do, and their output goes to files.
  const alive = setInterval(() => undefined, 2 ** 30);
  const address = TERMINAL_ADDRESS;
  const exchanges = new Exchanges();
  const terminal = consoleTransport({
    input: options.batch ? null : options.stdin,
    output: options.stdout,
    clock,
    userName: localName(process.env),
    colour: (process.env['NO_COLOR'] ?? '') === '' && process.env['TERM'] !== 'dumb',
    dumb: process.env['TERM'] === 'dumb',
    prompt: () => `${projectOf(bot, address.transport, address.room).name}> `,
    complete: (line) => router.complete(line, { sender: localOwner(), at: address, ingress: 'terminal' }),
    historyFile: join(settings.dataDir, 'history'),
    remembered: (line) => engineParts.redactor.redact(line),
    onExit: () => {
      // Run by a service manager there is no terminal: Musher then goes on for its networks.
      if (connections.all.length === 1 || options.stdin.isTTY === true) ending.begin('stop');
    },
    report: (error) => onProblem('the terminal', error),
  });
  const networks = await networkTransports({
    settings,
    log,
    clock,
    rights: bot.rights,
    offer: offerOf(COMMANDS, (text, typist) => router.complete(text, typist)),
    report: (network, error) => onProblem(network, error),
  });
  const connections: Connections = new Connections(terminal, networks, log.outbox, clock, onProblem, () => delivery.wake());
  const delivery: Delivery = new Delivery({
    log,
    clock,
    random: Math.random,
    transports: connections.all,
    isOpen: (name) => connections.isOpen(name),
    onSent: (row) => {
      connections.tried(row.to, null);
      if (row.inbox !== null) exchanges.printed(row.inbox);
    },
    onProblem: (row, error, dead) => {
      connections.tried(row.to, { error, dead });
      onProblem(dead ? `message ${row.id} was given up` : `message ${row.id} is tried again`, error);
    },
  });
  const router: Router = new Router({
    ...bot,
    addressing: (name) => {
      const identity = connections.named(name)?.identity() ?? null;
      return { botNames: [settings.name, ...(identity?.names ?? [])], botIds: identity?.ids ?? [], prefix: '!' };
    },
    showWork: (message, working) => connections.showWork(message, working),
    showLive: (message, inbox, body) => delivery.showLive(message, inbox, engineParts.redactor.redactAll(body)),
    onIncident: (id, error, words) => onProblem(`incident ${id} in ${words === '' ? 'a message' : words}`, error),
    flood: settings.flood,
    newIncidentId: () => randomBytes(4).toString('hex'),
    onAnswered: (inbox, reply) => exchanges.answered(inbox, reply),
  });
  const engine = new Engine(engineParts);
  const timers = new Timers({ log, clock, timezone: settings.timezone, onProblem, takeUp: (id, message) => router.takeUp(id, message) });

  const who = { project: bot.projects[0].name, item: null, actor: 'musher', cause: null } as const;
  const { differences } = await beginAgain(engineParts, before, version);
  for (const difference of differences) options.stderr.write(`The log and its tables differ: ${difference}. Run \`musher verify\`.\n`);
  crashPoint('after-start-recorded');
  const notify = startNotify({
    log,
    settingsOf: (name) => settings.projects.find((project) => project.name === name) ?? null,
    roomsOf: (name) => rooms.notified(name),
    allRooms: () => rooms.everyone(),
    timezone: settings.timezone,
    onError: (error) => onProblem('a notification', error),
  });
  const requests = keepRequests({ log, clock, onError: (error) => onProblem('what agents ask people for', error) });
  if (!options.batch) options.stdout.write(greeting(settings, bot.version));
  const receive = (message: IncomingMessage): 'accepted' | 'duplicate' | 'ignored' => {
    if (!router.isAddressed(message)) return 'ignored';
    if (message.ingress === 'terminal' && isGoodbye(message.text)) {
      ending.begin('stop');
      return 'accepted';
    }
    return router.receive(message) === null ? 'duplicate' : 'accepted';
  };
  const unlistenSignals = ending.listen(options.stderr);
  let exitCode = 0;
  let buttons: ReturnType<typeof retireButtons> | null = null;
  let absences: ReturnType<typeof watchAbsences> | null = null;
  try {
    // First: where its port is taken, nothing else has begun.
    await kept.start();
    delivery.start();
    router.start();
    engine.start();
    timers.start();
    await terminal.start(receive);
    connections.startNetworks(receive);
    buttons = retireButtons({ log, clock, transports: connections.all, isOpen: (name) => connections.isOpen(name), onProblem });
    absences = watchAbsences({ log, clock, networks: networksNow, rooms: () => rooms.all(), timezone: settings.timezone, onProblem });
    // A command that waits is told so at once: a script that it belongs to could not go on to its end otherwise.
    ending.signal.addEventListener('abort', () => void router.stop(), { once: true });
    if (options.batch) {
      exitCode = await runBatch(batchParts(options, bot, router, exchanges, log, notify, ending.signal));
      ending.begin('stop');
    }
    await ending.begun;
  } finally {
    // Where a part broke down, agents are left to go on: the next start takes them up.
    ending.begin('release');
    const leave = await ending.begun;
    const runs = openRuns(log.reads, engineParts.projects.keys());
    await shutDown(
      [
        ['the timers', () => timers.stop()],
        ['taking messages', () => router.stop()],
        ['the engine', () => engine.stop(leave)],
        ['what agents call', () => engineParts.access?.close()],
        ['the last notifications', () => flushed(log, notify, options.batch)],
        ['what agents ask', () => requests.stop()],
        ['following the log', () => notify.stop()],
        ['sending', () => delivery.stop(AbortSignal.timeout(LAST_MESSAGES_MS))],
        ['the networks', () => connections.stopNetworks(AbortSignal.timeout(LAST_MESSAGES_MS))],
        ['the terminal', () => terminal.stop(AbortSignal.timeout(LAST_MESSAGES_MS))],
        [
          'the last entry',
          () => log.transaction((tx) => void tx.record({ ...who, kind: 'musher.stopped', payload: { pid: process.pid } })),
        ],
        ['taking buttons away', () => buttons?.stop()],
        ['looking at the networks', () => absences?.stop()],
        ['upkeep', () => kept.stop()],
      ],
      onProblem,
    );
    options.stderr.write(endOfRuns(runs, leave));
    unlistenSignals();
    clearInterval(alive);
  }
  return exitCode;
}

/** Whoever started Musher in a terminal. */
function localOwner(): IncomingMessage['sender'] {
  return { transport: TERMINAL_ADDRESS.transport, id: LOCAL_OWNER_ID, name: localName(process.env) };
}

function batchParts(
  options: StartOptions,
  bot: BotParts,
  router: Router,
  exchanges: Exchanges,
  log: Log,
  notify: Follower,
  signal: AbortSignal,
): Parameters<typeof runBatch>[0] {
  const { clock } = bot;
  const sender = localOwner();
  return {
    input: options.stdin,
    complain: (text) => options.stderr.write(`${text}\n`),
    clock,
    say: (text) => {
      const id = router.receive({ id: randomUUID(), at: TERMINAL_ADDRESS, sender, ingress: 'terminal', text });
      if (id === null) throw new Error('a message of the script was not taken');
      return exchanges.wait(id);
    },
    find: (word) => {
      const [, project, number] = /^(?:(.+)#|#)?(\d{1,15})$/.exec(word) ?? [];
      const current = projectOf(bot, TERMINAL_ADDRESS.transport, TERMINAL_ADDRESS.room).name;
      return number === undefined ? null : log.reads.item(project ?? current, Number(number));
    },
    // Also one that has just come due, whose command is not done yet.
    hasTimer: (item) => log.reads.timers.ofItem(item.project, item.number).length > 0 || log.inbox.open(0, 1).length > 0,
    step: (item) => {
      const project = bot.projects.find(({ name }) => name === item.project) ?? bot.projects[0];
      return decide(log.reads, item, projectFacts(log.reads, project.settings, clock.now()));
    },
    onCommit: (listener) => log.onCommit(listener),
    flush: () => flushed(log, notify, true),
    signal,
  };
}

function openRunProcesses(
  parts: EngineParts,
): { label: string; project: string; processes: { marker: string; pid: number; pidStart: string | null } }[] {
  return [...parts.projects.keys()].flatMap((name) =>
    parts.log.reads.openRuns(name).flatMap((run) => {
      const item = parts.log.reads.item(name, run.item);
      if (item === null || run.pid === null) return [];
      return [
        {
          label: `${run.agent} on ${run.item}`,
          project: name,
          processes: { marker: runMarker(parts, item, run.run), pid: run.pid, pidStart: run.pidStart },
        },
      ];
    }),
  );
}
