import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { ROOT } from '../cli/sandbox.ts';
import type { Address } from '../../src/message/address.ts';
import { keepCards } from '../../src/notices/cards.ts';
import type { NotifiedRoom } from '../../src/notices/notify.ts';
import { actorName } from '../../src/pipeline/actor.ts';
import { endRun, makeDesk, moveTo, projectSettings, seeWork, startRun, type Desk, type World } from '../commands/harness.ts';
import { converse } from './conversations.ts';

/** What the pages of the networks show under “A conversation”, compared with what is shown there when the same is said. */

let desk: Desk;
beforeAll(async () => {
  desk = await makeDesk();
});
afterAll(() => desk.remove());

/** What is said, in which form, and how that looks; or what happens, which Musher shows unasked. */
type Turn = readonly [form: string, looks: string, says: string] | 'an agent begins';

const CONVERSATIONS: readonly (readonly [network: string, turns: readonly Turn[]])[] = [
  [
    'matrix',
    [
      ['a pill', '@Musher create bug Totals ignore the tax', 'create bug Totals ignore the tax'],
      ['a reply', '(in reply) start 4', 'start 4'],
      'an agent begins',
      ['the name', '!tell 4 prices in the cart are net', 'tell 4 prices in the cart are net'],
      ['a pill', '@Musher what waits for me?', 'what waits for me?'],
      ['the name', '!answer r1 keep both', 'answer r1 keep both'],
      ['a reply', '(in reply) lgtm 3', 'lgtm 3'],
      ['the name', '!approve 3', 'approve 3'],
      ['a direct message', '(direct) who is working?', 'who is working?'],
      ['the name', '!digest', 'digest'],
    ],
  ],
  [
    'slack',
    [
      ['a mention', '@musher create bug Totals ignore the tax', 'create bug Totals ignore the tax'],
      ['a slash command', '/musher start 4', 'start 4'],
      'an agent begins',
      ['a mention', '@musher tell 4 prices in the cart are net', 'tell 4 prices in the cart are net'],
      ['a mention', '@musher what waits for me?', 'what waits for me?'],
      ['a slash command', '/musher answer r1 keep both', 'answer r1 keep both'],
      ['a reply', '(in the thread) @musher lgtm 3', 'lgtm 3'],
      ['a slash command', '/musher approve 3', 'approve 3'],
      ['a direct message', '(direct) who is working?', 'who is working?'],
      ['a mention', '@musher digest', 'digest'],
    ],
  ],
  [
    'discord',
    [
      ['a mention', '@musher create bug Totals ignore the tax', 'create bug Totals ignore the tax'],
      ['a slash command for all', '/start item:4', '/start item:4'],
      'an agent begins',
      ['a mention', '@musher tell 4 prices in the cart are net', 'tell 4 prices in the cart are net'],
      ['a mention', '@musher what waits for me?', 'what waits for me?'],
      ['a slash command for all', '/answer request:r1 text:keep both', '/answer request:r1 text:keep both'],
      ['a reply', '(in reply) lgtm 3', 'lgtm 3'],
      ['a slash command for all', '/approve item:3', '/approve item:3'],
      ['a direct message', '(direct) who is working?', 'who is working?'],
      ['a mention', '@musher digest', 'digest'],
    ],
  ],
];

function fill(world: World): void {
  for (const title of ['Add a cart', 'Sign in with a passkey', 'Round prices to cents']) world.make({ title });
  moveTo(world, 2, { name: 'current' });
  const run = startRun(world, 2, 'coder-1');
  const ask = { kind: 'question', text: 'Keep passwords besides passkeys?', choices: [], fallback: '' } as const;
  const expiresAt = world.clock.now() + 15 * 60_000;
  world.record(2, 'request.opened', { run, request: 1, agent: 'coder-1', ask, brief: ask.text, call: 'c1', role: 'operator', expiresAt });
  moveTo(world, 3, { name: 'current' });
  seeWork(world, 3);
  endRun(world, 3, startRun(world, 3, 'coder-2'), 'finished');
  moveTo(world, 3, { name: 'qa' });
}

const said = (who: string, text: string): string =>
  text
    .trim()
    .split('\n')
    .map((line, index) => (index === 0 ? `${who}  ${line}` : `${' '.repeat(who.length)}  ${line}`).trimEnd())
    .join('\n');

/** Keeps a card of each item in the room, as Musher does where a network edits; returns how to stop that. */
function cardsIn(world: World, to: Address): () => void {
  const room: NotifiedRoom = {
    to,
    project: 'shop',
    notify: ['stages', 'failures', 'approvals', 'merges', 'limits'],
    style: 'cards',
    buttons: true,
    pressable: to.transport !== 'matrix',
    notBefore: (now) => now,
  };
  const cards = keepCards({
    log: world.log,
    clock: world.clock,
    settingsOf: (name) => projectSettings(name, '/shop'),
    roomsOf: () => [room],
    timezone: 'UTC',
    nameOf: actorName,
    onProblem: (_what, error) => {
      throw error;
    },
  });
  return () => cards.stop();
}

it.each(CONVERSATIONS)('docs/transports/%s.md shows a conversation as it looks there', async (network, turns) => {
  const { world, say, happens, room, close } = await converse(desk, network);
  onTestFinished(close);
  fill(world);
  const lines: string[] = [];
  for (const turn of turns) {
    if (turn === 'an agent begins') {
      const begins = (): void => {
        const endCards = cardsIn(world, room);
        startRun(world, 4, 'coder-2');
        // It looks once more at its end, so that nobody has to wait for a card.
        endCards();
      };
      lines.push(said('musher', await happens(begins)), '');
      continue;
    }
    const [form, looks, says] = turn;
    lines.push(said('you   ', looks), said('musher', await say(form, says)), '');
  }
  const page = readFileSync(join(ROOT, 'docs', 'transports', `${network}.md`), 'utf8');
  const shown = /## A conversation\n\n[^`]*```text\n([^]*?)```/.exec(page)?.[1];
  expect(shown).toBe(`${lines.join('\n').trim()}\n`);
  const begun = lines.join('\n').split('\n\n').slice(0, 4).join('\n\n');
  // The README shows how one of them begins.
  const isThere = readFileSync(join(ROOT, 'README.md'), 'utf8').includes(`\`\`\`text\n${begun}\n\`\`\``);
  expect([network, isThere]).toEqual([network, network === 'slack']);
});
