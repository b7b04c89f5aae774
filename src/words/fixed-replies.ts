import { hintWords } from './outage.ts';
import type { MusherError } from '../errors.ts';
import { timerOf, type IncomingMessage, type IngressKind } from '../message/address.ts';
import { code, command as typed, doc, paragraph } from '../message/build.ts';
import type { Document } from '../message/document.ts';
import { visibleLine } from '../message/sanitize.ts';
import { duration } from './time.ts';
import { refused } from './replies.ts';
import type { Reply } from './reply.ts';
import { commandName, type Described } from './described.ts';

/** A stranger gets at most one answer in this time, so that people without a role can't fill a room with replies. */
const STRANGER_EVERY_MS = 10 * 60_000;
/** At most one answer in this time about messages that were skipped in a flood. */
const TOO_MANY_EVERY_MS = 60_000;
/** The network waits for an answer to these and shows it to one person; without one it would report an error. */
const AWAITED: ReadonlySet<IngressKind> = new Set(['slash', 'button', 'select', 'modal', 'terminal']);

/** The command took effect, but its reply was lost with an earlier process. */
export function afterRestart(): Reply {
  const body = doc(
    paragraph('Musher restarted while working on this. Your command is saved and continues; ', typed('status'), ' shows the progress.'),
  );
  return { ok: true, code: null, body, unfinished: true };
}

/** To whoever asked for a restart. */
export function backAfter(ms: number, version: string): Reply {
  return { ok: true, code: null, body: doc(paragraph(`✓ Back after ${duration(ms)}, version ${version}.`)) };
}

/** Stands where an answer was refused by its network, as it was and as plain text. */
export const LOST_ANSWER: Document = doc(
  paragraph(
    'Your command was answered, but this network refused to show the answer. ',
    typed('health'),
    ' counts it; the terminal can show it.',
  ),
);

/** Tells an asker, in another place than where they asked, that their answer could not be shown there. Others may read it. */
export function lostAnswerElsewhere(name: string, room: string): Document {
  return doc(
    paragraph(
      `${visibleLine(name)}: Musher couldn’t deliver the answer to your message in ${visibleLine(room)}. `,
      'Ask again here; ',
      typed('health'),
      ' shows why.',
    ),
  );
}

/** A timer ran a command that asks for confirmation, and nobody is there to answer. */
export function notByTimer(command: Described): Reply {
  return refused(
    'not-in-timer',
    code(commandName(command)),
    ' asks for confirmation, so it can’t run on a timer. Nothing was done; type it yourself.',
  );
}

/** A reply to a timer's command starts with the timer, since nobody has just typed it. */
export function withTimer(message: IncomingMessage, body: Document): Document {
  const timer = timerOf(message);
  if (timer === null) return body;
  const what = message.text === '' ? [] : [' ran ', typed(message.text)];
  return { blocks: [...doc(paragraph(`Timer ${timer}`, ...what, ':')).blocks, ...body.blocks] };
}

/** To a person without a role in the room. */
export function stranger(message: IncomingMessage): Reply {
  const id = `${message.sender.transport}:${message.sender.id}`;
  const reply = refused(
    'no-rights',
    'You have no role here. An admin can add ',
    code(`viewer = ["${id}"]`),
    ' to bot.toml under [roles], a [[project]] or a [[room]].',
  );
  return unlessAwaited(message, reply, STRANGER_EVERY_MS);
}

/** In a room that the configuration does not name, whoever asks: what is missing. Nothing of any project. */
export function notServed(message: IncomingMessage): Reply {
  const { transport, room } = message.at;
  const reply = refused(
    'room-not-served',
    'Musher is not set up for this room. Whoever runs it can add it to bot.toml as a [[room]] with ',
    code(`transport = "${transport}"`),
    ' and ',
    code(`id = "${room}"`),
    '.',
  );
  return { ...unlessAwaited(message, reply, STRANGER_EVERY_MS), sameForAll: true };
}

/** To a person with `waiting` unanswered messages who sends another. */
export function tooMany(message: IncomingMessage, waiting: number): Reply {
  const reply = refused(
    'too-many',
    `You have ${waiting} messages waiting for a reply, so this one was skipped. Send it again once they are answered.`,
  );
  return unlessAwaited(message, reply, TOO_MANY_EVERY_MS);
}

/** A bug. The details are in the log file under this id. */
export function incident(id: string): Reply {
  const body = doc(
    paragraph(
      'Musher hit a bug and stopped working on this. The details are in its log file under ',
      code(id),
      '. ',
      typed('status'),
      ' shows the present state.',
    ),
  );
  return { ok: false, code: 'incident', body };
}

/** What a command met that has words of its own: what happened, and what to do. */
export function failedWith(error: MusherError): Reply {
  return { ok: false, code: error.code, body: doc(paragraph(...hintWords(`${error.message} ${error.hint}`))) };
}

function unlessAwaited({ ingress }: IncomingMessage, reply: Reply, everyMs: number): Reply {
  return AWAITED.has(ingress) ? reply : { ...reply, notWithinMs: everyMs };
}
