import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { decide, projectFacts } from '../../src/decide/facts.ts';
import { migrate } from '../../src/log/schema/migrations.ts';
import { verifyAll } from '../../src/log/verify.ts';
import { ATTENTIONS } from '../../src/pipeline/next/attention.ts';
import { stepSign } from '../../src/words/item/step.ts';
import {
  blockedStage,
  doneStage,
  makeDesk,
  makeWorld,
  moveTo,
  projectSettings,
  seeWork,
  startRun,
  type Desk,
  type World,
} from '../commands/harness.ts';
import { databaseOf } from './database-of.ts';

let desk: Desk;
let world: World;
beforeAll(async () => {
  desk = await makeDesk();
});
afterAll(() => desk.remove());
beforeEach(() => {
  world = makeWorld(desk);
});
afterEach(() => world.close());

/** One item of each kind that matters; gives what is in the table. */
function fill(): string[] {
  const at = (to: Parameters<typeof moveTo>[2], qaMode: 'human' | 'agent' | null = null): number => {
    const n = world.make({ qaMode });
    moveTo(world, n, { name: 'current' });
    seeWork(world, n);
    if (to.name !== 'current') moveTo(world, n, to);
    return n;
  };
  const [stopped, review, usual, agent, reviewed, blocked, held] = [
    at({ name: 'current' }),
    at({ name: 'qa' }, 'human'),
    at({ name: 'qa' }),
    at({ name: 'qa' }, 'agent'),
    at({ name: 'qa' }),
    at(blockedStage()),
    at(blockedStage('reviewHeld')),
  ];
  world.record(stopped, 'item.held', { why: 'later' });
  startRun(world, reviewed, 'qa');
  at({ name: 'current' });
  const merged = at({ name: 'merge', branch: 'b', commitsAhead: 1 as never });
  moveTo(world, merged, doneStage);
  const gone = at(blockedStage());
  world.record(gone, 'item.deleted', { purge: false });
  world.make();
  expect(agent).toBe(4);
  return [`blocked ${blocked}`, `blocked ${held}`, `qa ${usual}`, `review ${review}`, `stopped ${stopped}`];
}

function inTable(): string[] {
  return ATTENTIONS.flatMap((why) => world.log.reads.attention.items('shop', why, 100).map(({ number }) => `${why} ${number}`)).sort();
}

it('the items that wait for a person by themselves are known without a look at the others', async () => {
  const expected = fill();
  expect(inTable()).toEqual(expected);
  expect(world.log.reads.attention.counts('shop')).toEqual({ stopped: 1, blocked: 2, review: 1, qa: 1 });
  // The engine's own decision says the same of each item.
  const facts = projectFacts(world.log.reads, projectSettings('shop', '/nowhere'), world.clock.now());
  const signs = Array.from({ length: world.log.reads.lastNumber('shop') }, (_, i) => world.item(i + 1))
    .filter((item) => item.stage.name !== 'backlog' && item.deletedAt === null)
    .filter((item) => ['!', '✗'].includes(stepSign(decide(world.log.reads, item, facts))))
    .map(({ number }) => number);
  expect(signs).toEqual(expected.map((one) => Number(one.split(' ')[1])).sort((a, b) => a - b));
  await world.say('start 1');
  await world.say('retry 6');
  expect(inTable()).toEqual(['blocked 7', 'qa 3', 'review 2']);
  expect(verifyAll(databaseOf(world.log)).differences).toEqual([]);
});

it('a log of a version without that table gets it filled', () => {
  const expected = fill();
  const db = databaseOf(world.log);
  // As it was before version 24: what later steps add is not there either.
  db.exec('DROP TABLE attention; ALTER TABLE inbox DROP COLUMN files');
  db.pragma('user_version = 23');
  migrate(db);
  expect(inTable()).toEqual(expected);
  expect(verifyAll(db).differences).toEqual([]);
});
