import { actorName } from '../../../src/pipeline/actor.ts';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { identify } from '../../../src/agents/process/identity.ts';
import { oneLine } from '../../../src/agents/text.ts';
import { sumUsage } from '../../../src/agents/supervision/signals.ts';
import { startRun } from '../../../src/agents/supervision/supervisor.ts';
import { faultWords } from '../../../src/words/item/faults.ts';
import { leaveNothingBehind, numberIn, runFixture, until, type RunFixture } from '../run-fixture.ts';
import { CASES, type Case, type CaseName, type Play, type Plays } from './cases.ts';
import { replayProgram } from './replay.ts';
import { totalTokens } from '../../../src/pipeline/usage.ts';
import type { RunHandle } from '../../../src/agents/supervision/run-spec.ts';

/** Bytes of output that a played program may print. */
const OUTPUT_BYTES = 16 * 1024 * 1024;
/** Longer than a program may stay after its result. */
const A_MINUTE = 60_000;

const WORDS = { id: 7, from: 'anna', at: '2026-11-21T13:05:00.000Z', text: 'use the old API\nplease' };

interface Played {
  readonly fixture: RunFixture;
  /** Where the program keeps its arguments and the number of its tool. */
  readonly dir: string;
  readonly run: RunHandle;
}

async function play({ runtime, model }: Plays, { steps, resume }: Play): Promise<Played> {
  const fixture = runFixture(
    { runtime: runtime.name, model: model ?? null },
    {
      runtimes: [runtime],
      outputBytes: OUTPUT_BYTES,
      ...(resume === undefined ? {} : { resumeSession: resume.session, before: resume.before }),
    },
  );
  const dir = join(fixture.spec.worktree, 'program of an agent');
  const agent = { ...fixture.spec.agent, command: [replayProgram(dir, steps), ...(runtime.templates ? ['{{item}}'] : [])] };
  const started = await startRun({ ...fixture.spec, agent });
  if (!started.ok) throw started.error;
  return { fixture, dir, run: started.value };
}

/** Runs a runtime through all cases, each as a real process under the real supervisor. */
export function conformance(plays: Plays): void {
  leaveNothingBehind();
  describe(`runtime ${plays.runtime.name}`, () => {
    for (const name of Object.keys(CASES) as CaseName[]) test(plays, name);
  });
}

function test(plays: Plays, name: CaseName): void {
  const its = plays.cases[name];
  const cannot = 'cannot' in its ? its.cannot : null;
  const what = cannot === null ? CASES[name].does : `not here, ${cannot}`;
  it.skipIf(cannot !== null)(`${name}: ${what}`, { timeout: 60_000 }, async () => {
    if ('cannot' in its) return;
    const played = await play(plays, its);
    await act(name, its, played);
    const outcome = await played.run.ended;
    expect(outcome).toMatchObject({ reason: its.reason ?? CASES[name].reason });
    judge(name, { ...played, outcome, play: its, metered: plays.runtime.metered });
  });
}

/** Does what Musher does in the case, once the program has said and started what it is to. */
async function act(name: CaseName, { steps }: Play, { fixture, dir, run }: Played): Promise<void> {
  const expected: Case = CASES[name];
  if (expected.act === undefined) return;
  if (steps.some((step) => 'tool' in step)) await until(() => numberIn(join(dir, 'tool')) > 0);
  if (steps.some((step) => 'print' in step)) await until(() => fixture.signals.length > 0);
  if (expected.act === 'stop') {
    run.stop('stopped', 'Stopped by anna.');
    return;
  }
  if (expected.act === 'tell') {
    // As after a restart, when nobody knows whether it was given already.
    for (let times = 0; times < 2; times += 1) run.tell([WORDS]);
    return;
  }
  await until(() => fixture.signals.some(({ kind }) => kind === 'result'));
  fixture.clock.jump(A_MINUTE);
}

function judge(name: CaseName, ended: Ended): void {
  const { outcome, dir, play: its } = ended;
  const { summary } = outcome;
  expect(typeof summary === 'string' ? summary : faultWords(summary, actorName)).toContain(its.says ?? '');
  const used = Object.fromEntries(outcome.usage);
  expect(used).toEqual(its.usage ?? used);
  check[name]?.(ended);
  // A number that was never written is 0, which is no process either.
  expect(identify(numberIn(join(dir, 'tool')))).toBeNull();
}

type Ended = Played & { readonly outcome: Awaited<RunHandle['ended']>; readonly play: Play; readonly metered: boolean };

/** What a case asks for beside the reason of the end. */
const check: { readonly [C in CaseName]?: (ended: Ended) => void } = {
  success({ fixture, outcome, metered }) {
    expect(outcome).toMatchObject({ exitCode: 0, sessionMissing: false });
    // With its line breaks: `summary` is the same in one line.
    expect(oneLine(outcome.closing)).toBe(outcome.summary);
    expect(fixture.signals.filter(({ kind }) => kind === 'session')).toHaveLength(1);
    expect(totalTokens(sumUsage(outcome.usage)) > 0 || !metered).toBe(true);
  },
  'empty success': ({ outcome }) => expect(outcome.summary).toBe(''),
  failure: ({ outcome }) => expect(outcome.summary).not.toBe(''),
  '429 for ever': ({ outcome }) => expect(outcome.summary).not.toBe(''),
  '401': ({ fixture }) => expect(fixture.signals.some(({ kind }) => kind === 'signed-out')).toBe(true),
  resume({ dir, play: its }) {
    const session = its.argument ?? its.resume?.session ?? 'a session';
    expect(readFileSync(join(dir, 'arguments'), 'utf8')).toContain(session);
  },
  'told while it works'({ fixture, dir }) {
    expect(JSON.parse(readFileSync(join(dir, 'told'), 'utf8'))).toEqual({ type: 'told', ...WORDS });
    expect(fixture.signals).toContainEqual({ kind: 'read', id: WORDS.id });
  },
  'a refused tool': ({ outcome }) => expect(outcome.asked).not.toBeNull(),
};
