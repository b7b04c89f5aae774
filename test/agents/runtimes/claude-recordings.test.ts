import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { claudeRuntime } from '../../../src/agents/runtimes/claude/claude.ts';
import { pricing } from '../../../src/agents/runtimes/pricing.ts';
import type { Conclusion } from '../../../src/agents/runtimes/runtime.ts';
import { sumUsage, type Signal } from '../../../src/agents/supervision/signals.ts';
import { NO_USAGE, type Usage } from '../../../src/pipeline/usage.ts';

/** Real output of claude-code 2.1.329 against a scripted model server. */
const RECORDINGS = new URL('../recordings/claude/', import.meta.url);
const NOW = Date.parse('2026-11-21T01:31:00Z');

interface Replayed {
  readonly signals: readonly Signal[];
  readonly end: Conclusion;
  readonly usage: ReadonlyMap<string, Usage>;
}

function replay(name: string, exitCode: number, resumed = false): Replayed {
  const parser = claudeRuntime.parser({ model: null, resumed, before: NO_USAGE, now: () => NOW, pricing: pricing() });
  const lines = readFileSync(new URL(`${name}.jsonl`, RECORDINGS), 'utf8').split('\n');
  const signals = lines.flatMap((line) => parser.line(line));
  const usage = new Map(signals.flatMap((signal) => (signal.kind === 'usage' ? [[signal.model, signal.usage] as const] : [])));
  return { signals, end: parser.end({ code: exitCode }), usage };
}

const SONNET = 'claude-sonnet-4-5';
function calls(count: number): Usage {
  return { inputTokens: 1000 * count, outputTokens: 50 * count, cacheReadTokens: 200 * count, cacheWriteTokens: 0, microUsd: 3810 * count };
}
const OVER: Usage = { inputTokens: 100_000, outputTokens: 50, cacheReadTokens: 200, cacheWriteTokens: 0, microUsd: 300_810 };

interface Expected {
  readonly exit: number;
  readonly reason: Conclusion['reason'];
  readonly summary: string;
  readonly turns: number;
  readonly usage: Readonly<Record<string, Usage>>;
  readonly resumed?: true;
  readonly extra?: readonly Partial<Signal>[];
}
const activity = (text: string): Partial<Signal> => ({ kind: 'activity', text });

const EXPECTED: Readonly<Record<string, Expected>> = {
  basic: {
    exit: 0,
    reason: 'finished',
    summary: 'All done.',
    turns: 3,
    usage: { [SONNET]: calls(3) },
    extra: [
      { kind: 'session', id: '8cd115be-7b38-4b59-a838-4c01ad7d8174' },
      activity('Write /repo/hello.txt'),
      activity('Bash git add -A && git commit -qm hello && git log --oneline'),
    ],
  },
  bfinal: { exit: 1, reason: 'over-budget', summary: 'Reached maximum budget ($0.01)', turns: 1, usage: { [SONNET]: OVER } },
  budget: { exit: 1, reason: 'over-budget', summary: 'Reached maximum budget ($0.1)', turns: 1, usage: { [SONNET]: OVER } },
  cut_once: {
    exit: 0,
    reason: 'finished',
    summary: 'ok after cut',
    turns: 1,
    usage: { [SONNET]: calls(1) },
    extra: [activity('Model service: unknown; try 1 of 10')],
  },
  denied: {
    exit: 0,
    reason: 'finished',
    summary: 'I could not.',
    turns: 2,
    usage: { [SONNET]: calls(2) },
    extra: [activity('Not allowed: Bash')],
  },
  e400: { exit: 1, reason: 'rate-limited', summary: 'Credit balance is too low', turns: 0, usage: {} },
  e401: {
    exit: 143,
    reason: 'failed',
    summary: 'Claude Code was ended by SIGTERM and gave no result.',
    turns: 0,
    usage: {},
    extra: [{ kind: 'signed-out', text: 'The model service refused the key (401, authentication_failed).' }],
  },
  fallback: {
    exit: 0,
    reason: 'finished',
    summary: 'from fallback',
    turns: 1,
    usage: { 'claude-haiku-4-5': { ...calls(1), microUsd: 1270 } },
    extra: [activity('Switched to Haiku 4.5 due to high demand for Sonnet 4.5')],
  },
  fork: { exit: 0, reason: 'finished', summary: 'fork', turns: 1, usage: { [SONNET]: calls(1) }, resumed: true },
  maxturns: { exit: 1, reason: 'over-budget', summary: 'Reached maximum number of turns (1)', turns: 1, usage: { [SONNET]: calls(1) } },
  mcp_broken: { exit: 0, reason: 'finished', summary: 'hm', turns: 1, usage: { [SONNET]: calls(1) } },
  mcp_tool: { exit: 0, reason: 'finished', summary: 'answer 42', turns: 2, usage: { [SONNET]: calls(2) } },
  partial: { exit: 0, reason: 'finished', summary: 'p', turns: 1, usage: { [SONNET]: calls(1) } },
  perm_allow: { exit: 0, reason: 'finished', summary: 'ok', turns: 2, usage: { [SONNET]: calls(2) } },
  perm_deny: { exit: 0, reason: 'finished', summary: 'ok', turns: 2, usage: { [SONNET]: calls(2) } },
  r429long: {
    exit: 1,
    reason: 'rate-limited',
    summary: 'API Error: Request rejected (429) · limit',
    turns: 0,
    usage: {},
    extra: [{ kind: 'rate-limited', resumeAt: null }],
  },
  r429once: {
    exit: 0,
    reason: 'finished',
    summary: 'ok after 429',
    turns: 1,
    usage: { [SONNET]: calls(1) },
    extra: [activity('Model service: 429, rate_limit; try 1 of 10')],
  },
  r529once: { exit: 0, reason: 'finished', summary: 'ok after 529', turns: 1, usage: { [SONNET]: calls(1) } },
  resume2: { exit: 0, reason: 'finished', summary: 'third answer', turns: 1, usage: { [SONNET]: calls(1) }, resumed: true },
  resume_missing: {
    exit: 1,
    reason: 'failed',
    summary: 'No conversation found with session ID: 11111111-1111-4111-8111-111111111111',
    turns: 0,
    usage: {},
    resumed: true,
    extra: [{ kind: 'session-missing' }],
  },
  sig_TERM: {
    exit: 143,
    reason: 'failed',
    summary: 'Claude Code was ended by SIGTERM and gave no result: Bash bash slowTERM.sh',
    turns: 1,
    // Without partial messages the stream tells of one output token only, and no end line corrects it.
    usage: { [SONNET]: { ...calls(1), outputTokens: 1, microUsd: 3075 } },
  },
  sigint_tool: { exit: 0, reason: 'finished', summary: 'x', turns: 2, usage: { [SONNET]: calls(2) } },
  sigterm_tool: { exit: 0, reason: 'finished', summary: 'x', turns: 2, usage: { [SONNET]: calls(2) } },
  stall: {
    exit: 143,
    reason: 'failed',
    summary: 'Claude Code was ended by SIGTERM and gave no result: partial',
    turns: 1,
    usage: { [SONNET]: { ...calls(1), outputTokens: 1, microUsd: 3075 } },
  },
};

it('has an expectation for every recording', () => {
  expect(
    readdirSync(RECORDINGS)
      .map((file) => file.replace('.jsonl', ''))
      .sort(),
  ).toEqual(Object.keys(EXPECTED).sort());
});

describe.each(Object.entries(EXPECTED))('the recording %s', (name, expected) => {
  const { signals, end, usage } = replay(name, expected.exit, expected.resumed ?? false);

  it('ends as it ended', () => {
    // All that it said at its end is kept where it finished, and only there.
    const closing = expected.reason === 'finished' ? { closing: expected.summary } : {};
    expect(end).toStrictEqual({ reason: expected.reason, summary: expected.summary, ...closing, resumeAt: null });
  });

  it('counts turns and usage once, exactly', () => {
    expect(signals.reduce((last, signal) => (signal.kind === 'turn' ? signal.count : last), 0)).toBe(expected.turns);
    expect(Object.fromEntries(usage)).toEqual(expected.usage);
  });

  it('tells what it should', () => {
    for (const signal of expected.extra ?? []) expect(signals).toContainEqual(expect.objectContaining(signal));
    // A wrong key is the only thing that is hopeless.
    expect(signals.some(({ kind }) => kind === 'fatal' || kind === 'signed-out')).toBe(name === 'e401');
  });

  it('names the session once, and never counts down', () => {
    expect(signals.filter(({ kind }) => kind === 'session')).toHaveLength(1);
    const seen = new Map<string, Usage>();
    for (const signal of signals) {
      if (signal.kind !== 'usage') continue;
      const before = seen.get(signal.model);
      for (const key of ['inputTokens', 'outputTokens', 'cacheReadTokens', 'cacheWriteTokens', 'microUsd'] as const) {
        expect(signal.usage[key]).toBeGreaterThanOrEqual(before?.[key] ?? 0);
      }
      seen.set(signal.model, signal.usage);
    }
  });

  it('needs both the end line and the exit code to call it a success', () => {
    expect(replay(name, 1, expected.resumed ?? false).end.reason).not.toBe('finished');
  });
});

it('calls a run whose last line is missing a failure, whatever the exit code', () => {
  const parser = claudeRuntime.parser({ model: null, resumed: false, before: NO_USAGE, now: () => NOW, pricing: pricing() });
  const lines = readFileSync(new URL('basic.jsonl', RECORDINGS), 'utf8').trimEnd().split('\n');
  lines.slice(0, -1).forEach((line) => parser.line(line));
  expect(parser.end({ code: 0 })).toMatchObject({ reason: 'failed', summary: 'Claude Code exited with 0 and gave no result: All done.' });
});

it('meters money while the run continues, with the list price', () => {
  const { signals } = replay('partial', 0);
  const beforeEnd = signals.slice(
    0,
    signals.findIndex(({ kind }) => kind === 'result'),
  );
  const last = beforeEnd.findLast((signal) => signal.kind === 'usage');
  expect(last?.kind === 'usage' ? sumUsage(new Map([[SONNET, last.usage]])) : null).toEqual(calls(1));
});
