import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { Bench, create } from '../e2e/harness.ts';

let bench: Bench;
afterEach(() => bench.close());

interface Row {
  readonly seq: number;
  readonly kind: string;
  readonly actor: string;
  readonly cause: string | null;
  readonly payload: string;
}

/** What is looked at in payloads of any kind. */
interface Said {
  readonly words: string;
  readonly outcome: string;
  readonly answer: string;
  readonly to: { readonly name: string };
  readonly agent: string;
  readonly usage: { readonly microUsd: number };
}

test('26. every command, confirmation, stage move, run and cost is in the log with its actor', async () => {
  bench = new Bench({ top: 'qa = "human"' });
  const lines = [
    create('Price', 'coder: write a.txt a; commit; usage 100 20 0.5; success'),
    'start 1',
    'wait 1 qa 60',
    'accept 1',
    'frobnicate',
    'show 9',
    'approve 1',
    'wait 1 done 60',
    create('Doomed'),
    'delete 2',
    'no',
    'delete 2',
    'yes',
  ];
  await bench.run(...lines);
  const rows = bench.rows<Row>('SELECT seq, kind, actor, cause, payload FROM events ORDER BY seq');
  const of = (kind: string): Row[] => rows.filter((row) => row.kind === kind);
  const said = (row: Row): Said => JSON.parse(row.payload) as Said;

  expect(rows.filter(({ actor }) => actor === '')).toEqual([]);
  // One row for each message that was typed, whatever came of it, and each names the message that it is about.
  const handled = of('command.handled');
  expect(handled.map((row) => said(row)).map(({ words, outcome }) => `${words}: ${outcome}`)).toEqual([
    'create: ok',
    'start: ok',
    'accept: refused',
    expect.stringMatching(/: refused$/),
    expect.stringMatching(/: refused$/),
    'approve: ok',
    'create: ok',
    expect.stringMatching(/^delete: /),
    expect.stringMatching(/: /),
    expect.stringMatching(/^delete: /),
    'delete: ok',
  ]);
  expect(new Set(handled.map(({ actor }) => actor))).toEqual(new Set(['console:local']));
  expect(new Set(handled.map(({ cause }) => cause)).size).toBe(handled.length);
  expect(handled.every(({ cause }) => /^inbox:\d+$/.test(cause ?? ''))).toBe(true);

  const answers = of('confirmation.answered').map((row) => [row.actor, said(row).answer]);
  expect(of('confirmation.asked').map(({ actor }) => actor)).toEqual(['console:local', 'console:local']);
  expect(answers).toEqual([
    ['console:local', 'no'],
    ['console:local', 'yes'],
  ]);
  expect(of('item.deleted').map(({ actor }) => actor)).toEqual(['console:local']);

  const moves = of('item.moved').map((row) => `${said(row).to.name} by ${row.actor}`);
  expect(moves).toEqual(['current by console:local', 'qa by musher', 'merge by console:local', 'done by musher']);
  const runs = ['run.pending', 'run.started', 'run.ended'].map((kind) => of(kind).map(({ actor }) => `${kind} by ${actor}`));
  expect(runs.flat()).toEqual(['run.pending by musher', 'run.started by agent:coder-1', 'run.ended by agent:coder-1']);
  expect(of('run.usage').map(({ actor, payload }) => [actor, (JSON.parse(payload) as Said).agent])).toEqual([['agent:coder-1', 'coder-1']]);
  const spent = of('run.usage').reduce((sum, row) => sum + said(row).usage.microUsd, 0);
  expect(bench.rows('SELECT sum(micro_usd) AS total FROM spend_total')).toEqual([{ total: spent }]);
});

test('26. one byte of the file that was changed behind its back is found, wherever it stands', async () => {
  bench = new Bench({});
  await bench.run(create('Zebra crossing'), 'ping');
  const file = join(bench.data, 'musher.sqlite');
  const whole = readFileSync(file);
  const places: number[] = [];
  for (let at = whole.indexOf('Zebra'); at !== -1; at = whole.indexOf('Zebra', at + 1)) places.push(at);
  // The event, and the item that is derived from it.
  expect(places.length).toBeGreaterThanOrEqual(2);
  const found: string[] = [];
  try {
    for (const place of places) {
      const changed = Buffer.from(whole);
      changed[place] = 'z'.charCodeAt(0);
      writeFileSync(file, changed);
      const { code, out } = await bench.callHere('verify', '--data', bench.data);
      expect(code).toBe(1);
      found.push(out);
    }
  } finally {
    writeFileSync(file, whole);
  }
  expect(found.some((out) => /event \d+ \(item\.created\) was changed after it was written/.test(out))).toBe(true);
  expect(found.some((out) => /items shop 1: .* from the log/.test(out))).toBe(true);
});
