import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BOUNDS } from '../../src/bounds.ts';
import { adoptRun, startRun } from '../../src/agents/supervision/supervisor.ts';
import type { RunOutcome } from '../../src/agents/supervision/outcome.ts';
import { identify } from '../../src/agents/process/identity.ts';
import { processesOf } from '../../src/agents/process/table.ts';
import { leaveNothingBehind, NO_LIMITS, numberIn, runFixture, shellRun, until, type RunFixture } from './run-fixture.ts';
import type { RunHandle } from '../../src/agents/supervision/run-spec.ts';

leaveNothingBehind();

async function started(fixture: RunFixture): Promise<RunHandle> {
  const result = await startRun(fixture.spec);
  if (!result.ok) throw result.error;
  return result.value;
}

async function outcomeOf(fixture: RunFixture): Promise<RunOutcome> {
  return (await started(fixture)).ended;
}

describe('a run that ends by itself', () => {
  it('finishes when a plain program exits with 0, and says its last line', async () => {
    const outcome = await outcomeOf(shellRun('echo working; echo done'));
    expect(outcome).toMatchObject({ reason: 'finished', exitCode: 0, summary: 'done', turns: 0, verdict: null, sessionMissing: false });
    expect(outcome.evidence).toBe('working\ndone');
  });

  it('finishes when a program does nothing at all', async () => {
    expect(await outcomeOf(shellRun('exit 0'))).toMatchObject({ reason: 'finished', exitCode: 0, summary: '', evidence: '' });
  });

  it('fails with the exit code and the last error line', async () => {
    const outcome = await outcomeOf(shellRun('echo trying; echo "no such table" >&2; exit 3'));
    expect(outcome).toMatchObject({ reason: 'failed', exitCode: 3, summary: 'The program exited with 3: trying no such table' });
    expect(outcome.evidence).toContain('Error output:\nno such table');
  });

  it('takes nothing for its end that a process has left which was started for the same run before', async () => {
    const fixture = shellRun('sleep 0.2; echo mine; exit 7');
    mkdirSync(fixture.spec.runDir, { recursive: true });
    writeFileSync(join(fixture.spec.runDir, 'exit'), '3\n');
    writeFileSync(join(fixture.spec.runDir, 'stop.json'), '{"reason":"stopped","summary":"then"}');
    writeFileSync(join(fixture.spec.runDir, 'stderr'), 'of then\n');
    expect(await outcomeOf(fixture)).toMatchObject({ reason: 'failed', exitCode: 7, evidence: 'mine' });
  });

  it('fails when a signal from elsewhere ends the program', async () => {
    const outcome = await outcomeOf(shellRun('kill -KILL $$'));
    expect(outcome).toMatchObject({ reason: 'failed', exitCode: 137 });
    expect(outcome).toMatchObject({ summary: expect.stringContaining('SIGKILL') as string });
  });

  it('fails when somebody kills the wrapper, and leaves nothing of the program', async () => {
    const fixture = shellRun('echo $$ > inner; sleep 300');
    const run = await started(fixture);
    const inner = join(fixture.spec.worktree, 'inner');
    await until(() => numberIn(inner) > 0);
    process.kill(run.pid, 'SIGKILL');
    expect(await run.ended).toMatchObject({ reason: 'failed', exitCode: null });
    expect(identify(numberIn(inner))).toBeNull();
  });

  it('reads a last line without a line break', async () => {
    const fixture = shellRun('printf "one\\ntwo"');
    await outcomeOf(fixture);
    expect(fixture.said()).toEqual(['one', 'two']);
  });

  it('ends what the program left in the background', async () => {
    const fixture = shellRun('sleep 300 & setsid sleep 300 & echo ok');
    expect(await outcomeOf(fixture)).toMatchObject({ reason: 'finished', summary: 'ok' });
  });

  it('says that the program is missing', async () => {
    const result = await startRun(runFixture({ command: ['no-such-agent-program'] }).spec);
    expect(result).toMatchObject({
      ok: false,
      error: { code: 'RUNTIME_MISSING', message: expect.stringContaining('no-such-agent-program') },
    });
  });

  it('says that claude is missing where only its name is given', async () => {
    const result = await startRun(runFixture({ runtime: 'claude', command: ['claude'] }, { ownEnv: { PATH: '/usr/bin:/bin' } }).spec);
    expect(result).toMatchObject({ ok: false, error: { code: 'RUNTIME_MISSING' } });
  });

  it('says that arguments were too long for the system', async () => {
    const result = await startRun(runFixture({ command: ['/bin/echo', 'x'.repeat(200_000)] }).spec);
    expect(result).toMatchObject({ ok: false, error: { code: 'RUNTIME_REFUSED' } });
  });
});

describe('what the program gets', () => {
  it('gives the prompt on standard input and in a file', async () => {
    const fixture = shellRun('cat; cat "$MUSHER_PROMPT_FILE"');
    await outcomeOf(fixture);
    expect(fixture.said()).toEqual(['Do it.', 'Do it.']);
  });

  it('gives words from people as data, whatever they hold', async () => {
    const hostile = '$(touch pwned) `touch pwned`; touch pwned #';
    const fixture = runFixture({ command: ['/bin/echo', '{{title}}', '-n', 'a{{item}}'] }, {});
    const spec = { ...fixture.spec, variables: { ...fixture.spec.variables, title: `--version ${hostile}` } };
    await outcomeOf({ ...fixture, spec });
    expect(fixture.said()).toEqual([`--version ${hostile} -n a42`]);
    expect(existsSync(join(spec.worktree, 'pwned'))).toBe(false);
  });

  it('passes no secret of its own, and the environment that was asked for', async () => {
    const fixture = shellRun(
      'env',
      { env: { KEY: 'given' } },
      { ownEnv: { PATH: '/usr/bin:/bin', HOME: '/h', MUSHER_TOKEN: 'secret', SLACK_TOKEN: 'secret', ANTHROPIC_API_KEY: 'secret' } },
    );
    await outcomeOf(fixture);
    const env = new Map(fixture.said().map((line) => line.split('=', 2) as [string, string]));
    expect([...env.values()]).not.toContain('secret');
    expect(Object.fromEntries(env)).toMatchObject({
      KEY: 'given',
      HOME: '/h',
      TERM: 'dumb',
      MUSHER_ITEM: '42',
      MUSHER_ROLE: 'coder',
      MUSHER_STAGE: 'current',
    });
    expect(Object.fromEntries(env)).toMatchObject({
      MUSHER_RUN: fixture.spec.marker,
      MUSHER_TITLE: 'Round prices',
      MUSHER_BASE_BRANCH: 'main',
      MUSHER_BRANCH: 'musher/42',
    });
  });

  it('keeps everything about a run readable by its owner alone', async () => {
    const fixture = shellRun('echo x; echo y >&2', {}, { systemPrompt: 'Be kind.' });
    await outcomeOf(fixture);
    const { runDir } = fixture.spec;
    expect(statSync(runDir).mode & 0o777).toBe(0o700);
    for (const file of ['prompt.md', 'system-prompt.md', 'stdin', 'stdout', 'stderr', 'pid', 'exit', 'run.json']) {
      expect({ file, mode: statSync(join(runDir, file)).mode & 0o777 }).toEqual({ file, mode: 0o600 });
    }
  });

  it('leaves the umask of the program as it was', async () => {
    const fixture = shellRun('umask');
    await outcomeOf(fixture);
    expect(Number.parseInt(fixture.said()[0] ?? '', 8)).toBe(process.umask());
  });
});

describe('a stop', () => {
  it('asks first: a program that listens ends in its own way and its exit code is kept', async () => {
    const fixture = shellRun('trap "echo bye; exit 9" TERM; echo up; while :; do sleep 0.02; done');
    const run = await started(fixture);
    await until(() => fixture.said().includes('up'));
    run.stop('stopped', 'Stopped by anna.');
    expect(await run.ended).toMatchObject({ reason: 'stopped', exitCode: 9, summary: 'Stopped by anna.' });
    expect(fixture.said()).toEqual(['up', 'bye']);
  });

  it('kills what does not listen after the grace, and still learns the exit code', async () => {
    const fixture = shellRun('trap "" TERM INT HUP; echo up; while :; do sleep 300; done', {}, { stopGraceMs: 100 });
    const run = await started(fixture);
    await until(() => fixture.said().includes('up'));
    run.stop('stopped', 'Stopped.');
    expect(await run.ended).toMatchObject({ reason: 'stopped', exitCode: 137 });
  });

  it('finds a grandchild that left the session and the group', async () => {
    const fixture = shellRun('(setsid sh -c "trap \\"\\" TERM; echo \\$\\$ > far; exec sleep 300" &) ; echo up; sleep 300');
    const run = await started(fixture);
    const far = join(fixture.spec.worktree, 'far');
    await until(() => numberIn(far) > 0);
    run.stop('stopped', 'Stopped.');
    await run.ended;
    expect(identify(numberIn(far))).toBeNull();
  });

  it('finds a child that cleared its environment but stayed in the session', async () => {
    const fixture = shellRun('env -i /bin/sh -c "trap : TERM; echo \\$\\$ > bare; while :; do /bin/sleep 1; done" & wait');
    const run = await started(fixture);
    const bare = join(fixture.spec.worktree, 'bare');
    await until(() => numberIn(bare) > 0);
    run.stop('stopped', 'Stopped.');
    await run.ended;
    expect(identify(numberIn(bare))).toBeNull();
  });

  it('touches no process of anybody else', async () => {
    const mine = shellRun('sleep 300');
    const other = shellRun('echo $$; sleep 300');
    const [run, otherRun] = [await started(mine), await started(other)];
    await until(() => other.said().length > 0);
    run.stop('stopped', 'Stopped.');
    await run.ended;
    expect(identify(otherRun.pid)).toBe(otherRun.pidStart);
    expect(identify(Number(other.said()[0]))).not.toBeNull();
    otherRun.stop('stopped', 'Stopped.');
    await otherRun.ended;
  });

  it('counts once: the first reason stands', async () => {
    const fixture = shellRun('sleep 300');
    const run = await started(fixture);
    run.stop('over-budget', 'The day is over.');
    run.stop('stopped', 'Again.');
    expect(await run.ended).toMatchObject({ reason: 'over-budget', summary: 'The day is over.' });
    run.stop('stopped', 'And again.');
    expect(await run.ended).toMatchObject({ reason: 'over-budget' });
  });

  it('changes nothing after the run has ended', async () => {
    const fixture = shellRun('echo done');
    const run = await started(fixture);
    const outcome = await run.ended;
    run.stop('stopped', 'Too late.');
    expect(outcome.reason).toBe('finished');
    expect(existsSync(join(fixture.spec.runDir, 'stop.json'))).toBe(false);
  });

  it('is written down before the first signal', async () => {
    const fixture = shellRun('trap "cat run/stop.json; exit" TERM; echo up; while :; do sleep 0.02; done');
    const run = await started(fixture);
    await until(() => fixture.said().includes('up'));
    run.stop('stopped', 'Stopped by anna.');
    await run.ended;
    expect(fixture.said().at(-1)).toContain('Stopped by anna.');
  });
});

describe('limits', () => {
  const usage = (input: number, cost: number): string => `echo '{"type":"usage","model":"m","input_tokens":${input},"cost_usd":${cost}}'`;

  it('stops a run that has spent more than it may', async () => {
    const fixture = shellRun(`${usage(10, 0.4)}; ${usage(20, 0.6)}; sleep 300`, { limits: { ...NO_LIMITS, microUsd: 500_000 } });
    const outcome = await outcomeOf(fixture);
    expect(outcome).toMatchObject({
      reason: 'over-budget',
      summary: { kind: 'over-limit', unit: 'microUsd', used: 600_000, cap: 500_000 },
    });
    expect(outcome.usage.get('m')).toMatchObject({ inputTokens: 20, microUsd: 600_000 });
  });

  it('lets a run spend exactly what it may', async () => {
    const script = `${usage(10, 0.5)}; echo '{"type":"result","status":"success"}'`;
    expect(await outcomeOf(shellRun(script, { limits: { ...NO_LIMITS, microUsd: 500_000, tokens: 10 } }))).toMatchObject({
      reason: 'finished',
    });
  });

  it('stops a run that has used more tokens than it may', async () => {
    const fixture = shellRun(`${usage(101, 0)}; sleep 300`, { limits: { ...NO_LIMITS, tokens: 100 } });
    expect(await outcomeOf(fixture)).toMatchObject({
      reason: 'over-budget',
      summary: { kind: 'over-limit', unit: 'tokens', used: 101, cap: 100 },
    });
  });

  it('keeps the work of a run that has spent more than it may, held still meanwhile, before it is asked to end', async () => {
    const clean = 'trap "rm -f precious; exit" TERM';
    const script = `${clean}; echo work > precious; setsid sleep 300 & echo $! > other; ${usage(101, 0)}; while :; do sleep 0.02; done`;
    let kept: readonly string[] = [];
    const beforeEnd = async (): Promise<void> => {
      const { worktree } = fixture.spec;
      const stateOf = (pid: number): string | undefined => /\) (\w)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1];
      const held = [run.pid, numberIn(join(worktree, 'other'))];
      // They stop when they come to their turn.
      await until(() => process.platform !== 'linux' || held.every((pid) => stateOf(pid) === 'T'));
      kept = [readFileSync(join(worktree, 'precious'), 'utf8')];
    };
    const fixture = shellRun(script, { limits: { ...NO_LIMITS, tokens: 100 } }, { beforeEnd });
    const run = await started(fixture);
    expect(await run.ended).toMatchObject({ reason: 'over-budget' });
    expect(kept).toEqual(['work\n']);
    expect(existsSync(join(fixture.spec.worktree, 'precious'))).toBe(false);
  });

  it('stops a run that has taken more turns than it may', async () => {
    const fixture = shellRun(`echo '{"type":"turn"}'; echo '{"type":"turn"}'; sleep 300`, { limits: { ...NO_LIMITS, turns: 1 } });
    expect(await outcomeOf(fixture)).toMatchObject({ reason: 'over-budget', turns: 2 });
  });

  it('does not take back a success for what its last line costs', async () => {
    const script = `echo '{"type":"result","status":"success","text":"ok"}'; ${usage(999, 9)}`;
    expect(await outcomeOf(shellRun(script, { limits: { ...NO_LIMITS, tokens: 100 } }))).toMatchObject({ reason: 'finished' });
  });

  it('stops a run that says nothing for too long', async () => {
    const fixture = shellRun('echo up; sleep 300', { limits: { ...NO_LIMITS, silenceMs: 600_000 } });
    const run = await started(fixture);
    await until(() => fixture.said().includes('up'));
    fixture.clock.jump(599_000);
    expect(identify(run.pid)).not.toBeNull();
    fixture.clock.jump(2000);
    expect(await run.ended).toMatchObject({ reason: 'stuck', summary: { kind: 'no-output', ms: 600_000 } });
  });

  it('does not call a run silent that goes on printing', async () => {
    const fixture = shellRun('i=0; while :; do i=$((i+1)); echo tick $i; sleep 0.02; done', {
      limits: { ...NO_LIMITS, silenceMs: 600_000 },
    });
    const run = await started(fixture);
    for (let round = 0; round < 3; round++) {
      fixture.clock.jump(400_000);
      const seen = fixture.said().length;
      await until(() => fixture.said().length > seen + 1);
    }
    expect(identify(run.pid)).not.toBeNull();
    run.stop('stopped', 'Enough.');
    expect(await run.ended).toMatchObject({ reason: 'stopped' });
  });

  it('stops a run that takes too long, even when it prints all the time', async () => {
    const fixture = shellRun('while :; do echo tick; sleep 0.02; done', { limits: { ...NO_LIMITS, wallClockMs: 1_800_000 } });
    const run = await started(fixture);
    await until(() => fixture.said().length > 0);
    fixture.clock.jump(1_800_000);
    expect(await run.ended).toMatchObject({ reason: 'stuck', summary: { kind: 'ran-too-long', ms: 1_800_000 } });
  });

  it('stops a program that prints without end before it fills the disk', async () => {
    const fixture = shellRun(`yes "$(printf '%01000d' 0)"`);
    const run = await started(fixture);
    expect(await run.ended).toMatchObject({ reason: 'stuck', summary: { kind: 'too-much-output' } });
    expect(statSync(join(fixture.spec.runDir, 'stdout')).size).toBeLessThan(4 * 1024 ** 3);
  });

  it('stops a program that names models without end, and counts all that it said', async () => {
    const line = String.raw`{"type":"usage","model":"m%d","output_tokens":2}\n`;
    const fixture = shellRun(`i=0; while [ $i -lt 3000 ]; do printf '${line}' $i; i=$((i+1)); done; sleep 300`);
    const outcome = await outcomeOf(fixture);
    expect(outcome).toMatchObject({ reason: 'stuck', cause: 'flooding', summary: { kind: 'too-many-models', most: BOUNDS.models } });
    expect(outcome.usage.size).toBe(BOUNDS.models + 1);
    const lines = readFileSync(join(fixture.spec.runDir, 'stdout'), 'utf8').trimEnd().split('\n');
    expect([...outcome.usage.values()].reduce((sum, { outputTokens }) => sum + outputTokens, 0)).toBe(2 * lines.length);
  });
});

describe('a stop that cannot be written down', () => {
  /** In place of the file that a stop writes: as on a full disk, the write fails. */
  async function unwritable(fixture: RunFixture): Promise<{ run: RunHandle; problems: string[] }> {
    const problems: string[] = [];
    const run = await started({ ...fixture, spec: { ...fixture.spec, onProblem: (what) => problems.push(what) } });
    mkdirSync(join(fixture.spec.runDir, 'stop.json.new'));
    await until(() => fixture.said().includes('up'));
    return { run, problems };
  }

  it('ends the run all the same, and is told of', async () => {
    const fixture = shellRun('trap "exit 9" TERM; echo up; while :; do sleep 0.02; done');
    const { run, problems } = await unwritable(fixture);
    run.stop('stopped', 'Stopped by anna.');
    expect(await run.ended).toMatchObject({ reason: 'stopped', exitCode: 9, summary: 'Stopped by anna.' });
    expect(problems).toEqual([`the note of why run ${fixture.spec.marker} is stopped`]);
  });

  it('kills a run that does not listen all the same', async () => {
    const { run } = await unwritable(shellRun('trap "" TERM; echo up; while :; do sleep 300; done', {}, { stopGraceMs: 100 }));
    run.stop('stopped', 'Stopped.');
    expect(await run.ended).toMatchObject({ reason: 'stopped', exitCode: 137 });
  });

  it('holds a run to its budget all the same', async () => {
    const usage = `echo '{"type":"usage","model":"m","input_tokens":11}'`;
    const fixture = shellRun(`echo up; until [ -e go ]; do sleep 0.01; done; ${usage}; sleep 300`, {
      limits: { ...NO_LIMITS, tokens: 10 },
    });
    const { run } = await unwritable(fixture);
    writeFileSync(join(fixture.spec.worktree, 'go'), '');
    expect(await run.ended).toMatchObject({ reason: 'over-budget' });
  });

  it.each([{ wallClockMs: 60_000 }, { silenceMs: 60_000 }])('holds a run to its time all the same: %o', async (limit) => {
    const fixture = shellRun('echo up; sleep 300', { limits: { ...NO_LIMITS, ...limit } });
    const { run } = await unwritable(fixture);
    fixture.clock.jump(61_000);
    expect(await run.ended).toMatchObject({ reason: 'stuck' });
  });
});

describe('a run that cannot be watched any more', () => {
  it('is ended when its directory was removed: nobody could hold it to its budget', async () => {
    const fixture = shellRun('echo up; sleep 300');
    const run = await started(fixture);
    await until(() => fixture.said().includes('up'));
    rmSync(fixture.spec.runDir, { recursive: true });
    expect(await run.ended).toMatchObject({ reason: 'failed', summary: { kind: 'run-files-removed' } });
    expect(identify(run.pid)).toBeNull();
  });

  it('is ended when its directory was removed before it was taken up again', async () => {
    const fixture = shellRun('sleep 300');
    const first = await started(fixture);
    const { pid, pidStart, startedAt } = first;
    first.release();
    rmSync(fixture.spec.runDir, { recursive: true, maxRetries: 20, retryDelay: 5 });
    const run = await adoptRun(fixture.spec, { pid, pidStart, startedAt });
    expect(await run.ended).toMatchObject({ reason: 'failed' });
    expect(identify(pid)).toBeNull();
  });

  it('is ended before a failure of the watching itself goes up, also when it does not listen', async () => {
    const broken = (): void => {
      throw new Error('database or disk is full');
    };
    const fixture = shellRun('trap "" TERM; echo up; while :; do sleep 300; done', {}, { onSignal: broken, stopGraceMs: 100 });
    const run = await started(fixture);
    await expect(run.ended).rejects.toThrow('disk is full');
    expect(identify(run.pid)).toBeNull();
    expect(await processesOf({ marker: fixture.spec.marker, pid: -1, pidStart: null })).toEqual([]);
  });
});

describe('release', () => {
  it('leaves the process to itself', async () => {
    const fixture = shellRun('sleep 0.2; echo later > later; sleep 300');
    const run = await started(fixture);
    run.release();
    await until(() => existsSync(join(fixture.spec.worktree, 'later')));
    expect(identify(run.pid)).toBe(run.pidStart);
    expect(readFileSync(join(fixture.spec.runDir, 'pid'), 'utf8').trim()).toBe(String(run.pid));
    process.kill(-run.pid, 'SIGKILL');
    await until(() => identify(run.pid) === null);
  });
});
