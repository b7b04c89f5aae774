import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { makeDesk, makeWorld, type Desk } from '../commands/harness.ts';

let desk: Desk;
beforeAll(async () => {
  desk = await makeDesk();
});
afterAll(() => desk.remove());

it('who has no name in the configuration is called as their network calls them, in answers, in history and in search', async () => {
  const world = makeWorld(desk);
  onTestFinished(() => world.close());
  world.log.transaction((tx) => tx.people.put('test:operator', { name: 'Bob Miller', looks: 'bobmlller', learnt: 0 }));
  const n = world.make();
  const said = async (text: string): Promise<string> => (await world.say(text)).text;
  expect(await said(`start ${n}`)).toContain('started by Bob Miller');
  expect(await said(`comment ${n} look at the parser`)).toContain('Bob Miller');
  expect(await said(`stop ${n}`)).toContain('Bob Miller');
  for (const text of [`history ${n}`, `why ${n}`, `show ${n}`, 'search parser', `budget ${n}`])
    expect(await said(text)).not.toContain('operator');
  expect(await said(`history ${n}`)).toContain('Bob Miller');
});

it('no text for people takes the name of a person from the id alone', () => {
  const found = execFileSync('git', ['grep', '-n', 'actorName(', '--', 'src', 'commands'], { encoding: 'utf8' }).split('\n');
  const allowed = [
    // Where names come from, and where a text is typed back.
    /^src\/(pipeline\/actor|decide\/people|app\/networks)\.ts/,
    /^src\/words\/budget\.ts.*person:/,
    // Agents, who have no other name.
    /^src\/pipeline\/transition\.ts.*agent: /,
    /^src\/notices\/announce\.ts.*(agent = actorName|asked for)/,
  ];
  expect(found.filter((one) => one !== '' && !allowed.some((place) => place.test(one)))).toEqual([]);
});
