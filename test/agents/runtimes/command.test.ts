import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commandRuntime } from '../../../src/agents/runtimes/command/command.ts';
import { pricing } from '../../../src/agents/runtimes/pricing.ts';
import type { Conclusion } from '../../../src/agents/runtimes/runtime.ts';
import type { Signal } from '../../../src/agents/supervision/signals.ts';
import { NO_USAGE } from '../../../src/pipeline/usage.ts';

const NOW = Date.parse('2026-11-21T09:00:00Z');
const DAY = 24 * 60 * 60 * 1000;

function read(lines: readonly (string | object)[], code: number | null = 0): { signals: readonly Signal[]; end: Conclusion } {
  const parser = commandRuntime.parser({ model: 'own-model', resumed: false, before: NO_USAGE, now: () => NOW, pricing: pricing() });
  const signals = lines.flatMap((line) => parser.line(typeof line === 'string' ? line : JSON.stringify(line)));
  return { signals, end: parser.end({ code }) };
}
const usage = (input: number, output: number, cost: number): object => ({
  type: 'usage',
  input_tokens: input,
  output_tokens: output,
  cost_usd: cost,
});

describe('the lines of the protocol', () => {
  it.each([1e300, -1, 0, 8.64e15, NOW - 1, NOW + 32 * DAY, '+275760-09-13T00:00:00Z', 'soon', null, true])(
    'does not believe %s as the time of a rate limit: it is one without a time',
    (time) => {
      const { end } = read([`{"type":"rate_limit","resume_at":${JSON.stringify(time)}}`], 1);
      expect(end).toEqual({ reason: 'rate-limited', summary: 'rate limited', resumeAt: null });
    },
  );

  it('takes the time of a rate limit up to a month ahead', () => {
    expect(read([{ type: 'rate_limit', resume_at: NOW + 31 * DAY - 0.4 }], 1).end.resumeAt).toBe(NOW + 31 * DAY);
  });

  it('gives a signal for each known line', () => {
    expect(
      read([
        { type: 'session', id: 's1' },
        { type: 'status', text: 'reading\nfiles' },
        { type: 'turn' },
        { type: 'turn' },
        { ...usage(10, 5, 0.25), model: 'm', cache_read_tokens: 3, cache_write_tokens: 2 },
        { type: 'rate_limit', resume_at: '2026-11-21T10:00:00Z', text: 'wait' },
        { type: 'rate_limit', resume_at: 1_795_300_000_000 },
        { type: 'rate_limit' },
        { type: 'verdict', verdict: 'reject', reason: 'no tests' },
        { type: 'result', status: 'success', text: 'done' },
      ]).signals,
    ).toEqual([
      { kind: 'session', id: 's1' },
      { kind: 'activity', text: 'reading files' },
      { kind: 'turn', count: 1 },
      { kind: 'turn', count: 2 },
      {
        kind: 'usage',
        model: 'm',
        usage: { inputTokens: 10, outputTokens: 5, cacheReadTokens: 3, cacheWriteTokens: 2, microUsd: 250_000 },
      },
      { kind: 'rate-limited', resumeAt: Date.parse('2026-11-21T10:00:00Z'), text: 'wait' },
      { kind: 'rate-limited', resumeAt: 1_795_300_000_000, text: 'rate limited' },
      { kind: 'rate-limited', resumeAt: null, text: 'rate limited' },
      { kind: 'verdict', verdict: 'reject', reason: 'no tests' },
      { kind: 'result', outcome: 'success', summary: 'done' },
    ]);
  });

  it('believes no number that would spoil every sum it is added to', () => {
    const [told] = read([usage(1e300, 5, 1e300)]).signals;
    const cacheless = { cacheReadTokens: 0, cacheWriteTokens: 0 };
    expect(told).toMatchObject({ usage: { inputTokens: 1e11, outputTokens: 5, microUsd: 1e11, ...cacheless } });
  });

  it('never counts down, and tells only what is new', () => {
    const told = read([usage(10, 5, 0.2), usage(10, 5, 0.2), usage(8, 7, 0.1), usage(-5, 0, Number.NaN)]).signals;
    expect(
      told.map((signal) =>
        signal.kind === 'usage' ? [signal.model, signal.usage.inputTokens, signal.usage.outputTokens, signal.usage.microUsd] : null,
      ),
    ).toEqual([
      ['own-model', 10, 5, 200_000],
      ['own-model', 10, 7, 200_000],
    ]);
  });

  it.each([
    '{"type":"usage"',
    '{"type":"constructor"}',
    '{"type":"session"}',
    '{"type":"result","status":"maybe"}',
    '{"type":"verdict","verdict":"yes"}',
    '[1]',
    '{}',
    'plain words',
  ])('takes %s as plain text', (line) => {
    expect(read([line]).signals).toEqual([{ kind: 'activity', text: line }]);
  });

  it('reads a verdict from a plain line', () => {
    expect(read(['VERDICT: reject no tests']).signals).toContainEqual({ kind: 'verdict', verdict: 'reject', reason: 'no tests' });
  });

  it('keeps what it shows on one line of bounded length', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: 'binary', maxLength: 2000 }), fc.string({ unit: 'grapheme', minLength: 400, maxLength: 900 })),
        (text) => {
          for (const signal of read([text, { type: 'status', text }]).signals) {
            if (signal.kind !== 'activity') continue;
            expect(signal.text.length).toBeLessThanOrEqual(300);
            expect(signal.text).not.toMatch(/[\r\n\0]/);
          }
        },
      ),
    );
  });
});

describe('how a run of any program ends', () => {
  const success = { type: 'result', status: 'success', text: 'done' };
  it.each([
    ['a plain program with 0', ['hello'], 0, 'finished', 'hello'],
    ['a plain program with 2', ['hello'], 2, 'failed', 'The program exited with 2: hello'],
    ['a plain program by a signal', [], 143, 'failed', 'The program was ended by SIGTERM.'],
    ['a success that says so', [usage(1, 1, 0), success], 0, 'finished', 'done'],
    ['a success that exits with 1', [success], 1, 'failed', 'The program exited with 1.'],
    ['a failure that exits with 0', [{ type: 'result', status: 'failure', text: 'no idea' }], 0, 'failed', 'no idea'],
    ['a failure without words', [{ type: 'result', status: 'failure' }], 0, 'failed', 'The agent reported a failure.'],
    ['the protocol without a result', [{ type: 'status', text: 'hm' }], 0, 'failed', 'The program ended without a result line.'],
    ['a rate limit', [{ type: 'rate_limit', text: 'wait' }], 1, 'rate-limited', 'wait'],
    ['a rate limit that was waited out', [{ type: 'rate_limit', text: 'wait' }, success], 0, 'finished', 'done'],
  ] as const)('%s', (_name, lines, code, reason, summary) => {
    expect(read(lines, code).end).toMatchObject({ reason, summary });
  });
});
