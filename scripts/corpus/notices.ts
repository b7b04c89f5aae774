import { actorName } from '../../src/pipeline/actor.ts';
import type { Reads } from '../../src/log/reads/reads.ts';
import { doc, paragraph } from '../../src/message/build.ts';
import type { Document } from '../../src/message/document.ts';
import { plainText } from '../../src/message/plain.ts';
import { accountAnnouncement } from '../../src/notices/announce-account.ts';
import { baseAnnouncement } from '../../src/notices/announce-base.ts';
import { budgetCrossed, priceUnknown } from '../../src/notices/announce-budget.ts';
import { recoveryAnnouncement } from '../../src/notices/announce-recovery.ts';
import { announcement } from '../../src/notices/announce.ts';
import { NOTHING, type Budget } from '../../src/pipeline/budget/budget.ts';
import { isNews } from '../../src/notices/news.ts';
import type { EventKind, ItemEvent, LoggedEvent } from '../../src/pipeline/events.ts';
import type { NewsEvent } from '../../src/pipeline/kinds.ts';
import type { AgentRequest } from '../../src/pipeline/requests.ts';
import type { WorkItem } from '../../src/pipeline/types.ts';
import { reachableAgain, unreachable, wasDisconnected } from '../../src/words/absence.ts';
import { clockTime } from '../../src/words/time.ts';
import { afterRestart, backAfter, LOST_ANSWER, lostAnswerElsewhere } from '../../src/words/fixed-replies.ts';
import { requestDocument, requestEnd } from '../../src/words/item/request.ts';
import type { Routine } from '../../src/pipeline/later/routine.ts';
import { missedRoutine, routineList, routineStopped, withRoutine } from '../../src/words/steer/routines.ts';
import { missedTimer } from '../../src/words/missed-timer.ts';
import { cards } from './cards.ts';
import { DISCOVERIES } from './discoveries.ts';
import { EVENTS, RECEIPT, sampleEvent, type Payload } from './events.ts';
import { AT, CAUSES, COMMIT, FAULTS, n, NEXT_COMMIT, REQUEST } from './facts.ts';
import type { Said } from './said.ts';

/** A message that rooms are sent. */
export interface Sent {
  readonly of: string;
  readonly body: Document;
}

const ROUTINE = {
  ...EVENTS['routine.set'][0],
  project: 'shop',
  setBy: 'person:anna',
  last: { due: AT, became: 'skipped' },
  inbox: 4,
  failures: 2,
} as const satisfies Routine;

const ZONE = 'UTC';
const MINUTE = 60_000;

const CLOSED = {
  run: 3,
  reason: 'finished',
  verdict: null,
  closing: 'Added the tax column.\nThe old export still reads it.',
};

/** As far as announcements look into the log: an item that was merged with a gate and costs money, with one that depends on it. */
function readsWith(request: AgentRequest, from: string): Reads {
  const other = { project: 'shop', number: n(6), title: 'Six', stage: { name: 'backlog' }, deletedAt: null };
  return {
    history: () => [{ ...sampleEvent('run.ended', CLOSED), actor: 'agent:coder-1' }],
    receipts: () => [{ ...RECEIPT, commit: COMMIT }],
    spend: { ofItem: () => ({ microUsd: 210_000 }) },
    dependents: () => [6],
    item: () => other,
    itemBefore: () => ({ stage: { name: from } }),
    requests: { get: () => request },
  } as unknown as Reads;
}

function announced(kind: EventKind, payload: unknown, actor: string, request: AgentRequest = REQUEST, from = 'current'): Document | null {
  const stage = { name: 'qa' };
  const item = {
    project: 'shop',
    number: n(2),
    title: 'Two',
    stage,
    stageSince: AT,
    runs: 1,
    work: { head: COMMIT },
    held: null,
    deletedAt: null,
  };
  const about = {
    item: item as unknown as WorkItem,
    reads: readsWith(request, from),
    maxRetries: 3,
    qaDefault: 'human',
    resolves: true,
    timezone: ZONE,
    nameOf: actorName,
    label: '2',
    links: { item: null, commit: null },
    buttons: true,
  } as const;
  const event = { ...sampleEvent(kind, payload), actor } as LoggedEvent;
  return isNews(event) ? announcement(event as ItemEvent & NewsEvent, about) : null;
}

const MOVES: readonly (readonly [of: string, actor: string, Payload<'item.moved'>])[] = [
  ['started', 'person:Anna', { to: { name: 'current' }, why: { kind: 'person', did: 'started' }, failure: null }],
  ['reviewed', 'musher', { to: { name: 'qa' }, why: CAUSES['gates-passed'], failure: null }],
  ['approved', 'agent:qa-1', { to: { name: 'merge', branch: 'b', commitsAhead: 1 as never }, why: { kind: 'approved' }, failure: null }],
  [
    'rejected',
    'person:Anna',
    {
      to: { name: 'current' },
      why: { kind: 'person', did: 'rejected' },
      failure: { cause: 'rejected', summary: FAULTS.rejected, evidence: '' },
    },
  ],
  [
    'reverted',
    'musher',
    { to: { name: 'current' }, why: { kind: 'failed' }, failure: { cause: 'rejected', summary: FAULTS['merge-reverted'], evidence: '' } },
  ],
  [
    'merged',
    'musher',
    { to: { name: 'done', mergedAt: AT, mergeCommit: COMMIT }, why: { ...CAUSES.squashed, checkout: null }, failure: null },
  ],
  [
    'merged beside a changed checkout',
    'musher',
    { to: { name: 'done', mergedAt: AT, mergeCommit: COMMIT }, why: CAUSES.squashed, failure: null },
  ],
  [
    'accepted',
    'person:Anna',
    { to: { name: 'archived', archivedAt: AT, reason: { kind: 'completed' } }, why: { kind: 'person', did: 'accepted' }, failure: null },
  ],
  [
    'abandoned',
    'person:Anna',
    { to: { name: 'archived', archivedAt: AT, reason: { kind: 'abandoned' } }, why: { kind: 'person', did: 'moved' }, failure: null },
  ],
  [
    'replaced',
    'person:Anna',
    {
      to: { name: 'archived', archivedAt: AT, reason: { kind: 'superseded', by: n(9) } },
      why: { kind: 'person', did: 'moved' },
      failure: null,
    },
  ],
  [
    'blocked',
    'musher',
    {
      to: { name: 'archived', archivedAt: AT, reason: { kind: 'blocked', reason: CAUSES['attempts-used-up'] } },
      why: CAUSES['attempts-used-up'],
      failure: { cause: 'gate', summary: FAULTS.gate, evidence: '' },
    },
  ],
  [
    'held',
    'musher',
    {
      to: { name: 'archived', archivedAt: AT, reason: { kind: 'reviewHeld', reason: CAUSES.secrets } },
      why: CAUSES.secrets,
      failure: null,
    },
  ],
];

/** Where an item was before, if it was not in current. */
const FROM: { readonly [of: string]: string } = {
  started: 'backlog',
  approved: 'qa',
  rejected: 'qa',
  reverted: 'done',
  merged: 'merge',
  accepted: 'done',
};

/** What rooms are told of items. */
function ofItems(): (readonly [string, Document | null])[] {
  const kinds = ['item.errand_failed', 'run.price_unknown', 'request.opened', 'request.refused', 'item.removed'] as const;
  return [
    ...MOVES.map(([of, actor, payload]) => [of, announced('item.moved', payload, actor, REQUEST, FROM[of] ?? 'current')] as const),
    ['failed', announced('item.attempt_failed', EVENTS['item.attempt_failed'][0], 'musher')],
    [
      'conflict',
      announced(
        'item.attempt_failed',
        { stage: 'merge', attempt: 1, failure: { cause: 'conflict', summary: FAULTS.conflict, evidence: '' } },
        'musher',
      ),
    ],
    ...kinds.flatMap((kind) =>
      EVENTS[kind].map((payload: unknown, index) => [`${kind} ${index + 1}`, announced(kind, payload, 'agent:coder-1')] as const),
    ),
    ...(['allowed', 'denied', 'answered', 'expired', 'cancelled'] as const).map((state) => {
      const closed: AgentRequest = {
        ...REQUEST,
        state,
        closedAt: AT,
        closedBy: 'person:Anna',
        text: state === 'denied' ? 'Not there' : '',
      };
      return [`request ${state}`, announced('request.closed', EVENTS['request.closed'][0], 'person:Anna', closed)] as const;
    }),
  ];
}

/** Budgets at 80 and at 100 percent, of each owner and in each unit. */
function ofBudgets(): (readonly [string, Document | null])[] {
  const scopes = ['item', 'project', 'person', 'bot'] as const;
  const names = { item: '2', project: 'shop', person: 'person:Anna', bot: '' };
  const caps = { tokens: 50_000, microUsd: 5_000_000 };
  const crossing = (scope: (typeof scopes)[number], unit: 'tokens' | 'microUsd', percent: 80 | 100) => {
    const until = scope === 'item' ? null : AT + 60 * MINUTE;
    const used = { tokens: (caps.tokens * percent) / 100, microUsd: (caps.microUsd * percent) / 100 };
    const budget: Budget = { scope, name: names[scope], base: caps, caps, used, reserved: NOTHING, until };
    return { unit, percent, budget };
  };
  const event = (crossed: readonly ReturnType<typeof crossing>[]) =>
    sampleEvent('run.budget_crossed', { run: 3, crossed }) as Parameters<typeof budgetCrossed>[0];
  return [
    ...scopes.flatMap((scope) =>
      ([80, 100] as const).map(
        (percent) =>
          [
            `budget ${scope} ${percent}%`,
            budgetCrossed(event([crossing(scope, 'microUsd', percent)]), '2', { timezone: ZONE, nameOf: actorName }),
          ] as const,
      ),
    ),
    [
      'budgets, two at once',
      budgetCrossed(event([crossing('item', 'tokens', 100), crossing('bot', 'microUsd', 80)]), '2', { timezone: ZONE, nameOf: actorName }),
    ],
    ['price unknown', priceUnknown('some-model-1')],
  ];
}

/** What rooms are told of Musher itself. */
function ofMusher(): (readonly [string, Document | null])[] {
  const found = EVENTS['musher.recovered'][0];
  const some = {
    quarantined: [{ ...DISCOVERIES['stray-folder'], project: 'shop' }],
    mended: [{ ...DISCOVERIES['branch-restored'], project: 'shop' }],
  };
  const copy = {
    from: 'backup',
    file: '/backups/one.sqlite',
    until: AT,
    merged: ['4', '7'],
    undone: ['5'],
    unknown: ['12'],
    timers: 1,
  } as const;
  const away = { title: 'Chat', since: AT - 7 * MINUTE, reason: 'the connection was reset' };
  const limited = EVENTS['account.limited'];
  return [
    ['recovery', recoveryAnnouncement({ ...found, ...some, downMs: 60 * MINUTE, running: 1, late: 2 }, ZONE)],
    ['recovery, nothing found', recoveryAnnouncement({ ...found, quarantined: [], odd: [], ended: 0, downMs: 4_000 }, ZONE)],
    ['recovery from a backup', recoveryAnnouncement({ ...found, ...some, odd: [], brokeOff: false, downMs: null, copy }, ZONE)],
    ['recovery with differences', recoveryAnnouncement({ ...found, ...some, odd: [], differences: ['items shop 3: state differs'] }, ZONE)],
    ...limited.map((payload, index) => [`account limited ${index + 1}`, accountAnnouncement(payload, ZONE)] as const),
    ['account limited, another is free', accountAnnouncement({ ...limited[0], others: ['second'] }, ZONE)],
    ['account limited like all', accountAnnouncement({ ...limited[0], earliest: AT + MINUTE }, ZONE)],
    [
      'base rewritten',
      baseAnnouncement({ branch: 'main', from: COMMIT, to: NEXT_COMMIT, how: 'rewritten', taken: [], lost: [n(4)] }, 'shop'),
    ],
    ['network away', unreachable(away, AT, ZONE)],
    ['network back', reachableAgain('Chat', 9 * MINUTE)],
    ['network was away', wasDisconnected(away, AT, 2, ZONE)],
    ['network was away, nothing late', wasDisconnected(away, AT, 0, ZONE)],
    ['routine missed', missedRoutine(ROUTINE, 5, AT, AT + MINUTE, ZONE)],
    ['routine stopped', withRoutine(3, 'digest', routineStopped(ROUTINE))],
    ['routines', routineList([ROUTINE], 'shop', { current: 'shop', now: AT, timezone: ZONE, nameOf: actorName })],
    [
      'timer missed',
      missedTimer({ timer: 3, project: 'shop', item: n(2), due: AT, command: 'start shop#2' } as Parameters<typeof missedTimer>[0], ZONE),
    ],
  ];
}

/** Requests as people decide by them. */
function ofRequests(): (readonly [string, Document | null])[] {
  const question: AgentRequest = {
    ...REQUEST,
    ask: { kind: 'question', text: 'Which database?', choices: ['SQLite', 'Postgres'], fallback: 'SQLite' },
  };
  const ends = (['allowed', 'denied', 'answered', 'expired', 'cancelled'] as const).flatMap((state) =>
    [REQUEST, question].map((request): readonly [string, Document] => {
      const words = requestEnd({ ask: request.ask, state, text: '' }, 'Anna');
      return [`${request.ask.kind} ${state}`, doc(paragraph(`r7 ${words}.`))];
    }),
  );
  const open = [REQUEST, question].map((request): readonly [string, Document] => [
    `request for ${request.ask.kind}`,
    requestDocument(request, ['#2 Two'], [clockTime(AT + 15 * MINUTE, ZONE)]),
  ]);
  return [...open, ...ends];
}

/** Answers that come after a restart, or in another place. */
function ofAnswers(): (readonly [string, Document | null])[] {
  return [
    ['answer after a restart', afterRestart().body],
    ['answer to a restart', backAfter(4_000, '1.2.3').body],
    ['answer lost', LOST_ANSWER],
    ['answer lost elsewhere', lostAnswerElsewhere('Anna', '#shop')],
  ];
}

/** Everything that rooms are told unasked. */
export function notices(): Sent[] {
  const all = [...ofItems(), ...ofBudgets(), ...ofMusher(), ...ofRequests(), ...ofAnswers(), ...cards()];
  return all.flatMap(([of, body]) => (body === null ? [] : [{ of: `notice ${of}`, body }]));
}

/** The same as text. */
export function noticesSaid(): Said[] {
  return notices().map(({ of, body }) => ({ of, text: plainText(body, { width: 1_000 }).trim() }));
}
