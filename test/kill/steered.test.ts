import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { Bench } from '../e2e/harness.ts';
import { FakeHomeserver } from '../fakes/matrix/homeserver.ts';
import { seenMessages } from '../fakes/matrix/room-view.ts';
import { endOf, violations } from '../invariants/invariants.ts';
import { matrixToml, MatrixRoom } from '../invariants/matrix-room.ts';
import { Reborn } from '../invariants/reborn.ts';
import { settled, underWay } from '../invariants/settled.ts';
import { item } from './scenarios.ts';

const ROOMS = ['!one:example.org', '!two:example.org'] as const;
/** Two people, and a ladder whose steps come due at once: the rooms that were asked, then Ada alone. */
const PEOPLE = `
[[person]]
name = "ben"
matrix = "@ben:example.org"

[roles]
operator = ["ada", "ben"]
direct_messages = true

[[climb]]
after = "1s"
to = "here"

[[climb]]
after = "2s"
to = "@ada"
`;

let bench: Bench | null = null;
let server: FakeHomeserver | null = null;
afterEach(async () => {
  await bench?.close();
  await server?.close();
  [bench, server] = [null, null];
});

test.each([
  ['before', 'before-commit'],
  ['after', 'after-commit'],
] as const)(
  'killed right %s each transaction, a command for two people runs once, and each step of the ladder is taken and told once',
  { timeout: 300_000 },
  async (_, point) => {
    const [machine, homeserver] = [new Bench({ top: 'qa = "human"' }), new FakeHomeserver()];
    [bench, server] = [machine, homeserver];
    await homeserver.listen();
    const file = readFileSync(join(machine.dir, 'bot.toml'), 'utf8');
    machine.write('bot.toml', `two_person = ["create"]\n${file}${matrixToml(homeserver, ROOMS)}${PEOPLE}`);
    const [room, other] = ROOMS.map((id) => new MatrixRoom(homeserver, id)) as [MatrixRoom, MatrixRoom];
    const syncs = (): number => homeserver.requests.filter((request) => request.includes('/sync')).length;
    let before = 0;
    const connected = (): boolean => syncs() > before + 1;
    const musher = new Reborn(machine, {
      environment(start) {
        before = syncs();
        // The n-th start dies at its n-th transaction, so that each gets further than the one before.
        return { MUSHER_CRASH_AT: `${point}:${start + 1}` };
      },
      connected,
    });
    const until = (holds: () => boolean, what: string): Promise<void> =>
      musher.until(holds, () => `${what}; the room shows:\n${room.text}\n${underWay(machine)}`);
    const alone = (): string[] => [...homeserver.rooms.keys()].filter((id) => id.startsWith('!made'));
    const told = (id: string, words: RegExp): number =>
      seenMessages(homeserver.rooms.get(id)?.events ?? [], homeserver.me).filter(({ text }) => words.test(text)).length;

    await until(connected, 'the first connection');
    room.say(item('Tea', 'coder: write tea.txt green; commit; usage 1 1 0; success'));
    await until(() => room.text.includes('needs a second person'), 'the question to a second person');
    const yes = homeserver.say(other.id, '!yes q1', {}, '@ben:example.org');
    other.asked.push(yes);
    await until(() => `${room.text}${other.text}`.includes('Created story #1'), 'the item');
    room.say('start 1');
    await until(() => alone().some((id) => told(id, /waiting for review/) > 0), 'Ada to be asked alone');
    homeserver.say(alone()[0] ?? '', '!approve 1');
    await until(() => endOf(machine, 1, 'shop') === 'done', 'the item to be done');
    await until(() => settled(machine), 'nothing to be under way');
    await musher.end();

    expect(musher.deaths).toBeGreaterThan(10);
    expect(machine.items().map(({ number }) => number)).toEqual([1]);
    expect(alone()).toHaveLength(1);
    expect(alone().map((id) => told(id, /waiting for review/))).toEqual([1]);
    expect(ROOMS.map((id) => told(id, /waiting for review · no answer/))).toEqual([1, 1]);
    expect(machine.only('item.climbed', 1)).toHaveLength(2);
    expect(await violations(machine, 'shop', { rooms: [room, other], ends: { 1: 'done' } })).toEqual([]);
  },
);
