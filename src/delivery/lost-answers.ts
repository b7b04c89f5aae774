import { BOUNDS } from '../bounds.ts';
import type { Log } from '../log/log.ts';
import type { OutboxRow } from '../log/tables/outbox.ts';
import type { LostAnswer } from '../log/tables/refusals.ts';
import type { Address } from '../message/address.ts';
import type { Document } from '../message/document.ts';

/** Where and how askers are told of an answer that was lost. */
export interface LostAnswers {
  /** In the place where it was asked, in the plainest form there is. */
  readonly there: Document;
  /** Elsewhere: without a word of what was asked or answered, since others may read it. */
  readonly elsewhere: (lost: LostAnswer) => Document;
  /** Further places where the asker may read it, the best first. */
  readonly places: (lost: LostAnswer) => readonly Address[];
}

/** Places where an asker is told, after the first: whoever can't be reached in these hears nothing, and `health` counts it. */
const MOST_PLACES = BOUNDS.answerPlaces;

/**
 * Nobody's question is left without a word: where an answer was given up its asker is told in the same place, where that takes
 * messages at all (`isRefusal`: it refused this one alone), and else in the next one that does. To be called for each message that
 * was given up, those that tell of a lost answer among them.
 */
export function tellOfLostAnswer(log: Log, row: OutboxRow, isRefusal: boolean, { there, elsewhere, places }: LostAnswers): void {
  const known = log.refusals.lostIn(row.id);
  const asker = row.inbox === null ? null : (log.inbox.get(row.inbox)?.message.sender ?? null);
  const { transport, room } = row.to;
  const lost = known ?? (asker === null ? null : { asker, where: { transport, room }, tried: [] });
  if (lost === null) return;
  const isFirst = known === null && isRefusal;
  const tried = isFirst || lost.tried.length > 0 ? lost.tried : [{ transport, room }];
  const to = isFirst ? row.to : next(places(lost), tried);
  if (to === null) return;
  const told = { ...lost, tried: [...tried, { transport: to.transport, room: to.room }] };
  log.transaction((tx) => {
    const id = tx.outbox.add({ to, kind: 'notice', inbox: null, item: null, body: isFirst ? there : elsewhere(lost) }, tx.now);
    log.refusals.note(id, told);
  });
}

function next(places: readonly Address[], tried: LostAnswer['tried']): Address | null {
  if (tried.length > MOST_PLACES) return null;
  return places.find((place) => !tried.some(({ transport, room }) => transport === place.transport && room === place.room)) ?? null;
}
