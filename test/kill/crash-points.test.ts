import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { figure } from '../figure.ts';
import { CRASH_POINTS } from '../../src/crash-point.ts';
import { Bench, type ProjectFile } from '../e2e/harness.ts';
import { FakeHomeserver } from '../fakes/matrix/homeserver.ts';
import { matrixToml, MatrixRoom } from '../invariants/matrix-room.ts';
import { Reborn } from '../invariants/reborn.ts';
import { spread } from '../invariants/random.ts';
import { settled, underWay } from '../invariants/settled.ts';
import { endOf, violations } from '../invariants/invariants.ts';
import { APART, KILLS, twice, OF_NETWORKS } from './points.ts';
import { item, SCENARIOS, type Scenario } from './scenarios.ts';

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
  if (figures.deaths === 0) return;
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

/** A test restarts Musher up to thirty times, which takes half a minute on a quiet machine. */
const LONGEST_MS = 300_000;

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
    await until(() => room.text.includes('Created story #1'), 'the item');
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
    expect(new Set([...KILLS.flatMap(({ at }) => at), ...APART])).toEqual(new Set([...CRASH_POINTS, ...OF_NETWORKS]));
  });
});
