import type { Inline } from '../../message/document.ts';
import type { Tx } from '../../log/tx.ts';
import type { Occasion } from '../../log/tables/button-messages.ts';
import type { PendingConfirmation } from '../../log/tables/confirmations.ts';
import { hasChanged } from './stale.ts';
import type { IncomingMessage } from '../../message/address.ts';
import { closed } from '../../message/build.ts';
import type { BotParts } from '../bot-parts.ts';
import type { Confirmation } from '../command.ts';
import {
  answeredBy,
  answeredLate,
  answeredNo,
  askedQuestion,
  notYourQuestion,
  nothingToConfirm,
  questionClosed,
  questionStale,
} from '../../words/bot/confirming.ts';
import type { Actor } from '../../pipeline/actor.ts';
import type { Reply } from '../../words/reply.ts';

/** How long a question waits for an answer. */
export const CONFIRMATION_MS = 5 * 60 * 1000;

const MINUTES = CONFIRMATION_MS / 60_000;

const YES = new Set(['yes', 'y', 'confirm', 'ok']);
const NO = new Set(['no', 'n', 'cancel']);

/** A yes or no. Buttons and reactions name the question by number; a typed answer is about the open one. */
export interface Answer {
  readonly word: 'yes' | 'no';
  readonly question: number | null;
  /** The number of a question to a second person, `q7`; null: it names none. */
  readonly second: number | null;
}

/** The answer in a message; null if it is not one. */
export function answerIn(text: string): Answer | null {
  const typed = text.trim();
  // Anything longer is not an answer, and may be a megabyte.
  const [, word = '', of, number] = typed.length > 40 ? [] : (/^(\w+)(?: (q?)(\d{1,15}))?[.!]?$/.exec(typed.toLowerCase()) ?? []);
  const named = number === undefined ? null : Number(number);
  const which = of === 'q' ? { question: null, second: named } : { question: named, second: null };
  if (YES.has(word)) return { word: 'yes', ...which };
  return NO.has(word) ? { word: 'no', ...which } : null;
}

/** A question as it is shown, and what its buttons belong to. */
export interface Asked {
  readonly reply: Reply;
  readonly occasion: Occasion;
}

/** Stores the question, bound to its sender and room, and returns what to show. */
export function ask(
  tx: Tx,
  message: IncomingMessage,
  actor: Actor,
  question: { readonly project: string; readonly words: string; readonly text: string; readonly confirmation: Confirmation },
): Asked {
  const { at, sender, ingress, direct = ingress === 'direct' } = message;
  const { project, words, text, confirmation } = question;
  const expiresAt = tx.now + CONFIRMATION_MS;
  const id = tx.confirmations.put({
    transport: at.transport,
    room: at.room,
    sender: sender.id,
    ingress,
    direct,
    project,
    text: confirmation.text ?? text,
    items: confirmation.items.map(({ project: of, number, version, despite }) => ({
      project: of,
      number,
      version,
      seq: despite === undefined ? null : tx.reads.lastSeq(),
    })),
    expiresAt,
  });
  tx.record({ project, item: null, actor, cause: null, kind: 'confirmation.asked', payload: { words, expiresAt } });
  const reply = { ok: true, code: null, body: askedQuestion(confirmation.question, id, MINUTES) };
  return { reply, occasion: { kind: 'question', id, expiresAt } };
}

/**
 * Closes the sender's open question, and replaces its buttons with who answered it and when. Returns the command to run,
 * or the reply if there is nothing to run: no question, a no, too late, or the item has changed.
 */
export function takeAnswer(
  tx: Tx,
  message: IncomingMessage,
  { word: answer, question }: Answer,
  actor: Actor,
  reader: Pick<BotParts, 'timezone' | 'nameOf'>,
): { run: PendingConfirmation } | { reply: Reply } {
  const { at, sender } = message;
  const open = tx.confirmations.of(at.transport, at.room, sender.id);
  if (question !== null && question !== open?.id) return { reply: otherQuestion(tx, question) };
  if (open === null) return { reply: nothingToConfirm() };
  tx.confirmations.close(open);
  const late = open.expiresAt <= tx.now;
  const record = (result: 'yes' | 'no' | 'expired'): void => {
    tx.record({
      project: open.project,
      item: null,
      actor,
      cause: null,
      kind: 'confirmation.answered',
      payload: { words: open.text.split(/\s/, 1)[0] ?? '', answer: result },
    });
  };
  if (late) {
    record('expired');
    return { reply: answeredLate(open.text, MINUTES) };
  }
  record(answer);
  closeButtons(tx, open.id, answeredBy(answer, actor, tx.now, reader));
  if (answer === 'no') return { reply: answeredNo() };
  const changed = open.items.find((item) => hasChanged(tx, item));
  if (changed !== undefined) return { reply: questionStale(changed.number, open.text) };
  return { run: open };
}

function closeButtons(tx: Tx, question: number, words: readonly Inline[]): void {
  for (const { id, occasion, plain } of tx.buttons.inState('open', tx.now)) {
    if (occasion.kind !== 'question' || occasion.id !== question) continue;
    const instead = closed(plain, words);
    // A message that is not sent yet is sent without its buttons.
    if (tx.outbox.replaceUntried(id, instead)) tx.buttons.drop(id);
    else tx.buttons.close(id, instead);
  }
}

/** An answer to a question that is not the sender's open one here. Theirs stays open. */
function otherQuestion(tx: Tx, question: number): Reply {
  return tx.confirmations.isOpen(question) ? notYourQuestion() : questionClosed();
}
