import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { ROOT } from '../cli/sandbox.ts';
import { endRun, makeDesk, moveTo, seeWork, startRun, type Desk, type World } from '../commands/harness.ts';
import { converse } from './conversations.ts';

/** What the pages of the networks show under “A conversation”, compared with what is shown there when the same is said. */

let desk: Desk;
beforeAll(async () => {
  desk = await makeDesk();
});
afterAll(() => desk.remove());

/** What is said, in which form, and how that looks. */
type Turn = readonly [form: string, looks: string, says: string];

const CONVERSATIONS: readonly (readonly [network: string, turns: readonly Turn[]])[] = [
  [
    'matrix',
    [
      ['a pill', '@Musher what waits for me?', 'what waits for me?'],
      ['a reply', '(in reply) lgtm 3', 'lgtm 3'],
      ['the name', '!approve 3', 'approve 3'],
      ['a direct message', '(direct) who is working?', 'who is working?'],
    ],
  ],
  [
    'slack',
    [
      ['a mention', '@musher what waits for me?', 'what waits for me?'],
      ['a reply', '(in the thread) @musher lgtm 3', 'lgtm 3'],
      ['a slash command', '/musher approve 3', 'approve 3'],
      ['a direct message', '(direct) who is working?', 'who is working?'],
    ],
  ],
  [
    'discord',
    [
      ['a mention', '@musher what waits for me?', 'what waits for me?'],
      ['a reply', '(in reply) lgtm 3', 'lgtm 3'],
      ['a slash command for all', '/approve item:3', '/approve item:3'],
      ['a direct message', '(direct) who is working?', 'who is working?'],
    ],
  ],
];

function fill(world: World): void {
  for (const title of ['Add a cart', 'Sign in with a passkey', 'Round prices to cents']) world.make({ title });
  moveTo(world, 2, { name: 'current' });
  startRun(world, 2, 'coder-1');
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

it.each(CONVERSATIONS)('docs/transports/%s.md shows a conversation as it looks there', async (network, turns) => {
  const { world, say, close } = await converse(desk, network);
  onTestFinished(close);
  fill(world);
  const lines: string[] = [];
  for (const [form, looks, says] of turns) lines.push(said('you   ', looks), said('musher', await say(form, says)), '');
  const page = readFileSync(join(ROOT, 'docs', 'transports', `${network}.md`), 'utf8');
  const shown = /## A conversation\n\n[^`]*```text\n([^]*?)```/.exec(page)?.[1];
  expect(shown).toBe(`${lines.join('\n').trim()}\n`);
});
