import type { EventInto } from '../../pipeline/kinds.ts';
import type { Failure } from '../../pipeline/types.ts';

/** What kind of text was found, besides the item itself. */
export type TextSource =
  | 'item'
  | 'comment'
  | 'told'
  | 'moved'
  | 'stopped'
  | 'failure'
  | 'run'
  | 'report'
  | 'blocker'
  | 'asked'
  | 'answered'
  | 'timer';

/** The events that have a text of their own; those that change the item itself are read from the item. */
type Spoken = Exclude<EventInto<'texts'>, { readonly kind: 'item.created' | 'item.edited' | 'item.purged' }>;

/** What people, agents and gates wrote in an event; an empty body: nothing. */
export function textOf(event: Spoken): { readonly source: TextSource; readonly body: string } {
  switch (event.kind) {
    case 'item.told':
      return { source: 'told', body: event.payload.text };
    case 'item.commented':
      return { source: 'comment', body: event.payload.text };
    case 'item.moved': {
      const { to, why, failure } = event.payload;
      const reason = to.name === 'archived' && 'reason' in to.reason ? said(to.reason.reason) : '';
      return { source: 'moved', body: together(said(why), reason, failed(failure)) };
    }
    case 'item.held':
      return { source: 'stopped', body: said(event.payload.why) };
    case 'item.undo_asked':
      return { source: 'moved', body: event.payload.reason };
    case 'item.attempt_failed':
      return { source: 'failure', body: failed(event.payload.failure) };
    case 'run.ended': {
      const { summary, closing, verdictReason } = event.payload;
      return { source: 'run', body: together(closing ?? '', verdictReason ?? '', said(summary)) };
    }
    case 'run.reported':
      return { source: 'report', body: event.payload.text };
    case 'run.blocker':
      return { source: 'blocker', body: event.payload.reason };
    case 'request.opened': {
      const { brief, ask } = event.payload;
      return { source: 'asked', body: together(brief, ask.kind === 'question' ? ask.text : '') };
    }
    case 'request.closed':
      return { source: 'answered', body: event.payload.text };
    case 'timer.set':
      return { source: 'timer', body: event.payload.command };
  }
}

function failed(failure: Failure | null): string {
  return failure === null ? '' : together(said(failure.summary), failure.evidence);
}

/** Each text once, a line each. */
function together(...texts: readonly string[]): string {
  return [...new Set(texts.map((text) => text.trim()))].filter((text) => text !== '').join('\n');
}

/** Fields of causes and faults in which somebody's own words are, and not Musher's. */
const WORDS = ['said', 'text', 'question', 'reason', 'fix', 'files', 'paths'];

/** The words of people and programs in a cause or a fault. */
function said(of: object | string): string {
  if (typeof of === 'string') return of;
  const held = WORDS.flatMap((name): unknown => Object.entries(of).find(([field]) => field === name)?.[1] ?? []);
  return held
    .map((value) => (typeof value === 'string' ? value : typeof value === 'object' && value !== null ? said(value) : ''))
    .filter((text) => text !== '')
    .join('\n');
}
