import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { adoptRun, startRun } from '../../src/agents/supervision/supervisor.ts';
import { identify } from '../../src/agents/process/identity.ts';
import { writeStop } from '../../src/agents/supervision/run-record.ts';
import { leaveNothingBehind, NO_LIMITS, shellRun, until, type RunFixture } from './run-fixture.ts';
import type { KnownProcess } from '../../src/agents/supervision/run-spec.ts';

leaveNothingBehind();

const STARTER = new URL('./start-and-report.ts', import.meta.url).pathname;

/** Starts the run from a process of its own, as a Musher that is killed at once: no handler of it runs. */
async function startedByAnother(fixture: RunFixture): Promise<KnownProcess> {
  // Functions do not travel: clock and listener are the starter's own.
  const starter = spawn(process.execPath, [STARTER, JSON.stringify(fixture.spec)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [known] = (await once(starter.stdout.setEncoding('utf8'), 'data')) as [string];
  starter.kill('SIGKILL');
  await once(starter, 'close');
  return JSON.parse(known) as KnownProcess;
}

/** Starts the run here and lets go of it. */
async function released(fixture: RunFixture): Promise<KnownProcess> {
  const result = await startRun({ ...fixture.spec, onSignal: () => {} });
  if (!result.ok) throw result.error;
  const { pid, pidStart, startedAt } = result.value;
  result.value.release();
  return { pid, pidStart, startedAt };
}

it('continues after the Musher that started the run was killed, and no line is lost or seen twice', async () => {
  const fixture = shellRun('i=0; while [ $i -lt 400 ]; do i=$((i+1)); echo "line $i"; [ -e go ] || sleep 0.005; done; echo done; exit 7');
  const known = await startedByAnother(fixture);
  expect(identify(known.pid)).toBe(known.pidStart);
  const run = await adoptRun(fixture.spec, known);
  await until(() => fixture.said().length > 20);
  writeFileSync(join(fixture.spec.worktree, 'go'), '');
  expect(await run.ended).toMatchObject({ reason: 'failed', exitCode: 7 });
  expect(fixture.said()).toEqual([...Array.from({ length: 400 }, (_, index) => `line ${index + 1}`), 'done']);
});

it('learns the end of a run that ended while no Musher was there', async () => {
  const fixture = shellRun('echo \'{"type":"session","id":"s1"}\'; echo \'{"type":"result","status":"success","text":"all well"}\'');
  const known = await startedByAnother(fixture);
  await until(() => identify(known.pid) === null);
  const run = await adoptRun(fixture.spec, known);
  expect(await run.ended).toMatchObject({ reason: 'finished', exitCode: 0, summary: 'all well' });
  expect(fixture.signals).toEqual([
    { kind: 'session', id: 's1' },
    { kind: 'result', outcome: 'success', summary: 'all well' },
  ]);
});

it('calls a run lost that left neither a process nor an exit code, and keeps what it had printed', async () => {
  const fixture = shellRun('echo half; sleep 300');
  const known = await released(fixture);
  await until(() => statSync(join(fixture.spec.runDir, 'stdout')).size > 0);
  process.kill(-known.pid, 'SIGKILL');
  await until(() => identify(known.pid) === null);
  const outcome = await (await adoptRun(fixture.spec, known)).ended;
  expect(outcome).toMatchObject({ reason: 'lost', exitCode: null, evidence: 'half' });
});

it('calls a run lost whose files are gone as well', async () => {
  const fixture = shellRun('exit 0');
  const known = await released(fixture);
  await until(() => identify(known.pid) === null);
  for (const file of ['exit', 'stdout', 'stderr']) rmSync(join(fixture.spec.runDir, file));
  expect(await (await adoptRun(fixture.spec, known)).ended).toMatchObject({ reason: 'lost', evidence: '' });
});

it('never takes a process with the same number for the run, and does not touch it', async () => {
  const fixture = shellRun('exit 0');
  const known = await released(fixture);
  await until(() => identify(known.pid) === null);
  rmSync(join(fixture.spec.runDir, 'exit'));
  // Start times count in hundredths of a second.
  await until(() => Date.now() > known.startedAt + 50);
  const stranger = spawn('/bin/sleep', ['300'], { detached: true });
  const pid = stranger.pid ?? 0;
  const outcome = await (await adoptRun(fixture.spec, { ...known, pid })).ended;
  expect(outcome.reason).toBe('lost');
  expect(identify(pid)).not.toBeNull();
  stranger.kill('SIGKILL');
  await once(stranger, 'close');
});

it('ends what an unwatched run left in the background', async () => {
  const fixture = shellRun('setsid sleep 300 & echo done');
  const known = await released(fixture);
  await until(() => identify(known.pid) === null);
  expect(await (await adoptRun(fixture.spec, known)).ended).toMatchObject({ reason: 'finished' });
});

it('counts the wall clock from the start of the run, not from the adoption', async () => {
  const fixture = shellRun('while :; do echo tick; sleep 0.02; done', { limits: { ...NO_LIMITS, wallClockMs: 60_000 } });
  const known = await released(fixture);
  fixture.clock.jump(60_000);
  const run = await adoptRun(fixture.spec, known);
  expect(await run.ended).toMatchObject({ reason: 'stuck', summary: { kind: 'ran-too-long', ms: 60_000 } });
});

it('meters again from the start, so that a limit holds across a restart', async () => {
  const usage = '{"type":"usage","model":"m","input_tokens":60}';
  const more = '{"type":"usage","model":"m","input_tokens":120}';
  const fixture = shellRun(`echo '${usage}'; until [ -e go ]; do sleep 0.01; done; echo '${more}'; sleep 300`, {
    limits: { ...NO_LIMITS, tokens: 100 },
  });
  const known = await released(fixture);
  const run = await adoptRun(fixture.spec, known);
  await until(() => fixture.signals.length === 1);
  writeFileSync(join(fixture.spec.worktree, 'go'), '');
  expect(await run.ended).toMatchObject({ reason: 'over-budget' });
});

it('continues stopping a run that an earlier Musher was stopping', async () => {
  const fixture = shellRun('trap "" TERM; sleep 300', {}, { stopGraceMs: 50 });
  const known = await released(fixture);
  await writeStop(fixture.spec.runDir, { reason: 'stopped', summary: 'Stopped by anna.' });
  expect(await (await adoptRun(fixture.spec, known)).ended).toMatchObject({ reason: 'stopped', summary: 'Stopped by anna.' });
});
