import { describe, expect, it } from 'vitest';
import { eventWords, receiptWords } from '../../../src/words/item/event.ts';
import type { EventKind, ItemEvents, LoggedEvent, OtherEvents } from '../../../src/pipeline/events.ts';
import { numbered, sha, SHA } from '../../commands/harness.ts';

const failure = { cause: 'gate', summary: 'lint failed', evidence: '' } as const;
const usage = { inputTokens: 900, outputTokens: 200, cacheReadTokens: 0, cacheWriteTokens: 0, microUsd: 11_400 };
const receipt: ItemEvents['gate.ran'] = {
  gate: 'test',
  command: 'npm test',
  where: 'merged',
  commit: SHA,
  tree: sha('2'),
  exitCode: 0,
  timedOut: false,
  durationMs: 3_100,
  outputHash: '',
  outputTail: '',
};

/** A payload of every kind, and what is said of it. The type asks for all of them. */
const KINDS: { readonly [K in EventKind]: readonly [(ItemEvents & OtherEvents)[K], string] } = {
  'item.created': [{ type: 'bug', title: 't', description: '', criteria: [], dependsOn: [], qaMode: null }, 'created it as a bug'],
  'item.edited': [{ field: 'qa', value: null, prior: 'human' }, 'set its qa to the default'],
  'item.criterion_set': [{ index: 1, checked: false }, 'unchecked criterion 2'],
  'item.dependencies_set': [{ dependsOn: [numbered(3), numbered(4)], prior: [] }, 'made it depend on 3, 4'],
  'item.assigned': [{ agent: null, prior: 'coder-1' }, 'opened it to any agent'],
  'item.queued': [{ queued: true }, 'asked for it to start by itself'],
  'item.moved': [
    { to: { name: 'archived', archivedAt: 1, reason: { kind: 'mergeFailed', reason: 'x' } }, why: 'base moved', failure: null },
    'moved it to archived (merge failed): base moved',
  ],
  'item.held': [{ why: '' }, 'stopped it'],
  'item.released': [{}, 'let it go on'],
  'item.accepted': [{ head: SHA }, 'approved 11111111'],
  'item.attempts_reset': [{ why: 'a person tries it again' }, 'forgot its failed attempts: a person tries it again'],
  'item.attempt_failed': [{ failure, stage: 'current', attempt: 2 }, 'counted attempt 2 in current as failed: lint failed'],
  'item.work_seen': [{ work: { branch: 'b', head: SHA, commitsAhead: 2 } }, 'read its branch: 2 commits, at 11111111'],
  'item.undone': [{ words: 'edit', cause: 'inbox:1' }, 'took edit back'],
  'item.put_back': [
    {
      standing: {
        stage: { name: 'qa' },
        queued: false,
        held: { by: 'console:ann', since: 1 },
        accepted: null,
        attempts: 0,
        sentBack: 0,
        failure: null,
        waitsSince: 1,
        stageSince: 1,
      },
    },
    'put it back to qa, stopped',
  ],
  'item.restore_asked': [{ snapshot: 2 }, 'asked for snapshot 2 back'],
  'item.restored': [
    { snapshot: 2, head: SHA, kept: 'refs/musher/snapshots/1/3' },
    'restored snapshot 2, at 11111111; what was there before is refs/musher/snapshots/1/3',
  ],
  'item.undo_asked': [{ reason: 'it broke' }, 'asked for its merge to be taken back: it broke'],
  'undo.attempted': [{ commit: sha('2'), base: SHA, merge: SHA }, 'prepared taking 11111111 back as 22222222'],
  'item.errand_failed': [{ errand: 'undo', why: 'later commits', files: [] }, 'could not take its merge back: later commits'],
  'item.budget_raised': [{ tokens: 50_000, microUsd: 2_000_000 }, 'added $2.00 and 50k tokens to its budget'],
  'item.deleted': [{ purge: true }, 'deleted it, with its content'],
  'item.removed': [{ done: ['a', 'b'], left: ['c'] }, 'cleaned up after it: a; b; still left: c'],
  'item.found_merged': [{ mergeCommit: SHA, mergedAt: 1 }, 'found it merged as 11111111 on the base branch after a restore'],
  'item.found_undone': [{ commit: SHA }, 'found its merge taken back by 11111111 on the base branch after a restore'],
  'item.purged': [{}, 'took its content out of the log'],
  'run.pending': [{ run: 3, agent: 'coder-1', role: 'coder', stage: 'current', attempt: 2 }, 'gave run 3 to coder-1 (current, attempt 2)'],
  'run.started': [{ run: 3, pid: 1, pidStart: null, model: null, runtime: 'command', base: SHA }, 'started run 3 with command'],
  'run.session': [{ run: 3, session: 's' }, 'saw the session of run 3'],
  'run.usage': [{ run: 3, agent: 'a', model: 'm', usage }, 'metered run 3: 1.1k tokens, $0.0114'],
  'run.budget_crossed': [
    {
      run: 3,
      crossed: [
        {
          unit: 'microUsd',
          percent: 80,
          budget: {
            scope: 'project',
            name: 'shop',
            base: { tokens: null, microUsd: 5_000_000 },
            caps: { tokens: null, microUsd: 5_000_000 },
            used: { tokens: 9, microUsd: 4_100_000 },
            reserved: { tokens: 0, microUsd: 0 },
            until: 1,
          },
        },
      ],
    },
    'reached 80 % of a budget: shop has used $4.10 of its $5.00 for today',
  ],
  'run.extended': [
    { run: 3, reserved: { tokens: { cap: 60_000, by: 'item' }, microUsd: null, person: null } },
    'let run 3 go on to 60k tokens',
  ],
  'run.price_unknown': [{ run: 3, model: 'm' }, 'found no price for m'],
  'run.heartbeat': [{ run: 3, activity: null }, 'saw run 3 alive'],
  'timer.set': [
    {
      timer: 3,
      due: 1,
      command: 'start shop#1',
      from: { at: { transport: 'console', room: 'x', thread: null }, senderId: 'a', ingress: 'slash', direct: false },
    },
    'set timer 3: start shop#1',
  ],
  'timer.fired': [{ timer: 3 }, 'ran timer 3'],
  'timer.missed': [{ timer: 3 }, 'let timer 3 pass: it was due while Musher did not run'],
  'timer.cancelled': [{ timer: 3, why: 'it was stopped' }, 'cancelled timer 3: it was stopped'],
  'run.stop_requested': [{ run: 3, why: 'over budget' }, 'asked run 3 to stop: over budget'],
  'run.ended': [
    { run: 3, reason: 'hollow', exitCode: 0, summary: '', resumeAt: null, turns: null, verdict: null },
    'ended run 3: hollow (no usage, no change)',
  ],
  'run.admitted': [{ run: 3, tokenHash: 'h' }, 'let run 3 speak to Musher'],
  'run.blocker': [{ run: 3, reason: 'no network' }, 'said that it can not go on: no network'],
  'agent.called': [{ run: 3, tool: 'git_commit', result: 'abc' }, 'called git_commit: abc'],
  'request.opened': [
    {
      run: 3,
      request: 7,
      agent: 'coder-1',
      ask: { kind: 'permission', tool: 'Bash', input: '{}' },
      brief: 'rm -rf build',
      call: 'c',
      role: 'admin',
      expiresAt: 1,
    },
    'asked r7: rm -rf build',
  ],
  'request.closed': [{ run: 3, request: 7, end: 'denied', text: 'no' }, 'denied r7: no'],
  'request.refused': [{ run: 3, brief: 'Write', why: 'too long' }, 'could not ask for Write: too long'],
  'gate.ran': [receipt, 'ran the gate test on the merged tree at 11111111: exit 0 in 3.1 s'],
  'merge.attempted': [
    { commit: null, base: SHA, head: SHA, outcome: 'conflict', files: ['1', '2', '3', '4', '5', '6'] },
    'found a merge conflict: 1, 2, 3, 4, 5 and 1 more',
  ],
  'command.handled': [{ words: 'status', outcome: 'ok', code: null, room: 'r' }, 'typed status: ok'],
  'confirmation.asked': [{ words: 'delete', expiresAt: 1 }, 'was asked to confirm delete'],
  'confirmation.answered': [{ words: 'delete', answer: 'no' }, 'answered no to delete'],
  'budget.raised': [{ scope: 'person', name: 'person:anna', until: 1, tokens: 0, microUsd: 5_000_000 }, 'added $5.00 to the day of anna'],
  'room.bound': [{ transport: 'console', room: 'here' }, 'made here speak of shop'],
  'base.seen': [
    { branch: 'main', from: sha('1'), to: sha('2'), how: 'forward', taken: [numbered(7)], lost: [] },
    'saw that main moved from 11111111 to 22222222 by somebody else, with the commits of 7 that Musher did not merge',
  ],
  'room.subscribed': [
    { transport: 'slack', room: 'C1', notify: ['merges', 'failures'], style: 'threads' },
    'had C1 told merges, failures in threads',
  ],
  'musher.started': [{ version: '1.2.3', pid: 1 }, 'started 1.2.3'],
  'account.limited': [
    { account: 'main', until: 1, times: 1, news: true, others: [], earliest: null },
    'met a rate limit of the account main',
  ],
  'account.recovered': [{ account: 'main' }, 'saw the account main work again'],
  'musher.recovered': [
    {
      version: '1.2.3',
      downMs: 1,
      brokeOff: true,
      told: true,
      untold: 0,
      running: 0,
      ended: 1,
      strays: 0,
      late: 0,
      quarantined: ['a'],
      mended: [],
      odd: ['b'],
      differences: [],
      copy: null,
    },
    'found what was there before: 2 things to mend, no differences',
  ],
  'musher.stopped': [{ pid: 1 }, 'stopped'],
  'log.backed_up': [{ file: '/b/one.sqlite', bytes: 1 }, 'backed up the log to /b/one.sqlite'],
  'log.backup_failed': [{ why: 'the disk is full' }, 'could not back up the log: the disk is full'],
  'log.restored': [{ file: '/b/one.sqlite', lastNumber: 3 }, 'put the log back from /b/one.sqlite'],
};

function logged(kind: string, payload: unknown): LoggedEvent {
  return { seq: 1, at: 0, version: 1, project: 'shop', item: null, actor: 'musher', cause: null, kind, payload } as unknown as LoggedEvent;
}

describe('an event in words', () => {
  it.each(Object.entries(KINDS))('says what %s is', (kind, [payload, words]) => {
    expect(eventWords(logged(kind, payload))).toBe(words);
  });

  it('says how a gate ended that has no exit code', () => {
    expect(receiptWords({ ...receipt, exitCode: null, where: 'branch' })).toContain('on the branch at 11111111: ended by a signal');
    expect(receiptWords({ ...receipt, exitCode: null, timedOut: true })).toContain('time limit in 3.1 s');
  });
});
