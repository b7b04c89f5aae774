import type { Occasion } from '../../log/tables/button-messages.ts';
import type { Outgoing } from '../../log/tables/outbox.ts';
import type { Tx } from '../../log/tx.ts';
import { withoutActions } from '../../message/build.ts';
import { withTimer } from '../../words/fixed-replies.ts';
import { withoutFiles } from '../../words/files/files.ts';
import type { Reply } from '../../words/reply.ts';
import { byBoth, confirmedElsewhere } from '../../words/steer/two-person.ts';
import type { BotParts } from '../bot-parts.ts';
import { settleRoutine } from '../routines/settle.ts';
import { tellAsker } from '../second/tell-asker.ts';
import type { Handling, SendsAtOnce } from './handling.ts';
import type { RoomNews } from './room-news.ts';

type AnswerParts = Pick<BotParts, 'rights' | 'nameOf'> & { readonly sending?: SendsAtOnce; readonly news?: () => RoomNews };

/**
 * The one place that creates a final reply: the reply, the end of the inbox row and the audit commit together. Within a
 * cooldown, the same reply is not repeated.
 */
export function storeReply(
  parts: AnswerParts,
  tx: Tx,
  state: Handling,
  given: Reply,
  occasion: Occasion | null = given.occasion ?? null,
): void {
  const { message, id } = state;
  const lost = message.files !== undefined && !state.filesKept && given.ok ? message.files.length : 0;
  const reply = lost === 0 ? given : withoutFiles(given, lost);
  const outcome = reply.ok ? 'ok' : reply.code === 'incident' ? 'failed' : 'refused';
  const isEnd = reply.unfinished !== true && outcome !== 'failed';
  if (state.answered) return;
  const kept = reply.unfinished === true ? 'unfinished' : outcome;
  if (state.isEarly) tx.inbox.settle(id, kept);
  else if (!tx.inbox.finish(id, kept)) return;
  if (state.isTalk)
    tx.talk.keep(id, { ...message, sender: { ...message.sender, name: parts.nameOf(parts.rights.actorOf(message.sender)) } }, tx.now);
  const settled = settleRoutine(tx, message, outcome);
  const { notWithinMs, code: what } = reply;
  const isSaid =
    notWithinMs === undefined ||
    tx.cooldowns.isTime(message.at, reply.sameForAll === true ? '' : message.sender.id, what ?? '', tx.now, notWithinMs);
  if (isSaid) {
    const said = settled.ofRoutine(withTimer(message, reply.body));
    const body = state.two === null || !reply.ok ? said : byBoth(said, state.two.askerName, state.two.secondName);
    const place = isEnd && (state.isChange || state.isHeld) ? (parts.news?.().placeOf(tx, id, message.at) ?? null) : null;
    const sent = queue(parts, tx, { to: message.at, item: state.item, several: state.several, ...place, kind: 'reply', body, inbox: id });
    if (occasion !== null) tx.buttons.put(sent, message.at.transport, occasion, withoutActions(body), state.item);
  }
  if (state.two !== null) {
    const { asker, secondName } = state.two;
    tellAsker(tx, message, asker, confirmedElsewhere(reply.body, state.as.text, secondName), state.item);
  }
  if (state.isHeld) parts.news?.().settle(tx, id);
  tx.record({
    project: state.project.name,
    item: null,
    actor: parts.rights.actorOf(message.sender),
    cause: `inbox:${id}`,
    kind: 'command.handled',
    payload: { words: state.words, outcome, code: reply.code, room: `${message.at.transport}:${message.at.room}` },
  });
  state.answered = true;
}

/** Puts a reply into the outbox, as begun where it leaves with this commit. Returns its number. */
function queue({ sending }: AnswerParts, tx: Tx, reply: Outgoing): number {
  if (sending?.maySendAtOnce(reply.to) !== true) return tx.outbox.add(reply, tx.now);
  const row = tx.outbox.addBegun(reply, tx.now);
  tx.afterCommit(() => sending.sendBegun(row));
  return row.id;
}
