import { actorName } from '../../src/pipeline/actor.ts';
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { COMMANDS } from '../../commands/index.ts';
import { rightsFrom } from '../../src/bot/rights/rights.ts';
import { Router } from '../../src/bot/loop/router.ts';
import { systemClock } from '../../src/clock.ts';
import { demoSettings } from '../../src/app/demo.ts';
import { openProjectGit } from '../../src/git/open-project.ts';
import { Log } from '../../src/log/log.ts';
import { median, millis, quantile, seconds, times, type Row } from './measure.ts';
import { databaseOf } from '../log/database-of.ts';

/** Handles one message and gives the milliseconds from the sink to the reply's row in the outbox. */
type Say = (text: string) => Promise<number>;

interface Desk {
  readonly say: Say;
  /** Seconds for the commits that a message takes, with one small row each: what the disk alone asks for. */
  bareCommits(): number;
  close(): Promise<void>;
}

const ROUNDS = 400;
/** Of a message: the inbox row, then the reply with the audit. */
const COMMITS = 2;
/** What people type all day, one of them changing something. */
const MIX = ['status', 'show 3', 'why 5', 'history 4', 'backlog', 'cost', 'ping', 'help show', 'create bug Late orders -- again', 'stauts'];

/** Commands on a small and on a large log: the real router, commands and tables, each message through inbox and outbox. */
export async function benchCommands(dir: string, small: string, large: string): Promise<Row[]> {
  const desks = { small: await openDesk(join(dir, 'desk-small'), small), large: await openDesk(join(dir, 'desk-large'), large) };
  const rows: Row[] = [];
  for (const command of ['status', 'show']) {
    const taken: { small: number[]; large: number[] } = { small: [], large: [] };
    // In turns, so that a busy moment of the machine hits both. The first items of both logs have the same history.
    for (let round = 0; round < ROUNDS; round++)
      for (const size of ['small', 'large'] as const) {
        const time = await desks[size].say(command === 'show' ? `show ${(round % 10) + 1}` : command);
        if (round >= 20) taken[size].push(time);
      }
    const [floor, musher] = [median(taken.small), median(taken.large)];
    const ratio = musher / floor;
    const what = `${command}: median on the large log, against a log of 1,000 events`;
    rows.push({ what, floor: millis(floor), musher: millis(musher), ratio: times(ratio), goal: '≤ 1.2×', met: ratio <= 1.2 });
  }
  const handling: number[] = [];
  const commits: number[] = [];
  for (let round = 0; round < ROUNDS * 5; round++) {
    const time = await desks.large.say(MIX[round % MIX.length] ?? 'ping');
    const bare = desks.large.bareCommits() * 1_000;
    if (round >= 100) {
      handling.push(time);
      commits.push(bare);
    }
  }
  const p99 = quantile(handling, 0.99);
  rows.push({
    what: `handling a command, from sink to outbox: p99 of ${handling.length.toLocaleString('en')} on the large log`,
    floor: `${millis(quantile(commits, 0.99))} (the same commits, bare)`,
    musher: `${millis(p99)} (median ${millis(median(handling))})`,
    ratio: times(p99 / quantile(commits, 0.99)),
    goal: '≤ 5 ms',
    met: p99 <= 5,
  });
  await desks.small.close();
  await desks.large.close();
  return rows;
}

async function openDesk(dir: string, data: string): Promise<Desk> {
  const settings = demoSettings(data);
  const [project] = settings.projects;
  if (project === undefined) throw new Error('the demo has a project');
  const repository = join(dir, 'repository');
  mkdirSync(repository, { recursive: true });
  const git = (...args: string[]): unknown =>
    execFileSync('git', ['-c', 'user.name=Ann', '-c', 'user.email=ann@example.org', ...args], { cwd: repository });
  git('init', '-q', '-b', project.baseBranch);
  git('commit', '-q', '--allow-empty', '-m', 'begin');
  const clock = systemClock();
  const log = Log.open(data, clock);
  const opened = await openProjectGit({
    origin: { mark: () => '0123abcd', old: () => null },
    project: project.name,
    repository,
    baseBranch: project.baseBranch,
    dataDir: dir,
    clock,
  });
  const waiting = new Map<number, () => void>();
  const router = new Router({
    log,
    clock,
    nameOf: actorName,
    rights: rightsFrom({
      roles: { admin: ['bench:ann'], operator: [], viewer: [] },
      projectRoles: [{ project: project.name, roles: { admin: [], operator: [], viewer: [] } }],
      directMessages: false,
      twoPerson: [],
      people: [],
      rooms: [],
    }),
    roomProject: () => null,
    hasPictures: () => false,
    timezone: 'UTC',
    projects: [{ name: project.name, settings: project, git: opened, agents: project.agents }],
    commands: COMMANDS,
    runLog: () => Promise.resolve([]),
    processes: () => Promise.resolve([]),
    machine: () => Promise.resolve({ load: 0, cores: 1, memoryBytes: 1, usedMemoryBytes: 0, disk: null }),
    dump: () => Promise.resolve({ ok: false, error: 'not here' }),
    backups: {
      make: () => Promise.resolve({ ok: false, error: 'none in a bench' }),
      state: () => ({ newest: null, count: 0, next: null, problem: null }),
    },
    networks: () => [],
    rooms: () => [],
    reconfiguration: () => ({ ok: true, value: { changed: [], builtIn: false, dataDir: false } }),
    measurements: { make: () => Promise.resolve({ ok: false, error: { why: 'stopped' } }), stop: () => Promise.resolve() },
    restart: () => undefined,
    version: '0',
    startedAt: clock.now(),
    addressing: () => ({ botNames: ['musher'], botIds: [], prefix: '!' }),
    showLive: () => Promise.resolve(),
    onIncident: (_id, error) => {
      throw error;
    },
    showWork: () => {},
    flood: { burst: 10_000, perMinute: 600_000, waiting: 10_000 },
    newIncidentId: () => 'bench',
    onAnswered: (inbox) => waiting.get(inbox)?.(),
  });
  let messages = 0;
  const say: Say = async (text) => {
    messages += 1;
    const start = performance.now();
    const inbox = router.receive({
      id: `${start}-${messages}`,
      at: { transport: 'bench', room: 'lobby', thread: null },
      sender: { transport: 'bench', id: 'ann', name: 'Ann' },
      ingress: 'terminal',
      text,
    });
    if (inbox === null) throw new Error(`not taken in: ${text}`);
    await new Promise<void>((resolve) => {
      waiting.set(inbox, resolve);
    });
    waiting.delete(inbox);
    return performance.now() - start;
  };
  const mark = databaseOf(log).prepare("INSERT OR REPLACE INTO cursors (subscriber, seq) VALUES ('bench', ?)");
  return {
    say,
    bareCommits: () =>
      seconds(() => {
        for (let commit = 0; commit < COMMITS; commit++) mark.run(commit);
      }),
    async close() {
      await router.stop();
      log.close();
    },
  };
}
