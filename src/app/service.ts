import { oneLine } from '../agents/text.ts';
import type { Origin } from '../git/names.ts';
import { projectMark } from '../log/identity.ts';
import { oldUntilOf } from '../log/open-log.ts';
import { OutputKeeper } from '../agents/process/output-keeper.ts';
import { SignIns } from '../engine/run/sign-ins.ts';
import { pricing } from '../agents/runtimes/pricing.ts';
import type { Failure } from '../pipeline/types.ts';
import { faultWords } from '../words/item/faults.ts';
import { createHash } from 'node:crypto';
import { crashPoint } from '../crash-point.ts';
import { realpathSync } from 'node:fs';
import process from 'node:process';
import { COMMANDS } from '../../commands/index.ts';
import { readLog } from '../agents/transcript.ts';
import type { Project } from '../bot/capabilities.ts';
import { withWindows } from '../bot/page/windows.ts';
import { rightsFrom } from '../bot/rights/rights.ts';
import { systemClock } from '../clock.ts';
import { reportCommands } from '../bot/measured/commands.ts';
import { Measurements } from '../engine/measure/measure.ts';
import { readSettings } from './lifecycle/read-settings.ts';
import type { Settings } from '../config/settings.ts';
import { demoDataDir, demoSettings, fillDemoBacklog, makeDemoRepository } from './demo.ts';
import { isWindow } from './networks.ts';
import { namesOf } from '../decide/people.ts';
import { hasPictures, seenFrom } from './rooms.ts';
import { AS_ROOT, isRoot } from './lifecycle/greeting.ts';
import { dumper } from './lifecycle/dumps.ts';
import { redactorFor } from '../redaction/redactor.ts';
import { openProjectGit } from '../git/open-project.ts';
import { Log } from '../log/log.ts';
import { openLogFile } from './log-file.ts';
import type { Asker } from '../log/tables/two-person.ts';
import { takeOwnership } from '../log/owner.ts';
import { McpEndpoint } from '../mcp/endpoint.ts';
import { machineUse, openRunProcesses, processWatch } from './processes.ts';
import { readLastShutdown } from '../engine/recovery/start.ts';
import { runDir, type EngineParts, type EngineProject } from '../engine/parts.ts';
import { trySandboxes } from './sandboxes.ts';
import { musherVersion } from '../version.ts';
import { runMusher } from './run-musher.ts';
import type { Streams } from './streams.ts';
import type { BotParts } from '../bot/bot-parts.ts';

export interface StartOptions extends Streams {
  /** Absolute path of bot.toml; null: the embedded demo. */
  readonly config: string | null;
  /** Absolute; wins over what the configuration says. */
  readonly dataDir: string | null;
}

/** Between the polite and the final end of an agent. */
const STOP_GRACE_MS = 10_000;
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
  // A script ends by itself, before anybody could look.
  if (options.config === null) return demoSettings(options.dataDir ?? demoDataDir(process.env), !options.batch);
  const loaded = readSettings(options.config, process.env);
  if (!loaded.ok) throw loaded.error;
  return options.dataDir === null ? loaded.value : { ...loaded.value, dataDir: options.dataDir };
}

async function serve(options: StartOptions, read: Settings): Promise<number> {
  const clock = systemClock();
  const startedAt = clock.now();
  const { settings, boxes } = await trySandboxes(read, process.env, clock);
  const { dataDir } = settings;
  const redactor = redactorFor(settings.secrets);
  const logFile = openLogFile(dataDir, settings.logLevel, redactor, options.stderr);
  if (isRoot()) logFile.warn(AS_ROOT);
  const log = Log.open(dataDir, clock, redactor);
  const keeper = new OutputKeeper();
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
          origin: originOf(log, project.name),
          gone: () => log.reads.base(project.name)?.gone ?? [],
        }),
      ),
    );
    crashPoint('after-repositories-opened');
    const before = readLastShutdown(log);
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

    const names = namesOf(log, settings);
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
      pricing: pricing(settings.prices),
      failureText: ({ summary }: Pick<Failure, 'summary'>) => faultWords(summary, names.nameOf),
      nameOf: names.nameOf,
      signIns: new SignIns(clock, process.env),
      keeper,
    };
    const access = new McpEndpoint({
      ...shared,
      settings: settings.mcp,
      people: settings.approvals,
      seenFrom: (project, now) => seenFrom(settings, log.reads, project, now),
    });
    const engineParts: EngineParts = { ...shared, access };
    const askerOf = (room: string): Asker | null => log.windows.byId(room, clock.now())?.asker ?? null;
    const measurements = new Measurements(engineParts);
    const bot: Omit<BotParts, 'networks' | 'backups' | 'rooms' | 'reconfiguration' | 'restart'> = {
      log,
      clock,
      rights: withWindows(rightsFrom(settings), { isWindow, askerOf }),
      roomProject(transport, room) {
        const at = isWindow(transport) ? askerOf(room) : { transport, room };
        if (at === null) return null;
        // A session speaks of what its room speaks of when it is asked, until somebody switches it.
        const switched = isWindow(transport) ? log.reads.roomProject(at.transport, at.room) : null;
        return switched ?? settings.rooms.find((one) => one.transport === at.transport && one.id === at.room)?.project ?? null;
      },
      hasPictures: (transport, room) => hasPictures(settings, transport, room),
      timezone: settings.timezone,
      nameOf: names.nameOf,
      projects: [first, ...rest],
      commands: [...COMMANDS, ...reportCommands(settings.projects)],
      measurements,
      runLog: (item, run, lines) => readLog(runDir(engineParts, item.project, item.number, run), lines),
      dump: dumper({ log, clock, dataDir, redactor, version }),
      machine: () => machineUse(dataDir),
      processes: processWatch(() => openRunProcesses(engineParts)),
      version,
      startedAt,
    };
    return await runMusher(options, settings, bot, engineParts, before, onProblem);
  } finally {
    await keeper.close();
    log.close();
  }
}

/** The mark that distinguishes a project's branches, snapshots and merges from those of other logs and projects. */
function originOf(log: Log, project: string): Origin {
  let mark: string | null = null;
  const until = oldUntilOf(log);
  return {
    mark: () => (mark ??= projectMark(log.reads, project)),
    old: (number) => {
      const item = until === null ? null : log.reads.item(project, number);
      return item === null || until === null || item.createdAt > until ? null : { title: oneLine(item.title, 200) };
    },
  };
}
