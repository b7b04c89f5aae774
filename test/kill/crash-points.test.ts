import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { figure } from '../figure.ts';
import { CRASH_POINTS, type CrashPoint } from '../../src/crash-point.ts';
import { Bench, type ProjectFile } from '../e2e/harness.ts';
import { FakeHomeserver } from '../fakes/matrix/homeserver.ts';
import { matrixToml, MatrixRoom } from '../invariants/matrix-room.ts';
import { Reborn } from '../invariants/reborn.ts';
import { spread } from '../invariants/random.ts';
import { settled, underWay } from '../invariants/settled.ts';
import { ThreeNetworks } from '../invariants/three-networks.ts';
import { endOf, violations } from '../invariants/invariants.ts';

/** What happens in a room while Musher dies and comes back; each wait goes on over its deaths. */
interface Play {
  readonly bench: Bench;
  readonly say: (text: string) => void;
  readonly shows: (text: string) => Promise<void>;
  readonly until: (holds: () => boolean, what: string) => Promise<void>;
  readonly ends: (number: number, end: string) => Promise<void>;
}
interface Scenario {
  readonly project: ProjectFile;
  readonly play: (play: Play) => Promise<void>;
  readonly ends: Readonly<Record<number, string>>;
  readonly ownCommits?: readonly string[];
}

const item = (title: string, ...directives: readonly string[]): string =>
  [`create story ${title}`, ...directives.map((one) => `do ${one}`)].join('\n');

const SCENARIOS = {
  /** From an idea to a merge, by an agent that leaves something uncommitted. */
  deliver: {
    project: {
      gates: { test: 'true' },
      sections: '[[component]]\nname = "app"\nsetup = ["echo $MUSHER_ITEM >> {flags}/set-up"]\nteardown = ["true"]\n',
    },
    async play({ say, shows, ends }) {
      say(
        item('Tea', 'coder: session s-1; usage 100 10 0.01; write tea.txt green; commit; write draft.txt rest; usage 200 20 0.02; success'),
      );
      await shows('Created the story 1');
      say('ping');
      say('start 1');
      await ends(1, 'done');
    },
    ends: { 1: 'done' },
  },
  /** An item with a run under way is deleted and purged, after a question. */
  purge: {
    project: {},
    async play({ bench, say, shows, until, ends }) {
      say(item('Secret', 'coder: usage 10 1 0.001; write draft.txt half; raise there; hang'));
      await shows('Created the story 1');
      say('start 1');
      await until(() => bench.raised('there') && bench.only('run.started', 1).length === 1, 'the run');
      say('delete 1 --purge');
      await shows('and purge it?');
      say('yes');
      await ends(1, 'purged');
    },
    ends: { 1: 'purged' },
  },
  /** Two items change the same line; the merge agent brings them together. */
  conflict: {
    project: { agents: { a: 'current', b: 'current', m: 'merge' } },
    async play({ bench, say, shows, until, ends }) {
      say(item('Two', 'coder: write list.txt two; commit; raise ready; await go; usage 1 1 0; success'));
      await shows('Created the story 1');
      say(item('One', 'coder: write list.txt one; commit; usage 1 1 0; success'));
      await shows('Created the story 2');
      say('start 1');
      await until(() => bench.raised('ready'), 'the first coder');
      say('start 2');
      await ends(2, 'done');
      bench.raise('go');
      await ends(1, 'done');
    },
    ends: { 1: 'done', 2: 'done' },
  },
  /** A first attempt leaves nothing, and the base branch moves before the second. */
  renewed: {
    project: {},
    async play({ bench, say, shows, until, ends }) {
      say(item('Late', 'coder@1: raise ready; await go; exit 3'));
      await shows('Created the story 1');
      say('start 1');
      await until(() => bench.raised('ready'), 'the first attempt');
      bench.write('shop/own.txt', 'by hand\n');
      bench.git(['add', '-A']);
      bench.git(['commit', '-q', '-m', 'by hand']);
      bench.raise('go');
      await ends(1, 'done');
    },
    ends: { 1: 'done' },
    ownCommits: ['by hand'],
  },
  /** Musher commits what the agent left. */
  committed: {
    project: { agents: { a: { stage: 'current', keys: 'commit = "musher"' } } },
    async play({ say, shows, ends }) {
      say(item('Hands', 'coder: write a.txt a; usage 1 1 0; success'));
      await shows('Created the story 1');
      say('start 1');
      await ends(1, 'done');
    },
    ends: { 1: 'done' },
  },
  /** A merge is taken back, and a snapshot restored. */
  undone: {
    project: { gates: { test: 'true' } },
    async play({ bench, say, shows, until, ends }) {
      say(item('Tea'));
      await shows('Created the story 1');
      say('start 1');
      await ends(1, 'done');
      // While it is being tidied away the question would be about an item that has changed.
      await until(() => settled(bench), 'the end of its worktree');
      say('undo 1 It is too strong.');
      await shows('back?');
      say('yes');
      await ends(1, 'held');
      say('restore 1 1');
      await until(() => bench.only('item.restored', 1).length === 1, 'the snapshot to be restored');
    },
    ends: { 1: 'held' },
    ownCommits: ['Revert "1: Tea"'],
  },
  /** A reply that changes while it is looked at. */
  live: {
    project: {},
    async play({ say, shows }) {
      say('htop 1');
      await shows('in all, after 1 s');
    },
    ends: {},
  },
} satisfies Record<string, Scenario>;

/** Which points each scenario is killed at: each twice, the second time while it recovers, where it passes it again. */
const KILLS: readonly { readonly what: string; readonly scenario: keyof typeof SCENARIOS; readonly at: readonly CrashPoint[] }[] = [
  {
    what: 'at its start',
    scenario: 'deliver',
    at: ['after-ownership', 'before-migration-commit', 'after-repositories-opened', 'before-start-recorded', 'after-start-recorded'],
  },
  {
    what: 'between a message and its reply',
    scenario: 'deliver',
    at: [
      'after-inbox-insert',
      'before-command',
      'before-command-commit',
      'after-command-commit',
      'before-answer',
      'after-outbox-sending',
      'after-send-before-mark',
      'after-mark-sent',
    ],
  },
  { what: 'while rooms are told', scenario: 'deliver', at: ['before-notification-commit'] },
  {
    what: 'around a run',
    scenario: 'deliver',
    at: [
      'after-run-pending',
      'after-branch-made',
      'before-files-put',
      'after-files-put',
      'after-worktree-opened',
      'after-set-up-before-mark',
      'before-spawn',
      'after-spawn-before-started',
      'after-run-started',
      'after-adoption',
      'after-metered',
      'after-sign-of-life',
      'after-agent-ended',
      'after-snapshot-kept',
      'after-judgement',
      'after-run-ended',
    ],
  },
  {
    what: 'around gates',
    scenario: 'deliver',
    at: ['after-snapshot-before-reset', 'before-receipt', 'after-receipt', 'after-gates-before-result'],
  },
  {
    what: 'around a merge',
    scenario: 'deliver',
    at: [
      'after-squash',
      'after-merge-attempted',
      'after-checkout-noted',
      'after-base-ref-moved',
      'after-checkout-brought-along',
      'after-merge-done',
      'before-tidy',
      'after-worktree-removed',
      'after-branch-removed',
    ],
  },
  { what: 'once the base branch has moved', scenario: 'deliver', at: ['after-base-moved', 'after-merge-found'] },
  { what: 'around a conflict', scenario: 'conflict', at: ['after-conflict', 'after-conflict-staged'] },
  {
    what: 'around a confirmation and a stop',
    scenario: 'purge',
    at: ['after-confirmation-taken', 'after-command-held', 'after-stop-noted', 'after-end-requested'],
  },
  {
    what: 'around a purge',
    scenario: 'purge',
    at: ['before-removal', 'after-run-logs-removed', 'after-removal-recorded', 'before-scrub', 'after-scrub-before-mark'],
  },
  { what: 'when a branch begins anew', scenario: 'renewed', at: ['after-branch-renewed'] },
  { what: 'when it commits for an agent', scenario: 'committed', at: ['after-leftovers-committed'] },
  { what: 'around taking a merge back', scenario: 'undone', at: ['after-undo-attempted', 'after-undo-branch', 'before-restored-recorded'] },
  { what: 'once the base branch has moved back', scenario: 'undone', at: ['after-base-moved-back'] },
  { what: 'in a live reply', scenario: 'live', at: ['after-live-shown'] },
];
/** Points of what each network keeps of its own. */
const OF_NETWORKS: readonly CrashPoint[] = [
  'before-slack-acknowledged',
  'after-slack-post',
  'before-discord-session-kept',
  'after-discord-post',
  'before-matrix-token',
  'after-matrix-put',
];
/** Points with a test of their own. */
const APART: readonly CrashPoint[] = ['before-commit', 'after-commit', 'after-orphan-ended', 'after-copy-compared', ...OF_NETWORKS];
/** Each point kills twice: the second time in what follows the first, its recovery among it. */
const twice =
  (at: readonly CrashPoint[]) =>
  (_: number, died: readonly string[]): CrashPoint[] =>
    at.filter((point) => died.filter((one) => one === point).length < 2);

const ROOMS = ['!one:example.org', '!two:example.org'] as const;
const figures = { deaths: 0, recoveries: [] as number[] };
const opened = { bench: null as Bench | null };
let homeserver: FakeHomeserver | null = null;
afterEach(async () => {
  await opened.bench?.close();
  opened.bench = null;
  await homeserver?.close();
  homeserver = null;
});
afterAll(() => {
  const { median, longest } = spread(figures.recoveries);
  figure(`crash points: ${figures.deaths} kills, 0 lost, 0 doubled; recovered in ${median} ms (median), ${longest} ms (longest)`);
});

/** A machine that is left clean, or the test fails. */
function open(...projects: readonly [ProjectFile, ...ProjectFile[]]): Bench {
  return (opened.bench = new Bench(...projects));
}

/** Plays a scenario with a Musher that dies where it is armed, and holds what is left against the invariants. */
async function survive(
  { project, play, ends: wanted, ownCommits }: Scenario,
  arm: (start: number, died: readonly string[]) => readonly string[],
): Promise<Reborn> {
  const server = new FakeHomeserver();
  homeserver = server;
  await server.listen();
  const bench = open(project);
  bench.append('bot.toml', matrixToml(server, ROOMS));
  const [room, other] = ROOMS.map((id) => new MatrixRoom(server, id)) as [MatrixRoom, MatrixRoom];
  const syncs = (): number => server.requests.filter((request) => request.includes('/sync')).length;
  let syncsAtStart = 0;
  const connected = (): boolean => syncs() > syncsAtStart + 1;
  const musher = new Reborn(bench, {
    environment(start, died) {
      syncsAtStart = syncs();
      const points = arm(start, died);
      return points.length === 0 ? {} : { MUSHER_CRASH_AT: points.join(',') };
    },
    connected,
  });
  const until = (holds: () => boolean, what: string): Promise<void> =>
    musher.until(holds, () => `${what}; the room shows:\n${room.text}\nitem 1: ${bench.path(1).join(' ')}; ${underWay(bench)}`);
  // What was said in a room before the account's first sync is no command.
  await until(connected, 'the first connection');
  await play({
    bench,
    say: (text) => room.say(text),
    shows: (text) => until(() => room.text.includes(text), `"${text}"`),
    until,
    ends: (number, end) => until(() => endOf(bench, number, 'shop') === end, `item ${number} to be ${end}`),
  });
  await until(() => settled(bench), 'nothing to be under way');
  await musher.end();
  expect(
    await violations(bench, 'shop', { rooms: [room, other], ends: wanted, ...(ownCommits === undefined ? {} : { ownCommits }) }),
  ).toEqual([]);
  figures.deaths += musher.deaths;
  figures.recoveries.push(...musher.recoveries);
  return musher;
}

/** A test restarts Musher up to thirty times. */
const LONGEST_MS = 600_000;

describe('Musher that is killed', { timeout: LONGEST_MS }, () => {
  test.each(KILLS)('$what, and there again while it recovers, loses nothing and says nothing twice', async ({ scenario, at }) => {
    const { died } = await survive(SCENARIOS[scenario], twice(at));
    expect(at.filter((point) => !died.includes(point))).toEqual([]);
  });

  test.each([
    ['before', 'before-commit'],
    ['after', 'after-commit'],
  ] as const)('right %s each of its transactions in turn loses nothing and says nothing twice', async (_, point) => {
    // The n-th start dies at its n-th transaction, so that each gets further than the one before.
    const { died } = await survive(SCENARIOS.deliver, (start) => [`${point}:${start + 1}`]);
    expect(died.length).toBeGreaterThan(10);
  });

  test('between what a network did and what Musher keeps of it loses nothing and says nothing twice, on all three', async () => {
    const networks = new ThreeNetworks();
    await networks.open();
    try {
      const bench = open({});
      // A connection that breaks at the end of the other side, which is told as trouble.
      bench.expectedProblems.push(/"msg":"slack"/, /message \d+ is tried again/);
      bench.append('bot.toml', networks.toml);
      let before = networks.connections;
      const musher = new Reborn(bench, {
        environment(start, died) {
          before = networks.connections;
          // Connected once, so that the rooms are known.
          const armed = start === 0 ? [] : twice(OF_NETWORKS)(start, died);
          return armed.length === 0 ? {} : { MUSHER_CRASH_AT: armed.join(',') };
        },
        connected: () => networks.isConnectedSince(before),
      });
      const { slack, discord, matrix } = networks.rooms;
      const until = (holds: () => boolean, what: string): Promise<void> =>
        musher.until(
          holds,
          () =>
            `${what}; died at ${musher.died.join(', ')}; Slack shows: ${slack
              .shown()
              .map(({ text }) => text)
              .join(' | ')}`,
        );
      await until(() => networks.isConnectedSince(before), 'the first connection');
      await musher.kill();
      discord.say('create story Tea');
      await until(() => discord.shown().some(({ text }) => text.includes('Created the story 1')), 'the item');
      matrix.say('ping');
      await until(() => matrix.text.includes('pong'), 'an answer');
      // What is said while no connection stands is read from the channel's history, without an acknowledgement.
      for (let n = 0; n < 5; n += 1) {
        await until(() => musher.isBack && settled(bench), 'quiet');
        slack.say('ping');
        await until(() => slack.shown().filter(({ text }) => text.includes('pong')).length === n + 1, 'an answer in Slack');
      }
      matrix.say('start 1');
      await until(() => endOf(bench, 1, 'shop') === 'done' && settled(bench), 'the end of the item');
      await musher.end();
      expect(await violations(bench, 'shop', { rooms: [slack, discord, matrix], ends: { 1: 'done' } })).toEqual([]);
      expect(OF_NETWORKS.filter((point) => !musher.died.includes(point))).toEqual([]);
      figures.deaths += musher.deaths;
      figures.recoveries.push(...musher.recoveries);
    } finally {
      await networks.close();
    }
  });

  test('while it ends the run of a project that is no longer configured ends it at the next start', async () => {
    const server = new FakeHomeserver();
    homeserver = server;
    await server.listen();
    const bench = open({}, { name: 'other' });
    bench.append('bot.toml', `\n[roles]\noperator = ["ada"]\n${matrixToml(server, [ROOMS[0]])}`);
    const room = new MatrixRoom(server, ROOMS[0]);
    const syncs = (): number => server.requests.filter((request) => request.includes('/sync')).length;
    let syncsAtStart = 0;
    const connected = (): boolean => syncs() > syncsAtStart + 1;
    const musher = new Reborn(bench, {
      environment(start) {
        syncsAtStart = syncs();
        return start === 1 || start === 2 ? { MUSHER_CRASH_AT: 'after-orphan-ended' } : {};
      },
      connected,
    });
    const until = (holds: () => boolean, what: string): Promise<void> => musher.until(holds, () => `${what}:\n${room.text}`);
    await until(connected, 'the first connection');
    room.say('project other');
    room.say(item('Elsewhere', 'coder: raise there; hang'));
    await until(() => room.text.includes('Created the story 1'), 'the item');
    room.say('start 1');
    await until(() => bench.raised('there') && bench.only('run.started', 1, 'other').length === 1, 'the run');
    const file = join(bench.dir, 'bot.toml');
    writeFileSync(file, readFileSync(file, 'utf8').replace(/\[\[project\]\]\nname = "other"\npath = ".*"\n/, ''));
    await musher.kill();
    await until(() => bench.runs(1, 'other').every(({ state }) => state === 'ended') && musher.isBack, 'the end of the run');
    await musher.end();
    expect(musher.died).toEqual(['after-orphan-ended', 'after-orphan-ended']);
    expect(bench.runs(1, 'other').map(({ reason }) => reason)).toEqual(['lost']);
    expect(await violations(bench, 'shop', { rooms: [room], ends: {} })).toEqual([]);
  });

  test('passes every crash point in these tests', () => {
    expect(new Set([...KILLS.flatMap(({ at }) => at), ...APART])).toEqual(new Set(CRASH_POINTS));
  });
});
