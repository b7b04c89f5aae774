import type { Log } from '../../log/log.ts';
import type { Occasion } from '../../log/tables/button-messages.ts';
import type { ItemEvent, LoggedEvent } from '../../pipeline/events.ts';
import type { AgentRequest } from '../../pipeline/requests.ts';
import { phrase } from '../../message/build.ts';
import type { Inline } from '../../message/document.ts';
import type { Millis } from '../../pipeline/values.ts';
import { revealed } from '../../message/reveal.ts';
import { firstLine } from '../item/item.ts';
import { clockTime } from '../time.ts';
import type { Reader } from '../reader.ts';
import { QUESTION_EXPIRED } from './confirming.ts';
import { SECOND_CLOSED } from '../steer/two-person.ts';

type Moved = Extract<ItemEvent, { kind: 'item.moved' }>;

/** UTF-16 units of an answer. */
const SAID = 100;

/** Newest events of an item to search for the one that closed a question. */
const LOOKED_AT = 50;

/**
 * What replaces buttons that no longer mean anything, with who closed them and when: `✓ Approved by Anna, 14:02`. Null:
 * they still count.
 */
export function buttonsOver(
  log: Log,
  occasion: Occasion,
  now: Millis,
  { timezone, nameOf }: Pick<Reader, 'timezone' | 'nameOf'>,
): Inline[] | null {
  if (occasion.kind === 'question') {
    // The one who answered has replaced the buttons already; a newer question or a lost role closes it without an answer.
    if (!log.confirmations.isOpen(occasion.id)) return phrase`✗ Closed without an answer`;
    return occasion.expiresAt <= now ? phrase`${QUESTION_EXPIRED}` : null;
  }
  if (occasion.kind === 'two-person') {
    if (log.twoPerson.get(occasion.id) === null) return phrase`${SECOND_CLOSED}`;
    return occasion.expiresAt <= now ? phrase`${QUESTION_EXPIRED}` : null;
  }
  if (occasion.kind === 'request') return requestOver(log.reads.requests.get(occasion.number), { timezone, nameOf });
  const item = log.reads.item(occasion.project, occasion.number);
  const by = ({ actor, at }: LoggedEvent): Inline[] => phrase`by ${nameOf(actor)}, ${clockTime(at, timezone)}`;
  const news = log.reads.history(occasion.project, occasion.number, LOOKED_AT);
  if (item === null || item.deletedAt !== null) {
    const deleted = news.find(({ kind }) => kind === 'item.deleted');
    return deleted === undefined ? phrase`✗ Deleted` : phrase`✗ Deleted ${by(deleted)}`;
  }
  if (item.stage.name === occasion.stage) return item.stageSince === occasion.since ? null : phrase`Outdated: there are newer changes`;
  // The first move after the wait began: by the time the message is edited, Musher may already have merged what Anna approved.
  const moves = news.filter((event): event is Moved => event.kind === 'item.moved');
  const began = moves.findIndex(({ at, payload }) => at === occasion.since && payload.to.name === occasion.stage);
  const moved = moves.slice(0, began === -1 ? undefined : began).at(-1);
  if (moved === undefined) return phrase`Now in ${item.stage.name}`;
  const approved = news.find((event) => event.kind === 'item.accepted' && event.cause !== null && event.cause === moved.cause);
  if (approved?.kind === 'item.accepted') return phrase`✓ Approved ${by(moved)}${saidWords(approved.payload.reason ?? '')}`;
  const { failure, to } = moved.payload;
  if (failure?.cause === 'rejected') return phrase`✗ Rejected ${by(moved)}${saidWords(failure.evidence)}`;
  return phrase`Moved to ${to.name} ${by(moved)}`;
}

function requestOver(request: AgentRequest | null, { timezone, nameOf }: Pick<Reader, 'timezone' | 'nameOf'>): Inline[] | null {
  if (request === null) return phrase`✗ Closed without an answer`;
  const by = phrase`by ${nameOf(request.closedBy ?? '')}, ${clockTime(request.closedAt ?? 0, timezone)}`;
  switch (request.state) {
    case 'open':
      return null;
    case 'allowed':
      return phrase`✓ Allowed ${by}${saidWords(request.text)}`;
    case 'denied':
      return phrase`✗ Denied ${by}${saidWords(request.text)}`;
    case 'answered':
      return phrase`✓ Answered ${by}${saidWords(request.text)}`;
    case 'expired':
      return phrase`✗ Expired without an answer`;
    case 'cancelled':
      return phrase`✗ Cancelled, the run has ended`;
  }
}

/** What was answered, behind who did it: `: “use the old API”`. A button or a purge may have left nothing. */
function saidWords(text: string): string {
  return text.trim() === '' ? '' : `: “${revealed(firstLine(text, SAID))}”`;
}
