import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { startRun } from '../../src/agents/supervision/supervisor.ts';
import { readLog } from '../../src/agents/transcript.ts';
import { leaveNothingBehind, runFixture, shellRun } from './run-fixture.ts';

leaveNothingBehind();

it('gives the last lines as people read them', async () => {
  const { spec } = shellRun(
    'echo one; echo \'{"type":"status","text":"two"}\'; echo \'{"type":"usage","input_tokens":1}\'; echo \'{"type":"result","status":"success","text":"three"}\'; echo oops >&2',
  );
  const run = await startRun(spec);
  if (!run.ok) throw run.error;
  await run.value.ended;
  expect(await readLog(spec.runDir, 10)).toEqual(['one', 'two', '= success: three', 'stderr: oops']);
  expect(await readLog(spec.runDir, 2)).toEqual(['= success: three', 'stderr: oops']);
  expect(await readLog(spec.runDir, 0)).toEqual([]);
});

it('reads what claude printed without the raw lines', async () => {
  const { spec } = runFixture();
  mkdirSync(spec.runDir, { recursive: true });
  writeFileSync(join(spec.runDir, 'run.json'), JSON.stringify({ runtime: 'claude', model: null, resumed: false, startedAt: 0 }));
  copyFileSync(new URL('recordings/claude/basic.jsonl', import.meta.url), join(spec.runDir, 'stdout'));
  expect(await readLog(spec.runDir, 100)).toEqual([
    'I will use Write.',
    'Write /repo/hello.txt',
    'I will use Bash.',
    'Bash git add -A && git commit -qm hello && git log --oneline',
    'All done.',
    '= success: All done.',
  ]);
});

it('reads only the end of a huge output', async () => {
  const { spec } = runFixture();
  mkdirSync(spec.runDir, { recursive: true });
  writeFileSync(join(spec.runDir, 'stdout'), `${'x'.repeat(99)}\n`.repeat(100_000));
  const lines = await readLog(spec.runDir, 1_000_000);
  expect(lines.length).toBeGreaterThan(40_000);
  expect(lines.length).toBeLessThan(43_000);
  expect(new Set(lines)).toEqual(new Set(['x'.repeat(99)]));
});

it('gives nothing where there is nothing', async () => {
  expect(await readLog('/nowhere/at/all', 10)).toEqual([]);
});
