import { timerOf, type IncomingMessage, type IngressKind } from '../message/address.ts';
import { code, doc, paragraph } from '../message/build.ts';
import type { Document } from '../message/document.ts';
import { commandName } from '../bot/command-table.ts';
import type { Command, Reply } from '../bot/command.ts';
import { refused } from './replies.ts';

/** A stranger is told so once in this time: whoever has no rights must not be able to fill a room with answers. */
const STRANGER_EVERY_MS = 10 * 60_000;
/** One answer for what is left out of a flood meanwhile. */
const TOO_MANY_EVERY_MS = 60_000;
/** Ways in that the network itself waits on, and answers to one person: silence would show as an error. */
const AWAITED: ReadonlySet<IngressKind> = new Set(['slash', 'button', 'select', 'modal', 'terminal']);

/** A message that was taken in has its effect, but its reply was lost with an earlier process. */
export function afterRestart(): Reply {
  const body = doc(
    paragraph(
      'Musher was restarted while it worked on that. What you asked for is in the log and goes on; ',
      code('status'),
      ' shows where things stand.',
    ),
  );
  return { ok: true, code: null, body };
}

/** A timer has come to a command that asks first, and nobody is there to answer. */
export function notByTimer(command: Command): Reply {
  return refused(
    'not-in-timer',
    code(commandName(command)),
    ' asks before it does this, and a timer can not answer. Nothing was done; type it yourself.',
  );
}

/** An answer that nobody waits for says which timer it comes from. */
export function withTimer(message: IncomingMessage, body: Document): Document {
  const timer = timerOf(message);
  if (timer === null) return body;
  const what = message.text === '' ? [] : [': ', code(message.text)];
  return { blocks: [...doc(paragraph(`Timer ${timer} is due`, ...what, '.')).blocks, ...body.blocks] };
}

/** To whoever has no rights where they write. */
export function stranger(message: IncomingMessage): Reply {
  const id = `${message.sender.transport}:${message.sender.id}`;
  const reply = refused(
    'no-rights',
    'You have no rights here. An admin gives them in bot.toml, such as ',
    code(`viewer = ["${id}"]`),
    ' under [roles], a [[project]] or a [[room]].',
  );
  return unlessAwaited(message, reply, STRANGER_EVERY_MS);
}

/** To whoever sends more than is worked on; `waiting` of theirs are not answered yet. */
export function tooMany(message: IncomingMessage, waiting: number): Reply {
  const reply = refused(
    'too-many',
    `You have ${waiting} messages waiting for an answer, so this one was not taken, nor are more until those are answered. Then send it again.`,
  );
  return unlessAwaited(message, reply, TOO_MANY_EVERY_MS);
}

/** A bug: the room learns that something went wrong and under which id the details are kept. */
export function incident(id: string): Reply {
  const body = doc(
    paragraph(
      'That went wrong inside Musher, and nothing more was done with it. The details are in the log file under ',
      code(id),
      '; ',
      code('status'),
      ' shows where things stand.',
    ),
  );
  return { ok: false, code: 'incident', body };
}

function unlessAwaited({ ingress }: IncomingMessage, reply: Reply, everyMs: number): Reply {
  return AWAITED.has(ingress) ? reply : { ...reply, notWithinMs: everyMs };
}
