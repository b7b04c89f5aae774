import type { Confirmed } from '../../log/tables/inbox.ts';
import type { TwoPersonQuestion } from '../../log/tables/two-person.ts';
import type { Tx } from '../../log/tx.ts';
import type { IncomingMessage } from '../../message/address.ts';
import { closed, phrase } from '../../message/build.ts';
import { answeredLate, answeredNo, projectGone, questionClosed, questionStale } from '../../words/bot/confirming.ts';
import { secondAnswered, secondUnknown, declinedElsewhere, whichQuestion, yourOwn } from '../../words/steer/two-person.ts';
import { clockTime } from '../../words/time.ts';
import type { Reply } from '../../words/reply.ts';
import type { BotParts } from '../bot-parts.ts';
import type { Command } from '../command.ts';
import type { CommandTable } from '../command-table.ts';
import { hasChanged } from '../loop/stale.ts';
import { SECOND_MS } from './ask.ts';
import { barrier } from './may-confirm.ts';
import { tellAsker } from './tell-asker.ts';

/** The one open question to a second person that was asked in this room, if there is just one; `by`: of this person alone. */
function onlyOneHere(tx: Tx, { at }: IncomingMessage, by: string | null): TwoPersonQuestion | null {
  const here = tx.twoPerson
    .all()
    .filter(
      ({ asker, expiresAt, person }) =>
        asker.transport === at.transport && asker.room === at.room && expiresAt > tx.now && (by === null || person === by),
    );
  return here.length === 1 ? (here[0] ?? null) : null;
}

/**
 * A yes or no without a number, of somebody who has no question of their own here: the asker takes a command back with it;
 * for anybody else a yes is worth a number. Null: no such question is open in the room.
 */
export function takeBareAnswer(parts: BotParts, tx: Tx, message: IncomingMessage, word: 'yes' | 'no'): Reply | null {
  const person = parts.rights.personOf(message.sender);
  const own = person === null || word === 'yes' ? null : onlyOneHere(tx, message, person.name);
  if (own !== null) return withdrawn(parts, tx, message, own);
  const open = onlyOneHere(tx, message, null);
  return open === null ? null : open.person === person?.name ? yourOwn(open.id) : whichQuestion(open.id, open.person, open.text);
}

/**
 * Takes the answer to a question that names a second person. The command to run, as its asker, or the reply where there is
 * nothing to run. A question stays open for whoever may answer it where this sender may not.
 */
export function takeSecondAnswer(
  parts: BotParts,
  table: CommandTable<Command>,
  tx: Tx,
  message: IncomingMessage,
  { word, id }: { readonly word: 'yes' | 'no'; readonly id: number },
): { readonly run: Confirmed } | { readonly reply: Reply } {
  const open = tx.twoPerson.get(id);
  if (open === null) return { reply: questionClosed() };
  const person = parts.rights.personOf(message.sender);
  if (person === null || message.ingress === 'terminal') return { reply: secondUnknown() };
  if (open.expiresAt <= tx.now) {
    tx.twoPerson.close(id);
    record(parts, tx, message, open, 'expired');
    return { reply: answeredLate(open.text, SECOND_MS / 60_000) };
  }
  if (person.name === open.person) return { reply: word === 'yes' ? yourOwn(id) : withdrawn(parts, tx, message, open) };
  const project = parts.projects.find(({ name }) => name === open.project);
  if (project === undefined) {
    tx.twoPerson.close(id);
    return { reply: projectGone(open.project) };
  }
  const denied = barrier(parts, table, message, { text: open.text, project });
  if (denied !== null) return { reply: denied };
  tx.twoPerson.close(id);
  record(parts, tx, message, open, word);
  closeButtons(parts, tx, message, id, word);
  if (word === 'no') {
    tellAsker(tx, message, open.asker, declinedElsewhere(open.text, person.name), null);
    return { reply: answeredNo() };
  }
  const changed = open.items.find((item) => hasChanged(tx, item));
  if (changed !== undefined) return { reply: questionStale(changed.number, open.text) };
  second(parts, tx, message, open);
  return { run: { project: open.project, text: open.text, asker: open.asker } };
}

function withdrawn(parts: BotParts, tx: Tx, message: IncomingMessage, open: TwoPersonQuestion): Reply {
  tx.twoPerson.close(open.id);
  record(parts, tx, message, open, 'withdrawn');
  closeButtons(parts, tx, message, open.id, 'withdrawn');
  return answeredNo();
}

/** Each item's history names the second person too. No cause: for `undo` it is no change of theirs. */
function second({ rights }: BotParts, tx: Tx, { sender }: IncomingMessage, { items, words, person }: TwoPersonQuestion): void {
  const actor = rights.actorOf(sender);
  for (const { project, number } of items) {
    const item = tx.item(project, number);
    if (item === null) continue;
    const payload = { words, askedBy: `person:${person}` };
    tx.record({ project, item: item.number, actor, cause: null, kind: 'item.seconded', payload });
  }
}

function record(
  { rights }: BotParts,
  tx: Tx,
  { sender }: IncomingMessage,
  { project, words, person }: TwoPersonQuestion,
  answer: 'yes' | 'no' | 'withdrawn' | 'expired',
): void {
  const payload = { words, answer, askedBy: `person:${person}` };
  tx.record({ project, item: null, actor: rights.actorOf(sender), cause: null, kind: 'confirmation.answered', payload });
}

/** In every room that shows the question. */
function closeButtons(parts: BotParts, tx: Tx, { sender }: IncomingMessage, id: number, answer: 'yes' | 'no' | 'withdrawn'): void {
  const words = phrase`${secondAnswered(answer)} by ${parts.nameOf(parts.rights.actorOf(sender))}, ${clockTime(tx.now, parts.timezone)}`;
  for (const { id: message, occasion, plain } of tx.buttons.inState('open', tx.now)) {
    if (occasion.kind !== 'two-person' || occasion.id !== id) continue;
    const instead = closed(plain, words);
    if (tx.outbox.replaceUntried(message, instead)) tx.buttons.drop(message);
    else tx.buttons.close(message, instead);
  }
}
