import type { Tx } from '../../log/tx.ts';
import type { Occasion } from '../../log/tables/button-messages.ts';
import type { PendingConfirmation } from '../../log/tables/confirmations.ts';
import { KINDS } from '../../pipeline/kinds.ts';
import type { IncomingMessage } from '../../message/address.ts';
import { code, doc, join, paragraph } from '../../message/build.ts';
import type { Confirmation, Reply } from '../command.ts';
import { refused } from '../../words/replies.ts';
import type { Actor } from '../../pipeline/actor.ts';

/** How long a question waits for its answer. */
export const CONFIRMATION_MS = 5 * 60 * 1000;

const YES = new Set(['yes', 'y', 'confirm', 'ok']);
const NO = new Set(['no', 'n', 'cancel']);

/** A yes or no, and the number of the question where a button or reaction said it: typed, it is the open one. */
export interface Answer {
  readonly word: 'yes' | 'no';
  readonly question: number | null;
}

/** Whether a message is an answer to a question, and which. */
export function answerIn(text: string): Answer | null {
  const typed = text.trim();
  // Whatever is longer is none, and may be a megabyte.
  const [, word = '', number] = typed.length > 40 ? [] : (/^(\w+)(?: (\d{1,15}))?[.!]?$/.exec(typed.toLowerCase()) ?? []);
  const question = number === undefined ? null : Number(number);
  if (YES.has(word)) return { word: 'yes', question };
  return NO.has(word) ? { word: 'no', question } : null;
}

/** A question as it is said, and what its buttons hang on. */
export interface Asked {
  readonly reply: Reply;
  readonly occasion: Occasion;
}

/** Keeps the question durably, bound to its asker and room, and says it. */
export function ask(
  tx: Tx,
  message: IncomingMessage,
  actor: Actor,
  question: { readonly project: string; readonly words: string; readonly text: string; readonly confirmation: Confirmation },
): Asked {
  const { at, sender, ingress, direct = ingress === 'direct' } = message;
  const { project, words, text, confirmation } = question;
  const { item } = confirmation;
  const expiresAt = tx.now + CONFIRMATION_MS;
  const id = tx.confirmations.put({
    transport: at.transport,
    room: at.room,
    sender: sender.id,
    ingress,
    direct,
    project,
    text,
    item: item === null ? null : { ...item, seq: item.despite === undefined ? null : tx.reads.lastSeq() },
    expiresAt,
  });
  tx.record({ project, item: null, actor, cause: null, kind: 'confirmation.asked', payload: { words, expiresAt } });
  const how = doc(paragraph('The question stands for 5 minutes.'), {
    kind: 'actions',
    actions: [
      { label: 'Yes', command: `yes ${id}`, typed: 'yes', style: 'danger' },
      { label: 'No', command: `no ${id}`, typed: 'no', style: 'plain' },
    ],
  });
  const reply = { ok: true, code: null, body: join(confirmation.question, how) };
  return { reply, occasion: { kind: 'question', id, expiresAt } };
}

/**
 * Takes the open question of the sender. Gives the command text to run, or the reply when there is nothing to run: no
 * question, a no, too late, or the item is not as it was.
 */
export function takeAnswer(
  tx: Tx,
  message: IncomingMessage,
  { word: answer, question }: Answer,
  actor: Actor,
): { run: PendingConfirmation } | { reply: Reply } {
  const { at, sender } = message;
  const open = tx.confirmations.of(at.transport, at.room, sender.id);
  if (question !== null && question !== open?.id) return { reply: otherQuestion(tx, question) };
  if (open === null)
    return { reply: refused('nothing-to-confirm', 'You have no open question here. ', code('help'), ' lists what you can type.') };
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
    return {
      reply: refused(
        'confirmation-expired',
        'That question is older than 5 minutes and no longer counts. Nothing was done; type ',
        code(open.text),
        ' again.',
      ),
    };
  }
  record(answer);
  if (answer === 'no') return { reply: { ok: true, code: null, body: doc(paragraph('Nothing was done.')) } };
  if (open.item !== null) {
    if (hasChanged(tx, open.item)) {
      const what = `${open.item.number} has changed since the question was asked. Nothing was done; look at it and type `;
      return { reply: refused('confirmation-stale', what, code(open.text), ' again.') };
    }
  }
  return { run: open };
}

/** Whether an item is another than the one that was asked about. */
function hasChanged(tx: Tx, { project, number, version, seq }: NonNullable<PendingConfirmation['item']>): boolean {
  const now = tx.item(project, number);
  if (now === null || now.version === version) return now === null;
  if (seq === null) return true;
  const since = tx.reads.history(project, number, 10_000).filter((event) => event.seq > seq);
  return since.some((event) => event.item !== null && KINDS[event.kind].changes === 'item');
}

/** An answer to a question that is not the sender's open one here: theirs stays as it is. */
function otherQuestion(tx: Tx, question: number): Reply {
  return tx.confirmations.isOpen(question)
    ? refused('not-yours', 'That question was put to somebody else, or elsewhere: only who was asked can answer it, where it was asked.')
    : refused(
        'nothing-to-confirm',
        'That question is closed: it was answered, it is too old, or a newer one took its place. This changed nothing.',
      );
}
