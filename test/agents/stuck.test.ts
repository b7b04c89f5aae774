import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { looksLikeQuestion } from '../../src/agents/question.ts';
import type { RunOutcome } from '../../src/agents/supervision/outcome.ts';
import { startRun } from '../../src/agents/supervision/supervisor.ts';
import { leaveNothingBehind, NO_LIMITS, runFixture, shellRun, until, type RunFixture } from './run-fixture.ts';
import type { RunHandle, RunSpec } from '../../src/agents/supervision/run-spec.ts';

leaveNothingBehind();

const LIMITS = { ...NO_LIMITS, silenceMs: 600_000, questionMs: 120_000, repeats: 6, idleTokens: 1_000 };

async function started(fixture: RunFixture): Promise<RunHandle> {
  const result = await startRun(fixture.spec);
  if (!result.ok) throw result.error;
  return result.value;
}

/** Lines of Claude Code, printed by a shell that then goes on for ever. */
function claudeRun(lines: readonly unknown[], end: string, change: Partial<RunSpec> = {}): RunFixture {
  const fixture = runFixture({ runtime: 'claude', command: ['/bin/sh', '-c', `cat lines; ${end}`], limits: LIMITS }, change);
  writeFileSync(join(fixture.spec.worktree, 'lines'), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  return fixture;
}

let ids = 0;
/** A call of a tool and its answer. */
function call(command: string, answer: string, failed = false): unknown[] {
  const id = `toolu_${(ids += 1)}`;
  const used = { type: 'tool_use', id, name: 'Bash', input: { command } };
  const result = { type: 'tool_result', tool_use_id: id, content: answer, is_error: failed };
  return [
    { type: 'assistant', message: { id: `m${ids}`, content: [used] }, session_id: 's' },
    { type: 'user', message: { content: [result] }, session_id: 's' },
  ];
}
const times = (n: number, make: (i: number) => unknown[]): unknown[] => Array.from({ length: n }, (_, i) => make(i)).flat();
const done = { type: 'result', subtype: 'success', is_error: false, result: 'all done', session_id: 's' };

describe('a run that has said how it ended and stays', () => {
  const said = 'echo \'{"type":"result","status":"success","text":"done"}\'';

  it.each([
    ['is silent for longer than it may be', `${said}; sleep 300`, { silenceMs: 4_000 }, 15_000],
    ['is over its time', `${said}; sleep 300`, { wallClockMs: 5_000 }, 15_000],
    ['goes on talking', `${said}; while :; do echo more; sleep 0.02; done`, { silenceMs: 4_000 }, 60_000],
  ] as const)('is ended after some seconds, and its work is judged, also where it %s', async (_what, script, limits, after) => {
    const fixture = shellRun(script, { limits: { ...NO_LIMITS, ...limits } });
    const run = await started(fixture);
    await until(() => fixture.signals.some(({ kind }) => kind === 'result'));
    fixture.clock.jump(after);
    expect(await run.ended).toMatchObject({ reason: 'finished', summary: 'done' });
  });
});

describe('a run is stuck and says in what, when it', () => {
  it('prints the same few lines again and again: they count as silence', async () => {
    const fixture = shellRun('while :; do echo trying; echo failed >&2; sleep 0.02; done', { limits: LIMITS });
    const run = await started(fixture);
    await until(() => fixture.said().length > 3);
    fixture.clock.jump(590_000);
    const seen = fixture.said().length;
    // Lines of that later time, so that it is not silent.
    await until(() => fixture.said().length > seen + 1);
    fixture.clock.jump(10_000);
    const outcome = await run.ended;
    expect(outcome).toMatchObject({ reason: 'stuck', cause: 'spinning' });
    expect(outcome.summary).toMatchObject({ kind: 'old-lines', ms: 600_000, text: expect.stringMatching(/^(?:trying|failed)$/) as string });
  });

  it('asks with an open line and waits', async () => {
    const fixture = shellRun('echo begin; printf "Overwrite the file? "; sleep 300', { limits: LIMITS });
    const run = await started(fixture);
    let over = false;
    void run.ended.then(() => (over = true));
    // The open line may be read a moment after the whole one, and its wait begins then.
    await until(() => {
      fixture.clock.jump(1_000);
      return over;
    });
    expect(await run.ended).toMatchObject({
      reason: 'stuck',
      cause: 'waits-for-input',
      summary: { kind: 'asked-nobody', question: 'Overwrite the file?' },
    });
  });

  it('asks, finds nobody, and gives up', async () => {
    const outcome = await (
      await started(shellRun('cat > /dev/null; printf "Continue? [y/N] "; read answer || exit 1', { limits: LIMITS }))
    ).ended;
    expect(outcome).toMatchObject({ reason: 'stuck', cause: 'waits-for-input', asked: 'Continue? [y/N]' });
  });

  it('makes the same call with the same answer so many times while nothing changes', async () => {
    const run = await started(
      claudeRun(
        times(6, () => call('npm test', 'exit 1')),
        'sleep 300',
        { workState: () => Promise.resolve('a') },
      ),
    );
    expect(await run.ended).toMatchObject({
      reason: 'stuck',
      cause: 'spinning',
      summary: { kind: 'repeats', what: 'call', times: 6, text: 'Bash npm test' },
    });
  });

  it('runs into the same error by whatever call', async () => {
    const fixture = claudeRun(
      times(6, (i) => call(`try ${i}`, 'no such table', true)),
      'sleep 300',
      { workState: () => Promise.resolve('a') },
    );
    expect(await (await started(fixture)).ended).toMatchObject({
      cause: 'spinning',
      summary: { kind: 'repeats', what: 'error', times: 6 },
    });
  });

  it('burns tokens and changes nothing', async () => {
    const usage = (n: number): unknown => ({ type: 'usage', model: 'm', input_tokens: 1, output_tokens: n });
    const printed = [600, 1_200, 1_700].map((n) => `printf '%s\\n' '${JSON.stringify(usage(n))}'; sleep 0.3`);
    const run = await started(shellRun(`${printed.join('; ')}; sleep 300`, { limits: LIMITS }, { workState: () => Promise.resolve('a') }));
    expect(await run.ended).toMatchObject({ cause: 'spinning', summary: { kind: 'tokens-without-change', tokens: 1_100 } });
  });
});

describe('a run is not taken for stuck when it', () => {
  const goesOn = async (fixture: RunFixture, ms: number): Promise<RunOutcome> => {
    const run = await started(fixture);
    await until(() => fixture.said().length > 0);
    fixture.clock.jump(ms);
    writeFileSync(join(fixture.spec.worktree, 'go'), '');
    return run.ended;
  };

  it('says something new each time', async () => {
    const fixture = shellRun('i=0; while [ ! -e go ] || [ $i -lt 50 ]; do i=$((i+1)); echo "step $i"; sleep 0.02; done', {
      limits: LIMITS,
    });
    expect(await goesOn(fixture, 500_000)).toMatchObject({ reason: 'finished', cause: null });
  });

  it('makes the same call while files change', async () => {
    let state = 0;
    const workState = (): Promise<string> => Promise.resolve(String((state += 1)));
    const run = await started(claudeRun([...times(20, () => call('next', 'ok')), done], 'exit 0', { workState }));
    expect(await run.ended).toMatchObject({ reason: 'finished', cause: null });
  });

  it('makes the same call and gets another answer', async () => {
    const run = await started(claudeRun([...times(20, (i) => call('poll', `${i} %`)), done], 'exit 0'));
    expect(await run.ended).toMatchObject({ reason: 'finished', cause: null });
  });
});

it('what Claude Code asked a person for is kept, for a run that then ends without work', async () => {
  const question = {
    type: 'tool_use',
    id: 'q',
    name: 'AskUserQuestion',
    input: { questions: [{ question: 'Which database?' }] },
  };
  const asking = { type: 'assistant', message: { id: 'm', content: [question] }, session_id: 's' };
  const run = await started(claudeRun([asking, done], 'exit 0'));
  expect(await run.ended).toMatchObject({ reason: 'finished', asked: 'an answer to “Which database?”' });
});

it.each([
  ['Continue? [y/N]', false, true],
  ['Press Enter to continue', false, true],
  ["Password for 'https://example.org': ", true, true],
  ['Which one is it? ', true, true],
  ['Which one is it?', false, false],
  ['> ', true, true],
  ['Compiling', true, false],
  ['12 %', true, false],
  ['{"type":"status","text":"Are you sure? "}', true, false],
])('%j (left open: %s) is a question: %s', (text, open, expected) => {
  expect(looksLikeQuestion(text, open)).toBe(expected);
});
