import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { codexRuntime } from '../../../src/agents/runtimes/codex/codex.ts';
import { geminiRuntime } from '../../../src/agents/runtimes/gemini/gemini.ts';
import { opencodeRuntime } from '../../../src/agents/runtimes/opencode/opencode.ts';
import { pricing } from '../../../src/agents/runtimes/pricing.ts';
import type { Conclusion, Runtime } from '../../../src/agents/runtimes/runtime.ts';
import { runMemory } from '../../../src/agents/supervision/run-memory.ts';
import type { Signal } from '../../../src/agents/supervision/signals.ts';
import { NO_USAGE, type Usage } from '../../../src/pipeline/usage.ts';

/** Real output of codex 0.169.0, opencode-ai 1.18.33 and gemini-cli 0.61.0 against scripted model servers. */
const RECORDINGS = new URL('../recordings/', import.meta.url);
const NOW = Date.parse('2026-11-21T01:45:00Z');
const HOUR = 3_600_000;

/** Tokens of so many calls of the scripted model, as its program counts them. */
const calls = (count: number): Omit<Usage, 'microUsd'> => ({
  inputTokens: 800 * count,
  outputTokens: 50 * count,
  cacheReadTokens: 200 * count,
  cacheWriteTokens: 0,
});
const own = (count: number): Usage => ({ ...calls(count), microUsd: 0 });

interface Expected {
  readonly exit: number;
  readonly reason: Conclusion['reason'];
  /** Part of it. */
  readonly summary: string;
  readonly resumeAt?: number;
  readonly turns: number;
  readonly usage: Usage | null;
  readonly model?: string;
  /** What the session had used before. */
  readonly before?: Usage;
  readonly errors?: readonly string[];
  readonly extra?: readonly Partial<Signal>[];
}

const activity = (text: string): Partial<Signal> => ({ kind: 'activity', text });
const COMMIT = '$ echo hi > a.txt && git add -A && git commit -qm x && git log --oneline';

const CODEX: Readonly<Record<string, Expected>> = {
  tools: {
    exit: 0,
    reason: 'finished',
    summary: 'All done.',
    turns: 2,
    usage: own(2),
    extra: [{ kind: 'session', id: '01a1fbc1-d6f0-7271-8b22-8621ae8da862' }, activity(COMMIT), { kind: 'call', text: COMMIT, error: null }],
  },
  failcmd: {
    exit: 0,
    reason: 'finished',
    summary: 'done',
    turns: 2,
    usage: own(2),
    extra: [{ kind: 'call', text: '$ echo out; echo err >&2; exit 3', error: 'err out exit 3' }],
  },
  // The thread's total; two calls of it were another run's.
  resume: { exit: 0, reason: 'finished', summary: 'resumed', turns: 1, usage: own(1), before: own(2) },
  sandbox_ws: { exit: 0, reason: 'finished', summary: 'done', turns: 1, usage: own(2) },
  failed: { exit: 1, reason: 'failed', summary: 'ran out of room', turns: 0, usage: null },
  r429once: { exit: 0, reason: 'finished', summary: 'ok', turns: 1, usage: own(1) },
  r429forever: {
    exit: 1,
    reason: 'rate-limited',
    summary: 'exceeded retry limit, last status: 429 Too Many Requests',
    turns: 0,
    usage: null,
    extra: [{ kind: 'rate-limited', resumeAt: null }],
  },
  usage_limit: { exit: 1, reason: 'rate-limited', summary: 'usage limit', turns: 0, usage: null },
  e401: { exit: 1, reason: 'signed-out', summary: '401 Unauthorized', turns: 0, usage: null },
  sig_TERM: {
    exit: 143,
    reason: 'failed',
    summary: 'Codex was ended by SIGTERM and gave no result: $ bash slow.sh',
    turns: 1,
    usage: null,
  },
};

const OPENCODE: Readonly<Record<string, Expected>> = {
  tools: {
    exit: 0,
    reason: 'finished',
    summary: 'All done.',
    turns: 2,
    usage: { ...calls(2), microUsd: 6300 },
    extra: [
      { kind: 'session', id: 'ses_e043ce97dffemXvJz8S475iMpo' },
      { kind: 'call', error: null },
    ],
  },
  allow_all: { exit: 0, reason: 'finished', summary: 'All done.', turns: 2, usage: { ...calls(2), microUsd: 6300 } },
  resume: { exit: 0, reason: 'finished', summary: 'resumed', turns: 1, usage: { ...calls(1), microUsd: 3150 }, before: own(2) },
  r429once: { exit: 0, reason: 'finished', summary: 'ok', turns: 1, usage: { ...calls(1), microUsd: 3150 } },
  // A refused question ends the run, and the exit code is 0.
  ask_perm: {
    exit: 0,
    reason: 'failed',
    summary: 'opencode ended because nobody allowed bash rm -f /tmpdir/x.',
    turns: 1,
    usage: { ...calls(1), microUsd: 3150 },
    extra: [{ kind: 'asks', text: 'permission for bash rm -f /tmpdir/x' }],
  },
  // A rule refuses without a question, and the run goes on.
  denied: {
    exit: 0,
    reason: 'finished',
    summary: 'done',
    turns: 5,
    usage: { inputTokens: 5000, outputTokens: 250, cacheReadTokens: 1000, cacheWriteTokens: 0, microUsd: 19_050 },
    extra: [activity('Not allowed: bash env > seen')],
  },
  e401: { exit: 1, reason: 'signed-out', summary: 'The model service refused the key (401): Incorrect API key', turns: 0, usage: null },
  signed_out: {
    exit: 1,
    reason: 'signed-out',
    summary: 'Model not found: anthropic/claude-sonnet-4-5',
    turns: 0,
    usage: null,
    errors: [
      'timestamp=2026-11-30T19:22:57.169Z level=ERROR run=5bfd6ffe message=failed ref=err_f9104657 error="ProviderModelNotFoundError: Model not found: anthropic/claude-sonnet-4-5." cause="x"',
    ],
  },
  sig_TERM: {
    exit: 143,
    reason: 'failed',
    summary: 'opencode was ended by SIGTERM in the middle of its work: I will use bash.',
    turns: 1,
    usage: null,
  },
};

const GEMINI: Readonly<Record<string, Expected>> = {
  basic: {
    exit: 0,
    reason: 'finished',
    summary: 'All done.',
    turns: 2,
    usage: own(2),
    extra: [
      { kind: 'session', id: '91f8ae16-1966-42d7-b6d7-3e2e98e31363' },
      activity('I will use run_shell_command.'),
      activity(`run_shell_command ${COMMIT.slice(2)}`),
    ],
  },
  default_mode: {
    exit: 0,
    reason: 'finished',
    summary: 'could not',
    turns: 2,
    usage: own(2),
    extra: [activity('Not allowed: run_shell_command touch z'), { kind: 'asks' }],
  },
  denied: { exit: 0, reason: 'finished', summary: 'done', turns: 2, usage: { ...calls(2), microUsd: 4480 }, extra: [{ kind: 'asks' }] },
  // Tokens of a run, not of a session: nothing is taken off.
  resume2: { exit: 0, reason: 'finished', summary: 'resumed2', turns: 1, usage: own(1), before: own(2) },
  r429once: { exit: 0, reason: 'finished', summary: 'ok', turns: 1, usage: own(1) },
  r429long: { exit: 173, reason: 'rate-limited', summary: 'Quota exceeded', resumeAt: NOW + HOUR, turns: 0, usage: null },
  // Ended from outside while it was still trying; its exit code is 0.
  r429forever: { exit: 0, reason: 'failed', summary: 'Gemini CLI exited with 0 and gave no result.', turns: 0, usage: null },
  e400: { exit: 144, reason: 'signed-out', summary: 'API key not valid', turns: 0, usage: null },
  e401: { exit: 145, reason: 'signed-out', summary: 'API key not valid', turns: 0, usage: null },
  sig_TERM: {
    exit: 0,
    reason: 'failed',
    summary: 'Gemini CLI exited with 0 and gave no result: run_shell_command bash slow.sh',
    turns: 1,
    usage: null,
  },
};

const ALL = [
  { runtime: codexRuntime, table: CODEX },
  { runtime: opencodeRuntime, table: OPENCODE },
  { runtime: geminiRuntime, table: GEMINI },
];

function replay(
  runtime: Runtime,
  name: string,
  { exit, before, errors = [], model }: Expected,
): { signals: readonly Signal[]; end: Conclusion } {
  const parser = runtime.parser({
    model: model ?? null,
    resumed: before !== undefined,
    before: before ?? NO_USAGE,
    now: () => NOW,
    pricing: pricing(),
  });
  const lines = readFileSync(new URL(`${runtime.name}/${name}.jsonl`, RECORDINGS), 'utf8').split('\n');
  const complained = errors.flatMap((line) => parser.complaint?.(line) ?? []);
  const signals = [...complained, ...lines.flatMap((line) => parser.line(line))];
  return { signals, end: parser.end({ code: exit }) };
}

it.each(ALL)('has an expectation for every recording of $runtime.name', ({ runtime, table }) => {
  const files = readdirSync(new URL(`${runtime.name}/`, RECORDINGS));
  expect(files.map((file) => file.replace('.jsonl', '')).sort()).toEqual(Object.keys(table).sort());
});

describe.each(
  ALL.flatMap(({ runtime, table }) =>
    Object.entries(table).map(([name, expected]) => ({ title: `${runtime.name} ${name}`, runtime, name, expected })),
  ),
)('the recording $title', ({ runtime, name, expected }) => {
  const { signals, end } = replay(runtime, name, expected);

  it('ends as it ended', () => {
    const summary: unknown = expect.stringContaining(expected.summary);
    // All that it said at its end is kept where it finished, and only there.
    const closing = expected.reason === 'finished' ? { closing: summary } : {};
    expect(end).toStrictEqual({ reason: expected.reason, summary, ...closing, resumeAt: expected.resumeAt ?? null });
  });

  it('counts turns and usage once, exactly, and no unknown price as money', () => {
    expect(signals.reduce((last, signal) => (signal.kind === 'turn' ? signal.count : last), 0)).toBe(expected.turns);
    const usage = signals.filter((signal) => signal.kind === 'usage');
    expect(usage.at(-1)?.usage ?? null).toEqual(expected.usage);
    for (const signal of usage) expect(signal.unpriced ?? false).toBe(signal.usage.microUsd === 0);
    const tokens = usage.map((signal) => signal.usage.inputTokens);
    expect(tokens).toEqual(tokens.toSorted((a, b) => a - b));
  });

  it('tells what it should', () => {
    for (const signal of expected.extra ?? []) expect(signals).toContainEqual(expect.objectContaining(signal));
    expect(signals.some(({ kind }) => kind === 'signed-out')).toBe(expected.reason === 'signed-out');
    expect(signals.filter(({ kind }) => kind === 'session').length).toBeLessThanOrEqual(1);
  });

  it('needs both its own word and the exit code to call it a success', () => {
    expect(replay(runtime, name, { ...expected, exit: 1 }).end.reason).not.toBe('finished');
  });
});

describe('a refused key', () => {
  it('ends a run of Codex at its first line, before it has tried five times', () => {
    const { signals } = replay(codexRuntime, 'e401', { exit: 1, reason: 'signed-out', summary: '', turns: 0, usage: null });
    const at = signals.findIndex(({ kind }) => kind === 'signed-out');
    expect(signals.slice(0, at).some((signal) => signal.kind === 'activity' && signal.text.includes('Reconnecting'))).toBe(false);
  });
});

describe('what a run cost that was ended before it told what it used', () => {
  const unpriced = (runtime: Runtime, name: string, exit: number, model: string): readonly string[] => {
    const memory = runMemory();
    const { signals } = replay(runtime, name, { exit, reason: 'failed', summary: '', turns: 0, usage: null, model });
    for (const signal of signals) memory.take(signal);
    return memory.unpriced;
  };
  it.each([
    [codexRuntime, 'tools', 'gpt-5'],
    [geminiRuntime, 'denied', 'gemini-2.5-pro'],
  ])('is not known, and is once it was told: %#', (runtime, told, model) => {
    expect(unpriced(runtime, 'sig_TERM', 143, model)).toEqual([model]);
    expect(unpriced(runtime, told, 0, model)).toEqual([]);
    // Its model was never reached, so it cost nothing.
    expect(unpriced(runtime, 'r429forever', 1, model)).toEqual([]);
  });

  it('is known of opencode, which tells it after each step', () => {
    expect(unpriced(opencodeRuntime, 'ask_perm', 0, 'x')).toEqual([]);
  });
});

describe('what is said on the error output alone', () => {
  const parser = ({ parser: of }: Runtime): ReturnType<Runtime['parser']> =>
    of({ model: null, resumed: true, before: NO_USAGE, now: () => NOW, pricing: pricing() });
  it.each([
    [codexRuntime, 'Error: thread/resume: thread/resume failed: no rollout found for thread id 11111111-1111-4111-8111-111111111111'],
    [opencodeRuntime, '\u001b[91m\u001b[1mError: \u001b[0mSession not found'],
    [geminiRuntime, 'Error resuming session: Invalid session identifier "11111111-1111-4111-8111-111111111111".'],
  ])('is a missing session: %#', (runtime, line) => {
    expect(parser(runtime).complaint?.(line)).toMatchObject([{ kind: 'session-missing' }]);
    expect(parser(runtime).complaint?.('WARNING: something else')).toEqual([]);
  });

  it('is an allowance for which opencode waits in silence, until it works again', () => {
    const one = parser(opencodeRuntime);
    const line =
      'level=ERROR run=1 message="stream error" providerID=anthropic small=false error.error="AI_APICallError: Rate limit reached"';
    expect(one.complaint?.(line)).toMatchObject([{ kind: 'rate-limited', waits: true }]);
    expect(one.end({ code: 143 })).toMatchObject({ reason: 'rate-limited' });
    one.line('{"type":"step_start","part":{}}');
    expect(one.end({ code: 143 })).toMatchObject({ reason: 'failed' });
  });

  it('is nobody signed in to Gemini, by the exit code', () => {
    const one = parser(geminiRuntime);
    one.complaint?.('When using Gemini API, you must specify the GEMINI_API_KEY environment variable.');
    expect(one.end({ code: 41 })).toMatchObject({ reason: 'signed-out', summary: expect.stringContaining('GEMINI_API_KEY') as string });
  });

  it('is that Gemini leaves out what keeps the worktree from starting programs: the run ends', () => {
    expect(parser(geminiRuntime).complaint?.("Security Warning: Skipping system settings file '/srv/run/x.json': …")).toMatchObject([
      { kind: 'fatal' },
    ]);
  });
});
