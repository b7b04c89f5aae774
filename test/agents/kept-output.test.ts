import { appendFileSync, existsSync, readFileSync, renameSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { OutputKeeper } from '../../src/agents/process/output-keeper.ts';
import { identify } from '../../src/agents/process/identity.ts';
import { runFiles } from '../../src/agents/process/run-files.ts';
import { sealFile } from '../../src/agents/process/seal.ts';
import { startRun, adoptRun } from '../../src/agents/supervision/supervisor.ts';
import type { RunHandle, RunSpec } from '../../src/agents/supervision/run-spec.ts';
import { leaveNothingBehind, numberIn, shellRun, until, type RunFixture } from './run-fixture.ts';

// Line 33 of what must hold, where there is no sandbox: what was printed is out of reach once it is printed, or the run fails.

leaveNothingBehind();

async function started(spec: RunSpec): Promise<RunHandle> {
  const result = await startRun(spec);
  if (!result.ok) throw result.error;
  return result.value;
}

const printed = ({ spec }: RunFixture): string => readFileSync(runFiles(spec.runDir).stdout, 'utf8');
/** Goes on only once the test has done its part. */
const GATE = 'until [ -e go ]; do sleep 0.01; done';
const go = ({ spec }: RunFixture): void => writeFileSync(join(spec.worktree, 'go'), '');

describe('a tool of an agent without a sandbox', () => {
  it.each([
    ['cut', 'truncate -s 0 /proc/$PPID/fd/1'],
    ['overwrite', 'echo forged 1<>/proc/$PPID/fd/1'],
    ['add to', 'echo forged >>/proc/$PPID/fd/1'],
    ['take away', 'timeout 1 cat /proc/$PPID/fd/1'],
    ['cut, by the error output’s name,', 'truncate -s 0 /proc/$PPID/fd/2'],
  ])('can’t %s what its agent printed', async (_, attack) => {
    const fixture = shellRun(`echo honest; echo complaint >&2; sh -c '${attack}' </dev/null >/dev/null 2>&1; echo end`);
    expect(await (await started(fixture.spec)).ended).toMatchObject({ reason: 'finished', summary: 'end' });
    expect(printed(fixture)).toBe('honest\nend\n');
    expect(readFileSync(runFiles(fixture.spec.runDir).stderr, 'utf8')).toBe('complaint\n');
  });

  type Attack = (file: string) => void;
  it.each<[string, Attack]>([
    ['cut', (file) => truncateSync(file)],
    ['written to', (file) => appendFileSync(file, 'forged\n')],
    ['changed in place', (file) => writeFileSync(file, 'H', { flag: 'r+' })],
    [
      'replaced',
      (file) => {
        writeFileSync(`${file}.mine`, 'honest\nforged and longer\n');
        renameSync(`${file}.mine`, file);
      },
    ],
  ])('fails its run where the file was %s by its path', async (_, attack) => {
    const fixture = shellRun(`echo honest; ${GATE}; echo end`);
    const run = await started(fixture.spec);
    await until(() => fixture.said().includes('honest'));
    attack(runFiles(fixture.spec.runDir).stdout);
    go(fixture);
    expect(await run.ended).toMatchObject({ reason: 'failed', summary: { kind: 'output-changed' } });
  });

  it('fails its run where the file was changed before it was read: while no Musher was there', async () => {
    const fixture = shellRun(`echo honest; ${GATE}; echo end`);
    const first = await started(fixture.spec);
    await until(() => fixture.said().includes('honest'));
    first.release();
    const { stdout } = runFiles(fixture.spec.runDir);
    writeFileSync(stdout, 'H', { flag: 'r+' });
    go(fixture);
    await until(() => existsSync(sealFile(stdout)));
    expect(await (await adoptRun(fixture.spec, first)).ended).toMatchObject({ reason: 'failed', summary: { kind: 'output-changed' } });
  });

  it('costs nothing when no agent has printed for a while, and the next run has another one to write it down', async () => {
    const keeper = new OutputKeeper(50);
    const first = shellRun(`echo one; ${GATE}; echo end`, {}, { keeper });
    const run = await started(first.spec);
    await until(() => first.said().includes('one'));
    const before = await keeper.pid();
    go(first);
    expect(await run.ended).toMatchObject({ reason: 'finished', summary: 'end' });
    await until(() => identify(before) === null);
    const second = shellRun('echo two', {}, { keeper });
    expect(await (await started(second.spec)).ended).toMatchObject({ reason: 'finished', summary: 'two' });
    expect(await keeper.pid()).not.toBe(before);
    await keeper.close();
  });

  it('fails its run where it killed who writes the output down, and the next run has another', async () => {
    const keeper = new OutputKeeper();
    const fixture = shellRun(`echo honest; ${GATE}; echo end`, {}, { keeper });
    const run = await started(fixture.spec);
    await until(() => fixture.said().includes('honest'));
    process.kill(await keeper.pid(), 'SIGKILL');
    go(fixture);
    expect(await run.ended).toMatchObject({ reason: 'failed', summary: { kind: 'output-lost' } });
    const next = shellRun('echo fine', {}, { keeper });
    expect(await (await started(next.spec)).ended).toMatchObject({ reason: 'finished', summary: 'fine' });
    await keeper.close();
  });
});

describe('a kept output', () => {
  it('is all there, in order, and leaves no seal', async () => {
    const fixture = shellRun('i=0; while [ $i -lt 20000 ]; do i=$((i+1)); echo "line $i"; done');
    expect(await (await started(fixture.spec)).ended).toMatchObject({ reason: 'finished', summary: 'line 20000' });
    expect(printed(fixture)).toBe(Array.from({ length: 20_000 }, (_, i) => `line ${i + 1}\n`).join(''));
    expect(existsSync(sealFile(runFiles(fixture.spec.runDir).stdout))).toBe(false);
  });

  it('is not written beyond its limit, however fast it comes', async () => {
    const fixture = shellRun('yes', {}, { outputBytes: 300_000 });
    expect(await (await started(fixture.spec)).ended).toMatchObject({ reason: 'stuck', summary: { kind: 'too-much-output' } });
    expect(statSync(runFiles(fixture.spec.runDir).stdout).size).toBe(300_001);
  });

  it('ends with its run, also where a process that left the run holds it open', async () => {
    const fixture = shellRun(
      'echo done; env -i setsid sh -c "echo \\$\\$ > left; exec sleep 300" & until [ -s left ]; do sleep 0.01; done',
    );
    const run = await started(fixture.spec);
    const left = join(fixture.spec.worktree, 'left');
    await until(() => numberIn(left) > 0);
    try {
      fixture.clock.jump(10_000);
      expect(await run.ended).toMatchObject({ reason: 'finished', summary: 'done' });
      expect(identify(numberIn(left))).not.toBeNull();
    } finally {
      process.kill(numberIn(left), 'SIGKILL');
    }
  });

  it('goes on while no Musher is there', async () => {
    const fixture = shellRun(`echo honest; ${GATE}; echo end`);
    const own = new OutputKeeper();
    const first = await started({ ...fixture.spec, keeper: own });
    await until(() => fixture.said().includes('honest'));
    first.release();
    await own.close();
    go(fixture);
    await until(() => existsSync(sealFile(runFiles(fixture.spec.runDir).stdout)));
    expect(await (await adoptRun(fixture.spec, first)).ended).toMatchObject({ reason: 'finished', summary: 'end' });
  });
});
