import type { LoggedEvent, NewEvent } from '../pipeline/events.ts';
import { stageWithoutWords } from '../pipeline/undo-position.ts';
import type { Ask } from '../pipeline/requests.ts';
import type { Failure, WorkItem } from '../pipeline/types.ts';
import type { Document } from '../message/document.ts';
import type { EventStore } from './events.ts';
import type { Outbox } from './tables/outbox.ts';

/** What takes the place of a message about a purged item. */
export const PURGED_NOTICE: Document = { blocks: [{ kind: 'paragraph', content: [{ kind: 'text', text: '(removed by a purge)' }] }] };

/**
 * Takes an item's words out of its old events and out of what is queued. What is left replays to the same tombstone,
 * and the accounts (tokens, money, times, exit codes) still add up. Runs inside the caller's transaction.
 */
export function purgeItem(events: EventStore, outbox: Outbox, project: string, item: number): void {
  const titles = titlesOf(events.ofItem(project, item));
  events.redactItem(project, item, redacted);
  outbox.forgetItem(project, item, PURGED_NOTICE);
  outbox.forgetWords(titles, PURGED_NOTICE);
}

/** All titles that an item ever had: a list that was not sent yet, or the answer about another item, may name it by one. */
function titlesOf(events: readonly LoggedEvent[]): string[] {
  const titles = events.flatMap((event) => {
    if (event.kind === 'item.created') return [event.payload.title];
    return event.kind === 'item.edited' && event.payload.field === 'title' ? [event.payload.value, event.payload.prior] : [];
  });
  return [...new Set(titles)].filter((title) => title !== '');
}

/** The event without what people, agents and gates wrote; all else of it stays. */
export function withoutWords(event: NewEvent): NewEvent {
  return { ...event, payload: redacted(event) } as NewEvent;
}

/** An event's payload without what people, agents and gates wrote. */
function redacted(event: NewEvent | LoggedEvent): unknown {
  switch (event.kind) {
    case 'item.created':
      return { ...event.payload, title: '', description: '', criteria: event.payload.criteria.map(blankCriterion) };
    case 'item.edited':
      return blankEdit(event.payload);
    case 'item.moved': {
      const { to } = event.payload;
      const target = to.name === 'archived' && 'reason' in to.reason ? { ...to, reason: { ...to.reason, reason: '' } } : to;
      return {
        to: target.name === 'merge' ? { ...target, branch: '' } : target,
        why: '',
        failure: event.payload.failure === null ? null : blankFailure(event.payload.failure),
      };
    }
    case 'item.held':
    case 'item.attempts_reset':
      return { ...event.payload, why: '' };
    case 'item.attempt_failed':
      return { ...event.payload, failure: blankFailure(event.payload.failure) };
    case 'item.work_seen':
      return { work: { ...event.payload.work, branch: '' } };
    case 'item.removed':
      return { ...event.payload, left: [] };
    // An agent chooses the name of its session freely.
    case 'run.session':
      return { ...event.payload, session: '' };
    case 'run.heartbeat':
      return { ...event.payload, activity: null };
    case 'run.stop_requested':
      return { ...event.payload, why: '' };
    case 'run.ended':
      return { ...event.payload, summary: '' };
    case 'timer.set':
      return { ...event.payload, command: '' };
    case 'timer.cancelled':
      return { ...event.payload, why: '' };
    case 'run.blocker':
      return { ...event.payload, reason: '' };
    case 'agent.called':
      return { ...event.payload, result: '' };
    case 'request.opened':
      return { ...event.payload, ask: blankAsk(event.payload.ask), brief: '', call: '' };
    case 'request.closed':
      return { ...event.payload, text: '' };
    case 'request.refused':
      return { ...event.payload, brief: '', why: '' };
    case 'gate.ran':
      return { ...event.payload, command: '', outputTail: '' };
    case 'item.put_back': {
      const { standing } = event.payload;
      const { failure, held, stage } = standing;
      return {
        standing: {
          ...standing,
          failure: failure === null ? null : blankFailure(failure),
          held: held === null ? null : { ...held, by: '' },
          stage: stageWithoutWords(stage),
        },
      };
    }
    case 'item.undo_asked':
      return { reason: '' };
    case 'item.errand_failed':
      return { ...event.payload, why: '', files: [] };
    case 'merge.attempted':
      return { ...event.payload, files: [] };
    default:
      return event.payload;
  }
}

function blankEdit(edit: Extract<LoggedEvent, { kind: 'item.edited' }>['payload']): unknown {
  switch (edit.field) {
    case 'title':
    case 'description':
      return { ...edit, value: '', prior: '' };
    case 'criteria':
      return { ...edit, value: edit.value.map(blankCriterion), prior: [] };
    case 'type':
    case 'qa':
      return edit;
  }
}

/** An agent's request without its words. */
export function blankAsk(ask: Ask): Ask {
  return ask.kind === 'permission' ? { ...ask, input: '' } : { ...ask, text: '', choices: [], fallback: '' };
}

function blankCriterion(criterion: WorkItem['criteria'][number]): WorkItem['criteria'][number] {
  return { ...criterion, text: '' };
}

function blankFailure(failure: Failure): Failure {
  const { signature: _signature, ...others } = failure;
  return { ...others, summary: '', evidence: '' };
}
