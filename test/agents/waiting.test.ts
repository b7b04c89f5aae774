import { describe, expect, it } from 'vitest';
import { timeLimit, type Waited } from '../../src/agents/supervision/limits.ts';
import { readStop } from '../../src/agents/supervision/run-record.ts';
import { startRun } from '../../src/agents/supervision/supervisor.ts';
import { timeWaited } from '../../src/pipeline/requests.ts';
import { leaveNothingBehind, NO_LIMITS, shellRun, until } from './run-fixture.ts';

leaveNothingBehind();

const LIMITS = { ...NO_LIMITS, wallClockMs: 30_000, silenceMs: 10_000 };
const waiting = (change: Partial<Waited>) => (): Waited => ({ forPeople: 0, forMusher: 0, ...change });

describe('the limits of time', () => {
  it('stand still while a run waits for people, and its silence while Musher works for it', () => {
    const at = (now: number, change: Partial<Waited>): unknown =>
      timeLimit(LIMITS, 0, { lastOutputAt: 0, lastNewsAt: 0, question: null, repeated: { text: '', times: 0 } }, now, waiting(change));
    expect(at(10_000, {})).toMatchObject({ reason: 'stuck', summary: { kind: 'no-output', ms: 10_000 } });
    expect(at(10_000, { forPeople: 1 })).toEqual({ lookAgainAt: 11_000 });
    expect(at(10_000, { forMusher: 5_000 })).toEqual({ lookAgainAt: 15_000 });
    expect(at(40_000, { forPeople: 35_000 })).toEqual({ lookAgainAt: 45_000 });
    expect(at(65_000, { forPeople: 35_000 })).toMatchObject({ summary: { kind: 'ran-too-long', ms: 30_000 } });
    expect(at(35_000, { forMusher: 35_000 })).toMatchObject({ summary: { kind: 'ran-too-long', ms: 30_000 } });
  });

  it('hold again when the waiting is over', async () => {
    const { spec, clock } = shellRun('sleep 600', { limits: { ...NO_LIMITS, silenceMs: 600_000 } });
    let from: number | null = null;
    let over = 0;
    let looks = 0;
    const waited = (): Waited => {
      looks += 1;
      return { forPeople: from === null ? over : clock.now() - from, forMusher: 0 };
    };
    const started = await startRun({ ...spec, waited });
    if (!started.ok) throw started.error;
    await until(() => looks > 0);
    from = clock.now();
    const before = looks;
    clock.jump(5 * 600_000);
    await until(() => looks > before);
    expect(await readStop(spec.runDir)).toBeNull();
    over = clock.now() - from;
    from = null;
    clock.jump(600_000);
    expect(await started.value.ended).toMatchObject({ reason: 'stuck', summary: { kind: 'no-output', ms: 600_000 } });
  });
});

describe('the time waited', () => {
  const span = (openedAt: number, closedAt: number | null, expiresAt = 1_000): Parameters<typeof timeWaited>[0][number] => ({
    openedAt,
    closedAt,
    expiresAt,
  });

  it.each([
    [[], 0],
    [[span(10, 20)], 10],
    [[span(10, 20), span(15, 30)], 20],
    [[span(15, 30), span(10, 20), span(50, 60)], 30],
    [[span(0, 10)], 5],
    [[span(90, null)], 10],
    [[span(90, null, 95)], 5],
    [[span(200, 300)], 0],
  ])('of %j between 5 and 100 is %i', (spans, waited) => {
    expect(timeWaited(spans, 5, 100)).toBe(waited);
  });
});
