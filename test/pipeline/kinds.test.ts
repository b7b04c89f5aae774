import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import type { ItemEventKind, ItemEvents } from '../../src/pipeline/events.ts';
import { eventOf, KINDS } from '../../src/pipeline/kinds.ts';
import { withoutTexts, type PurgePlan } from '../../src/pipeline/purge-plan.ts';
import { copyOfSources, type Copy } from '../promises/copy.ts';
import { num } from './samples.ts';
import { PAYLOAD, SPOKEN } from './random-events.ts';

const ROOT = join(import.meta.dirname, '../..');
const ITEM_KINDS = Object.keys(PAYLOAD) as ItemEventKind[];

/** Where the compiler asks for a kind that was added to the union in `src/pipeline/events.ts`. */
const PLACES = ['src/pipeline/kinds.ts', 'src/pipeline/transition.ts', 'src/words/item/event.ts'];

/** Of a new kind and of a kind with a new text, at once: a compilation takes some seconds. */
let complaints: Awaited<ReturnType<Copy['complaints']>>;
beforeAll(async () => {
  using copy = copyOfSources();
  const events = 'src/pipeline/events.ts';
  copy.change(events, 'export interface ItemEvents {', "export interface ItemEvents {\n  'item.pinned': { readonly word: string };");
  copy.change(events, "'item.held': { ", "'item.held': { readonly note?: string; ");
  complaints = await copy.complaints();
}, 240_000);

it('are asked for by the compiler in the table, in the transition and in the words', () => {
  const ofKind = complaints.filter(({ text }) => !text.includes("Property 'note' is missing"));
  expect(ofKind.map(({ file }) => file)).toEqual(PLACES);
  expect(ofKind[0]?.text).toContain('Property \'"item.pinned"\' is missing');
});

it('have a text that is new asked for by the table, for it has to say what a purge does with it', () => {
  const ofText = complaints.filter(({ text }) => text.includes("Property 'note' is missing"));
  expect(ofText.map(({ file }) => file)).toEqual(['src/pipeline/kinds.ts']);
});

it('are asked for where CONTRIBUTING says that they go', () => {
  const [, told = ''] = /^- A new kind of event (.*?)^- /ms.exec(readFileSync(join(ROOT, 'CONTRIBUTING.md'), 'utf8')) ?? [];
  const named = Array.from(told.matchAll(/`(src\/[^`]+)`/g), ([, path = '']) => path);
  expect(named.sort()).toEqual(['src/pipeline/events.ts', ...PLACES]);
});

/** Where a text stands: the names on the way to it, without the places in lists. */
function texts(value: unknown, path = ''): { readonly path: string; readonly text: string }[] {
  if (typeof value === 'string') return [{ path, text: value }];
  if (Array.isArray(value)) return value.flatMap((one) => texts(one, path));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, held]) => texts(held, path === '' ? name : `${path}.${name}`));
}

/** The places in a plan whose treatment is one of these. */
function places(plan: unknown, wanted: readonly string[], path = ''): string[] {
  if (typeof plan === 'string') return wanted.includes(plan) ? [path] : [];
  if (typeof plan !== 'object' || plan === null) return [];
  if ('on' in plan && 'of' in plan) return Object.values(plan.of as object).flatMap((member) => places(member, wanted, path));
  return Object.entries(plan).flatMap(([name, held]) => places(held, wanted, path === '' ? name : `${path}.${name}`));
}

it.each(ITEM_KINDS)('leave nothing in %s of what people, agents and gates said, and had it said before', (kind) => {
  const payloads: unknown[] = fc.sample<unknown>(PAYLOAD[kind], { seed: 5, numRuns: 300 });
  const plan = KINDS[kind].purge as PurgePlan<unknown>;
  const purged = payloads.map((payload) => withoutTexts(plan, payload));
  expect(JSON.stringify(purged)).not.toContain(SPOKEN);
  const said = payloads.flatMap((payload) => texts(payload)).filter(({ text }) => text.includes(SPOKEN));
  const spoken = new Set(said.map(({ path }) => path));
  const silent = places(plan, ['empty', 'null', 'drop']).filter(
    (place) => ![...spoken].some((path) => path === place || path.startsWith(`${place}.`)),
  );
  expect(silent).toEqual([]);
});

it('keep through a purge only what is no word: names of the configuration, ids, and what was used', () => {
  const kept = ITEM_KINDS.flatMap((kind) => places(KINDS[kind].purge, ['keep'])).map((path) => path.split('.').at(-1) ?? '');
  expect([...new Set(kept)].sort()).toEqual([
    'account',
    'agent',
    'askedBy',
    'cause',
    'connectionHash',
    'done',
    'gate',
    'ingress',
    'kept',
    'model',
    'name',
    'person',
    'pidStart',
    'prior',
    'room',
    'runtime',
    'senderId',
    'thread',
    // A folder of the quarantine, by project and number.
    'to',
    'tokenHash',
    'tool',
    'transport',
    'tree',
    'words',
  ]);
});

it('make an event of an item with their payload', () => {
  const payload: ItemEvents['item.held'] = { why: 'lunch' };
  const event = eventOf('item.held', payload, { project: 'shop', number: num(7) }, 'console:ann');
  expect(event).toEqual({ project: 'shop', item: 7, actor: 'console:ann', cause: null, kind: 'item.held', payload });
});
