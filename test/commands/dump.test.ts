import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { makeDesk, makeWorld, moveTo, startRun, type Desk, type World } from './harness.ts';

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

interface Dump {
  readonly of: string;
  readonly projections: Readonly<
    Record<string, { readonly rows: readonly { readonly project?: string; readonly state: unknown }[]; readonly leftOut: number }>
  >;
  readonly queues: { readonly inbox: { readonly rows: readonly unknown[] } };
  readonly cursors: readonly unknown[];
  readonly remembered: readonly { readonly characters: number }[];
  readonly events: { readonly rows: readonly { readonly kind: string; readonly item: number; readonly project: string }[] };
}

async function dumped(text: string): Promise<{ dump: Dump; file: string; shown: string; raw: string }> {
  const answer = await world.say(text, { role: 'admin' });
  expect(answer).toMatchObject({ ok: true });
  const name = /Wrote `?([^`\s]+\.json)`? \(/.exec(answer.text)?.[1] ?? '';
  const found = readdirSync(desk.owner.dataDir, { recursive: true, encoding: 'utf8' }).find((file) => basename(file) === name) ?? '';
  const file = join(desk.owner.dataDir, found);
  const raw = readFileSync(file, 'utf8');
  return { dump: JSON.parse(raw) as Dump, file, shown: answer.text, raw };
}

it('writes all of an item into a file for its owner’s eyes, and shows how it begins', async () => {
  const n = world.make();
  world.make({ title: 'Another' });
  moveTo(world, n, { name: 'current' });
  startRun(world, n);
  const { dump, file, shown } = await dumped(`dump ${n}`);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(dump.of).toBe('shop, item 1');
  expect(dump.projections['items']?.rows.map(({ state }) => state)).toEqual([world.item(n)]);
  expect(dump.projections['runs']?.rows).toHaveLength(1);
  expect(dump.events.rows.map(({ kind }) => kind)).toEqual(['item.created', 'item.moved', 'run.pending', 'run.started']);
  expect(new Set(dump.events.rows.map(({ item }) => item))).toEqual(new Set([n]));
  expect(shown).toContain('starts with');
});

it('of everything leaves out what belongs to other projects, secrets, and what transports remember', async () => {
  world.make({ title: 'The password is swordfish-9' });
  world.make({ title: 'Elsewhere' }, 'docs');
  world.log.stateStore('matrix').set('token', 'sync-token-value');
  const { dump, raw } = await dumped('dump');
  expect(raw).not.toContain('swordfish-9');
  expect(raw).toContain('[redacted: configured secret]');
  expect(raw).not.toContain('Elsewhere');
  expect(raw).not.toContain('sync-token-value');
  expect(dump.remembered).toMatchObject([{ characters: 16 }]);
  expect(new Set(dump.events.rows.map(({ project }) => project))).toEqual(new Set(['shop']));
});

it('is for admins, and names a number that is not there', async () => {
  expect(await world.say('dump', { role: 'operator' })).toMatchObject({ ok: false, code: 'not-allowed' });
  world.make();
  expect(await world.say('dump 9', { role: 'admin' })).toMatchObject({ ok: false, code: 'no-such-item' });
});
