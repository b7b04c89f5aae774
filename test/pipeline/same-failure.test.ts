import { describe, expect, it } from 'vitest';
import { nextStep } from '../../src/pipeline/next/next-step.ts';
import { normalised, repeatedBy, SAME_FAILURES } from '../../src/pipeline/why/same-failure.ts';
import { transition } from '../../src/pipeline/transition.ts';
import type { Failure, WorkItem } from '../../src/pipeline/types.ts';
import { QUIET } from './facts.ts';
import { eventOf, STAGE, standing } from './samples.ts';

const gate = (evidence: string): Failure => ({ cause: 'gate', summary: 'gate test ended with exit code 1 after 3.1 s', evidence });
const failure = (over: Partial<Failure> = {}): Failure => ({ ...gate('no'), signature: 'aa', tree: 't1', ...over });

/** An item after attempts that failed so. */
function after(...failures: readonly Failure[]): WorkItem {
  return failures.reduce<WorkItem>((item, one, i) => {
    const next = transition(item, eventOf('item.attempt_failed', { failure: one, stage: 'current', attempt: i + 1 }, { seq: i + 2 }));
    if (!next.ok) throw new Error(next.error.misfit.kind);
    return next.value;
  }, standing(STAGE.current));
}
const many = { ...QUIET, maxRetries: 9 };

describe('a failure', () => {
  it.each([
    ['other times and lengths', 'took 3.1 s at 14:05:09', 'took 12 s at 2026-11-21T09:01:02.123Z'],
    ['other hashes and ids', 'at commit 1a2b3c4d5e', 'at commit ffee00112233'],
    ['another place', 'in /tmp/musher/a/b.ts:12:3', 'in src/x/y/z.js:7'],
    ['colours', '\u001b[31mfailed\u001b[0m  twice', 'failed twice'],
  ])('with %s is the same one', (_, one, other) => {
    expect(normalised(gate(one))).toBe(normalised(gate(other)));
  });

  it('of another kind, test or error is another one', () => {
    const texts = [gate('adds: expected a'), gate('subtracts: expected a'), gate('adds: expected bread')].map(normalised);
    expect(new Set(texts).size).toBe(3);
    expect(normalised({ ...gate('no'), cause: 'setup' })).not.toBe(normalised(gate('no')));
  });

  it('of a run is known by its summary: what an agent says differs each time', () => {
    const run = (evidence: string): Failure => ({ cause: 'run', summary: 'it changed nothing', evidence });
    expect(normalised(run('I looked around.'))).toBe(normalised(run('I had a look.')));
  });
});

describe('the same failure again and again', () => {
  it('blocks the item before its attempts are used up, and says so', () => {
    const twice = after(failure(), failure());
    expect(nextStep(twice, many).do).toBe('run');
    const step = nextStep(after(failure(), failure(), failure()), many);
    expect(step).toEqual({ do: 'block', reason: { kind: 'same-failure', times: 3 } });
  });

  it.each([
    ['the work has changed', [failure(), failure(), failure({ tree: 't2' })]],
    ['another failure came between', [failure(), failure(), failure({ signature: 'bb' }), failure()]],
    ['it can not be compared', [failure(), failure(), { ...gate('no') }]],
  ] as const)('goes on while %s', (_, failures) => {
    expect(nextStep(after(...failures), many).do).toBe('run');
  });

  it('is counted through the merge and back, and a person who looks at it starts the count anew', () => {
    const twice = after(failure(), failure());
    const back = transition(
      { ...twice, stage: STAGE.qa } as WorkItem,
      eventOf('item.moved', { to: { name: 'current' }, why: '', failure: failure() }, { actor: 'musher' }),
    );
    expect(back.ok && back.value.repeated?.times).toBe(SAME_FAILURES);
    const person = transition(twice, eventOf('item.attempts_reset', { why: '' }));
    expect(person.ok && person.value.repeated).toBeNull();
    expect(person.ok && repeatedBy(person.value, failure())?.times).toBe(1);
  });
});
