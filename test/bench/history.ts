import type { ItemEventKind, ItemEvents, NewItemEvent } from '../../src/pipeline/events.ts';
import { agentFor } from '../../src/pipeline/transition.ts';
import { commitSha, itemNumber, positiveInt, type CommitSha, type ItemNumber, type PositiveInt } from '../../src/pipeline/values.ts';
import type { Usage } from '../../src/pipeline/usage.ts';

/** Items that are under way at the same time; their events come in turns, as in life. */
const UNDER_WAY = 12;
/** Events of a whole life, on average; for sizing. */
export const EVENTS_OF_A_LIFE = 37;

const WORDS = 'the order form checks cards again when people pay late so that no charge is lost and tests say why'.split(' ');
const AGENTS = ['coder-1', 'coder-2', 'coder-3'];
const OUTPUT = '  ✓ takes the order (12 ms)\n'.repeat(24);

/** The history of a project: item after item goes from creation to the archive, through runs, gates and merges, some with a retry. */
export function* projectHistory(project: string): Generator<NewItemEvent> {
  const random = generator(20260101);
  const lives: Iterator<NewItemEvent>[] = [];
  for (let next = 1; ;) {
    while (lives.length < UNDER_WAY) lives.push(life(project, valid(itemNumber(next++)), random));
    const turn = Math.floor(random() * lives.length);
    const step = lives[turn]?.next();
    if (step?.done === false) yield step.value;
    else lives.splice(turn, 1);
  }
}

function* life(project: string, item: ItemNumber, random: () => number): Generator<NewItemEvent> {
  const sentence = (words: number): string => Array.from({ length: words }, () => WORDS[Math.floor(random() * WORDS.length)]).join(' ');
  const sha = (): CommitSha =>
    valid(
      commitSha(
        Array.from({ length: 5 }, () =>
          Math.floor(random() * 2 ** 32)
            .toString(16)
            .padStart(8, '0'),
        ).join(''),
      ),
    );
  const event = <K extends ItemEventKind>(kind: K, payload: ItemEvents[K], actor = 'musher'): NewItemEvent =>
    // Kind and payload fit each other by the signature, which the union does not see.
    ({ project, item, actor, cause: null, kind, payload }) as unknown as NewItemEvent;
  const failure = { cause: 'gate', summary: 'test: exit 1', evidence: OUTPUT } as const;
  const agent = AGENTS[item % AGENTS.length] ?? 'coder-1';
  const branch = `musher/${item}-${sentence(3).replaceAll(' ', '-')}`;

  yield event(
    'item.created',
    {
      type: random() < 0.7 ? 'story' : 'bug',
      title: sentence(6),
      description: sentence(60),
      criteria: [1, 2, 3].map(() => ({ text: sentence(9), checked: false })),
      dependsOn: item > 1 && random() < 0.3 ? [valid(itemNumber(item - 1))] : [],
      qaMode: null,
    },
    'console:ann',
  );
  yield event('item.moved', { to: { name: 'current' }, why: 'started', failure: null }, 'console:ann');
  const attempts = random() < 0.2 ? 2 : 1;
  for (let run = 1; run <= attempts; run++) {
    const base = sha();
    yield event('run.pending', { run, agent, role: agentFor('current', agent).role, stage: 'current', attempt: run });
    yield event('run.started', { run, pid: 4_000 + run, pidStart: '123456', model: 'opus', runtime: 'claude', base });
    yield event('run.session', { run, session: sha().slice(0, 36) });
    for (let turn = 0; turn < 10; turn++) {
      yield event('run.usage', { run, agent, model: 'opus', usage: usage(random) });
      if (turn % 2 === 0) yield event('run.heartbeat', { run, activity: sentence(5) });
    }
    yield event('run.ended', { run, reason: 'finished', exitCode: 0, summary: sentence(12), resumeAt: null, turns: 10, verdict: null });
    yield event('item.work_seen', { work: { branch, head: sha(), commitsAhead: 1 } });
    yield event('gate.ran', receipt('lint', 'branch', 0, sha));
    yield event('gate.ran', receipt('test', 'branch', run < attempts ? 1 : 0, sha));
    if (run < attempts) yield event('item.attempt_failed', { failure, stage: 'current', attempt: run });
  }
  yield event('item.moved', { to: { name: 'qa' }, why: 'the gates pass', failure: null });
  const commitsAhead: PositiveInt = valid(positiveInt(1));
  yield event('item.moved', { to: { name: 'merge', branch, commitsAhead }, why: 'the gates pass', failure: null });
  const mergeCommit = sha();
  yield event('gate.ran', receipt('lint', 'merged', 0, sha));
  yield event('gate.ran', receipt('test', 'merged', 0, sha));
  yield event('merge.attempted', { commit: mergeCommit, base: sha(), head: sha(), outcome: 'clean', files: [] });
  yield event('item.moved', { to: { name: 'done', mergedAt: 1, mergeCommit }, why: 'merged', failure: null });
  yield event(
    'item.moved',
    { to: { name: 'archived', archivedAt: 1, reason: { kind: 'completed' } }, why: 'accepted', failure: null },
    'console:ann',
  );
}

function usage(random: () => number): Usage {
  const upTo = (most: number): number => Math.floor(random() * most);
  return {
    inputTokens: upTo(500),
    outputTokens: upTo(2_000),
    cacheReadTokens: upTo(60_000),
    cacheWriteTokens: upTo(5_000),
    microUsd: upTo(90_000),
  };
}

function receipt(gate: string, where: 'branch' | 'merged', exitCode: number, sha: () => CommitSha): ItemEvents['gate.ran'] {
  const hash = sha() + sha().slice(0, 24);
  const command = `npm run ${gate}`;
  return {
    gate,
    command,
    where,
    commit: sha(),
    tree: sha(),
    exitCode,
    timedOut: false,
    durationMs: 8_000,
    outputHash: hash,
    outputTail: OUTPUT,
  };
}

function valid<T>(value: T | null): T {
  if (value === null) throw new Error('the generator made an invalid value');
  return value;
}

/** A small random generator (mulberry32), so that each run of the benchmark sees the same history. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
