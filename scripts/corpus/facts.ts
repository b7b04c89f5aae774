import { actorName } from '../../src/pipeline/actor.ts';
import { commitSha, itemNumber, type ItemNumber } from '../../src/pipeline/values.ts';
import { NO_CAPS, NOTHING } from '../../src/pipeline/budget/budget.ts';
import type { Reason, ReasonKind } from '../../src/pipeline/next/reason.ts';
import type { Step } from '../../src/pipeline/next/step.ts';
import type { AgentRequest } from '../../src/pipeline/requests.ts';
import type { Misfit } from '../../src/pipeline/transition.ts';
import type { WorkItem } from '../../src/pipeline/types.ts';
import type { Cause, CauseKind } from '../../src/pipeline/why/cause.ts';
import type { ErrandFault, Fault, FaultKind } from '../../src/pipeline/why/fault.ts';
import { plainText } from '../../src/message/plain.ts';
import { line, type Content } from '../../src/message/build.ts';
import { causeWords } from '../../src/words/item/causes.ts';
import { errandWords, faultWords } from '../../src/words/item/faults.ts';
import { misfitWords } from '../../src/words/item/misfit.ts';
import { outlook, stepLine } from '../../src/words/item/step.ts';
import type { Said } from './said.ts';

const there = <T>(value: T | null): T => {
  if (value === null) throw new Error('a sample that cannot be');
  return value;
};
export const n = (number: number): ItemNumber => there(itemNumber(number));
export const AT = Date.UTC(2026, 10, 21, 13, 5);
export const COMMIT = there(commitSha('42db2c3a25'.repeat(4)));
export const NEXT_COMMIT = there(commitSha('7c1e90b3f4'.repeat(4)));
export const REQUEST: AgentRequest = {
  number: 7,
  project: 'shop',
  item: n(2),
  run: 1,
  agent: 'coder-1',
  ask: { kind: 'permission', tool: 'Write', input: '{}' },
  brief: 'Write src/auth.ts',
  call: '1',
  role: 'operator',
  openedAt: AT - 60_000,
  expiresAt: AT + 900_000,
  state: 'open',
  closedAt: null,
  closedBy: null,
  text: '',
};
const budget = {
  scope: 'item',
  name: '2',
  base: { ...NO_CAPS, tokens: 50_000 },
  caps: { ...NO_CAPS, tokens: 50_000 },
  used: { tokens: 51_200, microUsd: 0 },
  reserved: NOTHING,
  until: null,
} as const;

const REASONS: { readonly [K in ReasonKind]: Reason & { readonly kind: K } } = {
  'asked-to-start': { kind: 'asked-to-start' },
  'dependencies-met': { kind: 'dependencies-met' },
  'attempts-used-up': { kind: 'attempts-used-up', attempts: 4, stage: 'current' },
  'sent-back-too-often': { kind: 'sent-back-too-often', times: 4 },
  'same-failure': { kind: 'same-failure', times: 3 },
  'not-started': { kind: 'not-started', unmet: [{ number: n(1), stage: 'current', never: null }] },
  dependencies: {
    kind: 'dependencies',
    unmet: [
      { number: n(1), stage: 'current', never: null },
      { number: n(3), stage: 'archived', never: null },
    ],
  },
  'slots-busy': { kind: 'slots-busy', max: 2, busy: [{ agent: 'coder-1', item: n(3) }] },
  'agents-busy': { kind: 'agents-busy', busy: [{ agent: 'coder-1', item: n(3) }], only: { agent: 'coder-1', most: 1 } },
  'only-when-asked': { kind: 'only-when-asked', agents: ['opus-1'], model: 'opus' },
  review: { kind: 'review' },
  stopped: { kind: 'stopped', by: 'person:Anna', after: 'nothing' },
  'account-limited': { kind: 'account-limited', account: 'main' },
  'account-signed-out': { kind: 'account-signed-out', account: 'main' },
  'account-tried': { kind: 'account-tried', account: 'main' },
  'run-limited': { kind: 'run-limited' },
  budget: { kind: 'budget', shortage: { budget, unit: 'tokens', held: false } },
  'merge-queue': { kind: 'merge-queue', first: n(3) },
  blocked: { kind: 'blocked' },
  'held-for-review': { kind: 'held-for-review' },
  'no-agent': { kind: 'no-agent', stage: 'qa' },
  'assigned-agent-missing': { kind: 'assigned-agent-missing', agent: 'coder-9', stage: 'current' },
  outage: {
    kind: 'outage',
    agent: null,
    outage: { code: 'ENOSPC', said: '', hint: '', until: AT + 5_000, times: 1 },
  },
  paused: { kind: 'paused', pause: { by: 'person:Anna', reason: 'we deploy', until: AT + 3_600_000, how: 'finish', since: AT } },
  sandbox: { kind: 'sandbox', problem: 'bwrap is not on the PATH' },
  'agent-free': { kind: 'agent-free' },
  'another-attempt': { kind: 'another-attempt', attempt: 2, of: 4 },
  'gates-decide': { kind: 'gates-decide', agent: 'coder-1' },
  'first-to-merge': { kind: 'first-to-merge' },
  'restore-asked': { kind: 'restore-asked', by: 'person:Anna', snapshot: 2 },
  'undo-asked': { kind: 'undo-asked', by: 'person:Anna' },
  'no-merge-agent': { kind: 'no-merge-agent' },
  'being-prepared': { kind: 'being-prepared', agent: 'coder-1' },
  working: { kind: 'working', agent: 'coder-1', stage: 'current' },
  'asks-people': { kind: 'asks-people', request: REQUEST, more: 1 },
  deleted: { kind: 'deleted' },
  merged: { kind: 'merged' },
  superseded: { kind: 'superseded', by: n(9) },
  completed: { kind: 'completed' },
  abandoned: { kind: 'abandoned' },
};

export const CAUSES: { readonly [K in CauseKind]: Cause & { readonly kind: K } } = {
  'asked-to-start': { kind: 'asked-to-start' },
  'dependencies-met': { kind: 'dependencies-met' },
  'attempts-used-up': { kind: 'attempts-used-up', attempts: 2, stage: 'merge' },
  'sent-back-too-often': { kind: 'sent-back-too-often', times: 4 },
  'same-failure': { kind: 'same-failure', times: 3 },
  'no-merge-agent': { kind: 'no-merge-agent' },
  person: { kind: 'person', did: 'started' },
  approved: { kind: 'approved' },
  reported: { kind: 'reported' },
  failed: { kind: 'failed' },
  'gates-passed': { kind: 'gates-passed', gates: ['test', 'lint'], commit: COMMIT },
  squashed: {
    kind: 'squashed',
    branch: 'main',
    checkout: { reason: 'it has uncommitted changes (a.txt)' },
    afterRestart: false,
  },
  'already-merged': { kind: 'already-merged', branch: 'main' },
  'nothing-to-merge': { kind: 'nothing-to-merge', branch: 'main' },
  'base-kept-moving': { kind: 'base-kept-moving', branch: 'main', times: 5 },
  'base-moved-by-agent': { kind: 'base-moved-by-agent', branch: 'main', head: COMMIT },
  'approval-outdated': { kind: 'approval-outdated' },
  'unknown-links': { kind: 'unknown-links', links: [{ path: 'web', commit: '1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d' }] },
  'settings-touched': { kind: 'settings-touched', paths: ['.musher/project.toml'] },
  secrets: { kind: 'secrets', found: ['GitHub token in app.ts:3'] },
  'rate-limited-too-often': { kind: 'rate-limited-too-often', times: 20 },
  'agent-blocked': { kind: 'agent-blocked', agent: 'coder-1', said: 'There is no test database.' },
  'run-limits-reached': { kind: 'run-limits-reached' },
  'needs-fix': { kind: 'needs-fix', fix: 'Install codex.' },
  'merge-reverted': { kind: 'merge-reverted' },
  'not-wanted': { kind: 'not-wanted' },
  told: { kind: 'told' },
  'musher-stopped': { kind: 'musher-stopped' },
  paused: { kind: 'paused' },
  'time-passed': { kind: 'time-passed' },
};

export const FAULTS: { readonly [K in FaultKind]: Fault & { readonly kind: K } } = {
  gate: { kind: 'gate', gate: 'test', where: 'merged', end: { kind: 'exit', code: 1 }, durationMs: 400 },
  component: { kind: 'component', phase: 'setup', component: 'app', command: 'npm ci', end: { kind: 'timeout' } },
  'component-folder': { kind: 'component-folder', phase: 'setup', component: 'app', path: 'app' },
  conflict: { kind: 'conflict', branch: 'main', files: ['a.txt'] },
  'conflict-markers': { kind: 'conflict-markers', agent: 'merge', files: ['a.txt'] },
  rejected: { kind: 'rejected', said: 'The export loses the time zone.' },
  'nothing-to-approve': { kind: 'nothing-to-approve' },
  'merge-reverted': { kind: 'merge-reverted', by: 'person:Anna', said: 'It loses the time zone.' },
  'no-commits': { kind: 'no-commits' },
  'no-change': { kind: 'no-change' },
  'objects-refused': { kind: 'objects-refused', said: 'error in tree 1a2b3c4d: duplicateEntries: contains duplicate file entries' },
  'tree-too-large': { kind: 'tree-too-large', entries: 100_000, depth: 200, ref: 'refs/musher/too-large/3f9a1c2e/42/1a2b3c4d' },
  'refused-again': { kind: 'refused-again' },
  'nothing-committed': { kind: 'nothing-committed', changed: ['a.txt', 'b.txt'] },
  'work-elsewhere': { kind: 'work-elsewhere', branch: 'fix/thing', commit: COMMIT, commits: 2 },
  uncommittable: { kind: 'uncommittable', files: ['logo.psd'] },
  hollow: { kind: 'hollow' },
  'no-verdict': { kind: 'no-verdict' },
  'no-report': { kind: 'no-report' },
  'branch-gone': { kind: 'branch-gone' },
  'agent-blocked': { kind: 'agent-blocked', agent: 'coder-1', said: 'There is no test database.' },
  'agent-not-configured': { kind: 'agent-not-configured', agent: 'coder-9' },
  'signed-out': { kind: 'signed-out', program: 'claude' },
  'project-not-configured': { kind: 'project-not-configured', project: 'docs' },
  'failed-silently': { kind: 'failed-silently' },
  stuck: { kind: 'stuck', cause: 'silent', said: { kind: 'no-output', ms: 600_000 } },
  'asked-nobody': { kind: 'asked-nobody', question: 'Overwrite the file?' },
  'no-output': { kind: 'no-output', ms: 600_000 },
  'ran-too-long': { kind: 'ran-too-long', ms: 1_800_000 },
  'old-lines': { kind: 'old-lines', ms: 600_000, times: 400, text: 'trying' },
  'too-much-output': { kind: 'too-much-output', bytes: 268_435_456 },
  'too-many-models': { kind: 'too-many-models', most: 64 },
  repeats: { kind: 'repeats', what: 'call', times: 6, text: 'Bash npm test' },
  'tokens-without-change': { kind: 'tokens-without-change', tokens: 110_000 },
  'over-limit': { kind: 'over-limit', unit: 'microUsd', used: 5_200_000, cap: 5_000_000 },
  'used-up-before': { kind: 'used-up-before' },
  'died-at-start': { kind: 'died-at-start', times: 5 },
  'run-files-removed': { kind: 'run-files-removed' },
  'process-lost': { kind: 'process-lost' },
  'output-changed': { kind: 'output-changed' },
  'output-lost': { kind: 'output-lost' },
  'killed-from-outside': { kind: 'killed-from-outside' },
  'processes-left': { kind: 'processes-left', said: 'done', processes: 2 },
  stopped: { kind: 'stopped', why: { kind: 'person', did: 'moved' } },
  machine: { kind: 'machine', code: 'ENOSPC', said: '' },
  'budget-reached': { kind: 'budget-reached', unit: 'tokens', used: 51_200, cap: 50_000 },
  'broke-off': { kind: 'broke-off', during: 'merge', said: null },
};

const ERRANDS: { readonly [K in ErrandFault['kind']]: ErrandFault & { readonly kind: K } } = {
  'no-snapshot': { kind: 'no-snapshot', snapshot: 3 },
  'not-merged': { kind: 'not-merged' },
  'later-commits': { kind: 'later-commits', subjects: ['2: Edits it again'], files: ['list.txt'] },
  'base-kept-moving': { kind: 'base-kept-moving', branch: 'main', times: 5 },
  'fails-without': { kind: 'fails-without', fault: FAULTS.gate },
  'broke-off': { kind: 'broke-off', during: 'undo', said: null },
};

const MISFITS: { readonly [K in Misfit['kind']]: Misfit & { readonly kind: K } } = {
  'no-such-move': { kind: 'no-such-move', to: 'done' },
  landing: { kind: 'landing', undoing: false },
  'no-such-criterion': { kind: 'no-such-criterion', wanted: 4, there: 3 },
  'wrong-role': { kind: 'wrong-role', role: 'coder', stage: 'merge' },
  'wrong-run': { kind: 'wrong-run', wanted: 3, next: 2 },
  missing: { kind: 'missing' },
  exists: { kind: 'exists' },
  deleted: { kind: 'deleted' },
  purged: { kind: 'purged' },
  'not-in-backlog': { kind: 'not-in-backlog' },
  'not-deleted': { kind: 'not-deleted' },
  'nothing-asked': { kind: 'nothing-asked' },
  over: { kind: 'over' },
  'not-merged': { kind: 'not-merged' },
  'nothing-to-stop': { kind: 'nothing-to-stop' },
  'run-open': { kind: 'run-open' },
  'errand-open': { kind: 'errand-open' },
  stopped: { kind: 'stopped' },
  'read-already': { kind: 'read-already' },
  'not-reserved': { kind: 'not-reserved' },
};

/** As far as the words look at an item. */
function itemFor(kind: ReasonKind): WorkItem {
  const stage = {
    blocked: {
      name: 'archived',
      archivedAt: AT,
      reason: { kind: 'blocked', reason: CAUSES['attempts-used-up'] },
      from: { name: 'current' },
    },
    'held-for-review': {
      name: 'archived',
      archivedAt: AT,
      reason: { kind: 'reviewHeld', reason: CAUSES.secrets },
      from: { name: 'current' },
    },
    merged: { name: 'done', mergedAt: AT, mergeCommit: COMMIT },
  }[kind as 'blocked' | 'held-for-review' | 'merged'] ?? { name: kind === 'not-started' ? 'backlog' : 'current' };
  const failure = { cause: 'gate', summary: FAULTS.gate, evidence: '' };
  // The words look at nothing else of it.
  return { project: 'shop', number: n(2), title: 'Two', stage, failure } as unknown as WorkItem;
}

/** An item and what comes next for it, for each reason there is. */
export function reasoned(): { readonly item: WorkItem; readonly step: Step }[] {
  return Object.values(REASONS).map((reason) => {
    // Only its reason counts for the words; what is done goes with it.
    const step = { do: 'wait', for: 'slot', reason, until: null, never: false } as unknown as Step;
    return { item: itemFor(reason.kind), step };
  });
}

/**
 * What is said of each fact there is: reasons in the item's own room and in that of another project, causes, faults,
 * misfits. A new kind does not compile until it has a sample here.
 */
export function factWords(): Said[] {
  const text = (content: readonly Content[]): string => plainText(line(...content), { width: 1_000 });
  const reasons = reasoned().flatMap(({ item, step }) => {
    const { kind } = step.reason;
    return ['shop', 'docs'].flatMap((current) => {
      const reader = { current, now: AT, timezone: 'UTC', nameOf: actorName };
      return [
        { of: `reason ${kind}, in a room of ${current}`, text: text(outlook(item, step, reader)) },
        { of: `reason ${kind}, in a list of ${current}`, text: text(stepLine(item, step, AT - 180_000, reader)) },
      ];
    });
  });
  return [
    ...reasons,
    ...Object.values(CAUSES).map((cause) => ({ of: `cause ${cause.kind}`, text: causeWords(cause, faultWords(FAULTS.gate, actorName)) })),
    ...Object.values(FAULTS).map((fault) => ({ of: `fault ${fault.kind}`, text: faultWords(fault, actorName) })),
    ...Object.values(ERRANDS).map((fault) => ({ of: `errand ${fault.kind}`, text: errandWords(fault, actorName) })),
    ...Object.values(MISFITS).map((misfit) => ({
      of: `misfit ${misfit.kind}`,
      text: misfitWords({ item: n(2), stage: 'qa', misfit, validMoves: ['merge', 'current', 'archived'] }),
    })),
  ];
}
