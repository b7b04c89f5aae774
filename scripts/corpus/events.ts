import { actorName } from '../../src/pipeline/actor.ts';
import { LOCAL } from '../../transports/index.ts';
import type { EventKind, ItemEvents, LoggedEvent, OtherEvents, Receipt } from '../../src/pipeline/events.ts';
import type { Failure } from '../../src/pipeline/types.ts';
import { eventWords } from '../../src/words/item/event.ts';
import { AT, COMMIT, FAULTS, n, NEXT_COMMIT } from './facts.ts';
import type { Said } from './said.ts';

export type Payload<K extends EventKind> = (ItemEvents & OtherEvents)[K];

const failure: Failure = { cause: 'gate', summary: FAULTS.gate, evidence: '' };
const usage = { inputTokens: 900, outputTokens: 200, cacheReadTokens: 0, cacheWriteTokens: 0, microUsd: 11_400 };

export const RECEIPT: Receipt = {
  gate: 'test',
  command: 'npm test',
  where: 'merged',
  commit: COMMIT,
  tree: NEXT_COMMIT,
  exitCode: 0,
  timedOut: false,
  durationMs: 3_100,
  outputHash: '',
  outputTail: '',
};

/** Samples of each kind; the type asks for all kinds. Where several stand here, they are told differently. */
export const EVENTS: { readonly [K in EventKind]: readonly [Payload<K>, ...Payload<K>[]] } = {
  'item.created': [{ type: 'bug', title: 't', description: '', criteria: [], dependsOn: [], qaMode: null }],
  'item.edited': [
    { field: 'title', value: 'Log in by mail', prior: 'Login' },
    { field: 'description', value: 'As a user …', prior: '' },
    { field: 'type', value: 'spike', prior: 'story' },
    { field: 'qa', value: null, prior: 'human' },
    { field: 'qa', value: 'agent', prior: null },
    { field: 'criteria', value: [{ text: 'It works', checked: false }], prior: [] },
  ],
  'item.criterion_set': [
    { index: 1, checked: false },
    { index: 0, checked: true },
  ],
  'item.dependencies_set': [
    { dependsOn: [n(3), n(4)], prior: [] },
    { dependsOn: [], prior: [n(3)] },
  ],
  'item.assigned': [
    { agent: null, prior: 'coder-1' },
    { agent: 'coder-1', prior: null },
  ],
  'item.told': [{ text: 'use the old API' }, { text: '', takesBack: 4 }],
  'item.climbed': [
    { of: 'request', number: 7, step: 0, to: 'here' },
    { of: 'review', number: AT, step: 1, to: 'leads' },
  ],
  'item.seconded': [{ words: 'delete', askedBy: 'person:anna' }],
  'item.commented': [{ text: 'the design is agreed' }],
  'item.files_added': [{ files: [{ hash: 'ab12', name: 'gap.png', type: 'image/png', bytes: 84_000 }] }, { files: [], takesBack: 4 }],
  'item.queued': [{ queued: true }, { queued: false }],
  'item.moved': [
    { to: { name: 'current' }, why: { kind: 'person', did: 'started' }, failure: null },
    { to: { name: 'current' }, why: { kind: 'person', did: 'unblocked' }, failure: null },
    { to: { name: 'qa' }, why: { kind: 'gates-passed', gates: ['test'], commit: COMMIT }, failure: null },
    { to: { name: 'current' }, why: { kind: 'failed' }, failure },
    { to: { name: 'archived', archivedAt: AT, reason: { kind: 'completed' } }, why: { kind: 'person', did: 'accepted' }, failure: null },
    {
      to: {
        name: 'archived',
        archivedAt: AT,
        reason: { kind: 'mergeFailed', reason: { kind: 'base-kept-moving', branch: 'main', times: 5 } },
      },
      why: { kind: 'base-kept-moving', branch: 'main', times: 5 },
      failure: null,
    },
  ],
  'item.held': [{ why: '' }, { why: { kind: 'merge-reverted' } }],
  'item.released': [{}],
  'item.accepted': [{ head: COMMIT }],
  'item.attempts_reset': [{ why: { kind: 'person', did: 'retried' } }],
  'item.attempt_failed': [{ failure, stage: 'current', attempt: 2 }],
  'item.work_seen': [{ work: { branch: 'b', head: COMMIT, commitsAhead: 2 } }],
  'item.undone': [
    { words: 'edit', cause: 'inbox:1' },
    { words: '', cause: 'inbox:1' },
  ],
  'item.put_back': [
    {
      standing: {
        stage: { name: 'qa' },
        queued: false,
        held: { by: 'person:Anna', since: AT },
        accepted: null,
        attempts: 0,
        sentBack: 0,
        failure: null,
        waitsSince: AT,
        stageSince: AT,
      },
    },
  ],
  'item.restore_asked': [{ snapshot: 2 }],
  'item.restored': [
    { snapshot: 2, head: COMMIT, kept: null },
    { snapshot: 2, head: COMMIT, kept: 'refs/musher/snapshots/1/3' },
  ],
  'item.undo_asked': [{ reason: 'it broke' }],
  'undo.attempted': [
    { commit: NEXT_COMMIT, base: COMMIT, merge: COMMIT },
    { commit: null, base: COMMIT, merge: COMMIT },
  ],
  'item.errand_failed': [
    { errand: 'undo', why: { kind: 'later-commits', subjects: ['2: Edits it'], files: ['list.txt'] }, files: ['list.txt'] },
    { errand: 'restore', why: { kind: 'no-snapshot', snapshot: 3 }, files: [] },
  ],
  'item.budget_raised': [{ tokens: 50_000, microUsd: 2_000_000 }],
  'item.deleted': [{ purge: true }, { purge: false }],
  'item.removed': [
    { done: [], left: [] },
    {
      done: [
        { kind: 'work-kept', ref: 'refs/musher/snapshots/2/3', states: 3 },
        { kind: 'worktree-removed' },
        { kind: 'branch-removed' },
        { kind: 'large-files-moved', files: 1, to: 'quarantine/large/shop/2' },
        { kind: 'repositories-moved', repositories: 1, to: 'quarantine/repositories/shop/2' },
        { kind: 'teardown-failed', fault: FAULTS.component },
      ],
      left: [
        { kind: 'branch-checked-out', branch: 'musher/2-two' },
        { kind: 'branch-moved', branch: 'musher/2-two' },
        { kind: 'step-failed', step: 'worktree', error: "EACCES: permission denied, rmdir '/srv/musher/worktrees/shop/2'" },
      ],
    },
  ],
  'item.found_merged': [{ mergeCommit: COMMIT, mergedAt: AT }],
  'item.found_undone': [{ commit: COMMIT }],
  'item.purged': [{}],
  'item.set_aside': [
    { what: [{ kind: 'repositories-moved', repositories: 2, to: 'quarantine/repositories/shop/2' }] },
    { what: [{ kind: 'large-files-moved', files: 1, to: 'quarantine/large/shop/2' }] },
  ],
  'run.pending': [{ run: 3, agent: 'coder-1', role: 'coder', stage: 'current', attempt: 2 }],
  'run.started': [{ run: 3, pid: 1, pidStart: null, model: null, runtime: 'command', base: COMMIT }],
  'run.heard': [{ run: 1, told: [4] }],
  'run.session': [{ run: 3, session: 's' }],
  'run.usage': [
    { run: 3, agent: 'coder-1', model: 'm', usage },
    { run: 3, agent: 'coder-1', model: 'm', usage, reservation: true },
  ],
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
            until: AT,
          },
        },
      ],
    },
  ],
  'run.extended': [{ run: 3, reserved: { tokens: { cap: 60_000, by: 'item' }, microUsd: null, person: null } }],
  'run.price_unknown': [{ run: 3, model: 'm' }],
  'run.heartbeat': [{ run: 3, activity: null }],
  'run.stop_requested': [{ run: 3, why: { kind: 'not-wanted' } }],
  'run.ended': [
    { run: 3, reason: 'hollow', exitCode: 0, summary: '', resumeAt: null, turns: null, verdict: null },
    { run: 3, reason: 'stuck', cause: 'silent', exitCode: null, summary: FAULTS['no-output'], resumeAt: null, turns: null, verdict: null },
  ],
  'run.admitted': [{ run: 3, tokenHash: 'h' }],
  'run.connected': [{ run: 3, connectionHash: 'h' }],
  'run.verdict': [
    { run: 3, verdict: 'approve', reason: '' },
    { run: 3, verdict: 'reject', reason: 'The price has no tax.' },
  ],
  'run.reported': [{ run: 3, text: 'Cards cost 2 %.' }],
  'run.blocker': [{ run: 3, reason: 'There is no test database.' }],
  'timer.set': [
    {
      timer: 3,
      due: AT,
      command: 'start shop#1',
      from: { at: { transport: LOCAL.name, room: 'x', thread: null }, senderId: 'a', ingress: 'slash', direct: false },
    },
  ],
  'timer.fired': [{ timer: 3 }],
  'timer.missed': [{ timer: 3 }],
  'timer.cancelled': [{ timer: 3, why: { kind: 'time-passed' } }],
  'agent.called': [{ run: 3, tool: 'git_commit', result: 'abc' }],
  'request.opened': [
    {
      run: 3,
      request: 7,
      agent: 'coder-1',
      ask: { kind: 'permission', tool: 'Bash', input: '{}' },
      brief: 'rm -rf build',
      call: 'c',
      role: 'admin',
      expiresAt: AT,
    },
  ],
  'request.closed': [
    { run: 3, request: 7, end: 'allowed', text: '' },
    { run: 3, request: 7, end: 'denied', text: 'no' },
    { run: 3, request: 7, end: 'answered', text: 'Blue' },
    { run: 3, request: 7, end: 'expired', text: '' },
    { run: 3, request: 7, end: 'cancelled', text: '' },
  ],
  'request.refused': [
    { run: 3, brief: 'Write src/a.ts', why: { kind: 'too-many-open', open: 5 } },
    { run: 3, brief: 'Write src/a.ts', why: { kind: 'asked-too-often', times: 60 } },
    { run: 3, brief: 'Write src/a.ts', why: { kind: 'nobody-answers', requests: 2 } },
    { run: 3, brief: 'Write src/a.ts', why: { kind: 'too-long', units: 4_000, lines: 90 } },
    { run: 3, brief: 'Write src/a.ts', why: { kind: 'holds-secret' } },
  ],
  'gate.ran': [RECEIPT, { ...RECEIPT, exitCode: null, where: 'branch' }, { ...RECEIPT, exitCode: null, timedOut: true }],
  'merge.attempted': [
    { commit: NEXT_COMMIT, base: COMMIT, head: COMMIT, outcome: 'clean', files: [] },
    { commit: null, base: COMMIT, head: COMMIT, outcome: 'conflict', files: ['1', '2', '3', '4', '5', '6'] },
    { commit: null, base: COMMIT, head: COMMIT, outcome: 'base-moved', files: [] },
    { commit: null, base: COMMIT, head: COMMIT, outcome: 'nothing', files: [] },
  ],
  'command.handled': [
    { words: 'status', outcome: 'ok', code: null, room: 'r' },
    { words: '', outcome: 'refused', code: 'unknown-command', room: 'r' },
  ],
  'confirmation.asked': [{ words: 'delete', expiresAt: AT }],
  'confirmation.answered': [
    { words: 'delete', answer: 'no' },
    { words: 'delete', answer: 'expired' },
    { words: 'delete', answer: 'revoked' },
  ],
  'routine.set': [
    {
      routine: 3,
      schedule: 'weekday 09:00',
      cron: '0 9 * * 1-5',
      condition: { when: 'if', what: 'blocked' },
      command: 'digest',
      due: AT,
      from: { at: { transport: LOCAL.name, room: 'C1', thread: null }, senderId: 'U1', ingress: 'message', direct: false },
    },
  ],
  'routine.due': [
    { routine: 3, due: AT, next: AT, became: 'run', inbox: 4 },
    { routine: 3, due: AT, next: AT, became: 'skipped' },
    { routine: 3, due: AT, next: AT, became: 'overlap' },
    { routine: 3, due: AT, next: AT, became: 'missed' },
  ],
  'routine.answered': [{ routine: 3, outcome: 'refused' }],
  'routine.cancelled': [
    { routine: 3, why: 'person' },
    { routine: 3, why: 'failures' },
  ],
  'room.bound': [{ transport: LOCAL.name, room: 'here' }],
  'room.subscribed': [
    { transport: LOCAL.name, room: 'terminal', notify: ['merges', 'failures'], style: 'threads' },
    { transport: LOCAL.name, room: 'terminal', notify: [], style: null },
    { transport: LOCAL.name, room: 'terminal', notify: null, style: null },
  ],
  'base.seen': [
    { branch: 'main', from: null, to: COMMIT, how: 'first', taken: [], lost: [] },
    { branch: 'main', from: COMMIT, to: NEXT_COMMIT, how: 'merged', taken: [], lost: [] },
    { branch: 'main', from: COMMIT, to: NEXT_COMMIT, how: 'forward', taken: [n(7)], lost: [] },
    { branch: 'main', from: COMMIT, to: NEXT_COMMIT, how: 'rewritten', taken: [], lost: [n(7)] },
  ],
  'budget.raised': [{ scope: 'person', name: 'person:anna', until: AT, tokens: 0, microUsd: 5_000_000 }],
  'musher.started': [{ version: '1.2.3', pid: 1 }],
  'outage.met': [
    {
      agent: null,
      code: 'REPOSITORY_UNUSABLE',
      said: 'The base branch main does not exist or has no commits.',
      hint: 'Bring it back, or set `base_branch` in the project file to one that exists (trunk) and restart Musher.',
      until: AT + 5_000,
      times: 1,
      news: true,
    },
    {
      agent: 'coder-1',
      code: 'RUNTIME_MISSING',
      said: 'The program "codex" was not found.',
      hint: 'Install it.',
      until: AT,
      times: 2,
      news: true,
    },
  ],
  'outage.over': [{ agent: null, since: AT - 60_000 }],
  'project.paused': [
    { reason: 'we deploy', until: AT + 3_600_000, how: 'finish', asked: 0 },
    { reason: '', until: null, how: 'panic', asked: 2 },
  ],
  'report.measured': [
    { name: 'coverage', commit: COMMIT, exitCode: 0, timedOut: false, durationMs: 4_000, value: '81 %', output: '' },
    { name: 'coverage', commit: COMMIT, exitCode: 1, timedOut: false, durationMs: 4_000, value: '', output: '' },
  ],
  'project.resumed': [
    { why: 'person', since: AT - 60_000 },
    { why: 'time', since: AT - 60_000 },
  ],
  'account.limited': [
    { account: 'main', until: AT, times: 1, news: true, others: [], earliest: null },
    { account: 'main', until: AT, times: 1, news: true, others: [], earliest: null, signIn: 'claude /login' },
  ],
  'account.recovered': [{ account: 'main' }],
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
      quarantined: [{ kind: 'stray-folder', project: 'shop', folder: 'worktrees/shop/77', to: 'quarantine/2026-11-21/shop/77' }],
      mended: [],
      odd: [{ kind: 'unknown-branch', project: 'shop', branch: 'musher/99-of-another' }],
      differences: [],
      copy: null,
    },
  ],
  'musher.restart_asked': [{ pid: 1 }],
  'musher.stopped': [{ pid: 1 }],
  'log.backed_up': [{ file: 'one.sqlite', bytes: 1 }],
  'log.backup_failed': [{ why: 'the disk is full' }],
  'log.restored': [{ file: 'one.sqlite', lastNumber: 3 }],
};

/** An event of a kind as the log would hold it, as far as words look at it. */
export function sampleEvent(kind: string, payload: unknown): LoggedEvent {
  const envelope = { seq: 1, at: AT, version: 1, project: 'shop', item: n(2), actor: 'person:Anna', cause: null };
  return { ...envelope, kind, payload } as unknown as LoggedEvent;
}

/** What history and `why` say of each kind of event, after the name of who did it. */
export function eventSaid(): Said[] {
  return Object.entries(EVENTS).flatMap(([kind, payloads]) =>
    payloads.map((payload: unknown, index) => ({
      of: `event ${kind}${payloads.length === 1 ? '' : ` ${index + 1}`}`,
      text: eventWords(sampleEvent(kind, payload), actorName),
    })),
  );
}
