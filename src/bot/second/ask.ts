import type { Occasion } from '../../log/tables/button-messages.ts';
import type { Asker } from '../../log/tables/two-person.ts';
import type { Tx } from '../../log/tx.ts';
import type { IncomingMessage } from '../../message/address.ts';
import { withoutActions } from '../../message/build.ts';
import type { Document } from '../../message/document.ts';
import { itemsNamed } from '../parse/arguments.ts';
import { commandName } from '../../words/described.ts';
import {
  askerUnknown,
  nobodyElse,
  numbersNeeded,
  runQuestion,
  secondQuestion,
  secondQuestionElsewhere,
} from '../../words/steer/two-person.ts';
import type { Reply } from '../../words/reply.ts';
import type { BotParts } from '../bot-parts.ts';
import type { Project } from '../capabilities.ts';
import type { Command, Confirmation } from '../command.ts';
import type { CommandTable } from '../command-table.ts';
import type { Ready } from '../loop/read-command.ts';
import { whoElse } from './may-confirm.ts';

/** How long a second person has: they may have to be called first. Whatever changes of the items meanwhile voids it. */
export const SECOND_MS = 60 * 60_000;

/** What a question to a second person is about, before it is stored. */
export interface SecondAsk {
  readonly message: IncomingMessage;
  readonly ready: Ready;
  readonly project: Project;
  /** The command's own question; null: it has none for this call. */
  readonly confirmation: Confirmation | null;
}

/** Who could confirm it and what is asked, or the reply where it can't be asked. */
export function prepareSecond(
  parts: BotParts,
  table: CommandTable<Command>,
  { message, ready, project, confirmation }: SecondAsk,
): { readonly person: string; readonly others: readonly string[]; readonly text: string } | Reply {
  const name = commandName(ready.command);
  const person = parts.rights.personOf(message.sender);
  if (person === null || message.ingress === 'terminal') return askerUnknown(name);
  if (confirmation === null && hasCalled(ready.args)) return numbersNeeded(name);
  const text = confirmation?.text ?? ready.text;
  const others = whoElse(parts, table, person, { text, project });
  return others.length === 0 ? nobodyElse(name, project.name) : { person: person.name, others: others.map((one) => one.name), text };
}

/** Stores the question, and puts it to the other rooms of the project that hear of approvals. */
export function askSecond(
  parts: BotParts,
  tx: Tx,
  { message, ready, project, confirmation }: SecondAsk,
  { person, others, text }: Exclude<ReturnType<typeof prepareSecond>, Reply>,
): { readonly reply: Reply; readonly occasion: Occasion } {
  const expiresAt = tx.now + SECOND_MS;
  const words = commandName(ready.command);
  const items =
    confirmation?.items ??
    itemsNamed(ready.args).flatMap((ref) => {
      const item = tx.item(ref.project, ref.number);
      return item === null ? [] : [{ project: item.project, number: item.number, version: item.version }];
    });
  const seq = tx.reads.lastSeq();
  const id = tx.twoPerson.put(
    {
      asker: askerOf(message),
      person,
      project: project.name,
      words,
      text,
      items: items.map(({ project: of, number, version, ...more }) => ({
        project: of,
        number,
        version,
        seq: 'despite' in more ? seq : null,
      })),
      askedAt: tx.now,
      expiresAt,
    },
    tx.now - SECOND_MS,
  );
  const actor = parts.rights.actorOf(message.sender);
  tx.record({ project: project.name, item: null, actor, cause: null, kind: 'confirmation.asked', payload: { words, expiresAt } });
  const occasion: Occasion = { kind: 'two-person', id, expiresAt };
  const question = confirmation?.question ?? runQuestion(text);
  const elsewhere = secondQuestionElsewhere(question, id, person, text, SECOND_MS);
  tellOthers(parts, tx, message, project.name, elsewhere, occasion, items[0] ?? null);
  return { reply: { ok: true, code: null, body: secondQuestion(question, id, others, SECOND_MS) }, occasion };
}

function tellOthers(
  { rooms }: BotParts,
  tx: Tx,
  { at }: IncomingMessage,
  project: string,
  body: Document,
  occasion: Occasion,
  about: { readonly project: string; readonly number: number } | null,
): void {
  const item = about === null ? null : { project: about.project, number: about.number };
  for (const room of rooms()) {
    const isHere = room.transport === at.transport && room.id === at.room;
    if (isHere || room.project !== project || !room.notify.includes('approvals')) continue;
    const to = { transport: room.transport, room: room.id, thread: null };
    const sent = tx.outbox.add({ to, item, kind: 'notice', body, inbox: null }, tx.now);
    tx.buttons.put(sent, room.transport, occasion, withoutActions(body), item);
  }
}

function askerOf({ at, sender, ingress, direct }: IncomingMessage): Asker {
  const { transport, room } = at;
  return { transport, room, sender: sender.id, name: sender.name, ingress, direct: direct === true || ingress === 'direct' };
}

/** Whether a word stands for items, which may be other ones by the time of the answer. */
function hasCalled(args: Readonly<Record<string, unknown>>): boolean {
  return Object.values(args)
    .flat()
    .some((value) => typeof value === 'object' && value !== null && 'called' in value);
}
