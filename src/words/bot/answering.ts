import type { AccessRole } from '../../config/choices.ts';
import { revealed } from '../../message/reveal.ts';
import { itemLabel } from '../item/item.ts';
import { command, doc, list, paragraph, phrase, type Content } from '../../message/build.ts';
import { requestName, type AgentRequest } from '../../pipeline/requests.ts';
import { refused } from '../replies.ts';
import type { Reply } from '../reply.ts';

/** No agent has made this request. */
export function noSuchRequest(number: number): Reply {
  return refused('no-such-request', `There is no request ${requestName(number)}. `, command('requests'), ' lists the open ones.');
}

/** Somebody answered first, or it ended otherwise; `how` says how and `at` when. */
export function requestClosed(number: number, how: string, at: Content | null): Reply {
  return refused('request-closed', ...phrase`${requestName(number)} ${how}${at === null ? '' : phrase` at ${at}`}. Nothing was done.`);
}

/** The run that asked is over. */
export function requestVoid(number: number): Reply {
  return refused('request-void', `The run that asked ${requestName(number)} has ended, so nothing was done.`);
}

/** The answer came after the request had expired. */
export function requestExpired(number: number, until: Content): Reply {
  return refused('request-expired', ...phrase`${requestName(number)} expired at ${until}, so nothing was done.`);
}

/** `allow` or `deny` for a question. */
export function answerInstead(number: number): Reply {
  const name = requestName(number);
  return refused('request-is-question', `${name} is a question. Reply with `, command(`answer ${name} <text>`), '.');
}

/** `answer` for a permission. */
export function allowInstead(number: number): Reply {
  const name = requestName(number);
  return refused(
    'request-is-permission',
    `${name} asks for permission. Reply with `,
    command(`allow ${name}`),
    ' or ',
    command(`deny ${name} <reason>`),
    '.',
  );
}

/** The sender's role is too low for what this request would allow. */
export function requestNotAllowed({ number, project }: AgentRequest, needs: AccessRole): Reply {
  return refused('not-allowed', `Answering ${requestName(number)} needs the role ${needs} in ${project}.`);
}

/** `allow` alone where nothing waits. */
export function nothingToAllow(): Reply {
  return refused('no-such-request', 'No agent is waiting for permission here. ', command('requests'), ' lists the open requests.');
}

/** `allow` alone where it is not clear which request its sender means. */
export function whichToAllow(open: readonly AgentRequest[], current: string): Reply {
  const lines = open.map((one) => [
    command(`allow ${requestName(one.number)}`),
    ` · ${one.agent} on ${itemLabel({ project: one.project, number: one.item }, current)} · ${revealed(one.brief)}`,
  ]);
  const why = open.length === 1 ? 'This request came in just now. Look at it, then name it:' : 'Which one? Open requests:';
  return { ...refused('which-request', ''), body: doc(paragraph(why), list(lines)) };
}
