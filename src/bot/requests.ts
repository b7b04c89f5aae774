import * as z from 'zod';
import { requestEnd } from '../words/request.ts';
import { code } from '../message/build.ts';
import { isUnderWay, requestName, type AgentRequest, type RequestEnd } from '../pipeline/requests.ts';
import type { WorkItem } from '../pipeline/types.ts';
import { word, type Argument } from './parse/arguments.ts';
import type { CommandTx } from './capabilities.ts';
import type { CommandContext, Reply } from './command.ts';
import { moment } from '../words/time.ts';
import { refused } from '../words/replies.ts';
import { includes } from './rights/rights.ts';
import { actorName } from '../pipeline/actor.ts';

/** What an agent asked, as people name it: `r7`. The letter is needed, so that an item's number never answers for another's agent. */
export function requestNumber(): Argument<number> {
  return word({
    schema: z
      .string()
      .regex(/^r[1-9]\d{0,14}$/i, 'What agents ask has names such as r7: `requests` lists them. A bare number is an item.')
      .transform((text) => Number(text.slice(1))),
    description: 'What an agent asked, such as r7; `requests` lists them.',
    expects: 'the name of a request, such as r7',
  });
}

/** What a person's answer comes to. */
interface Answered {
  readonly end: Extract<RequestEnd, 'allowed' | 'denied' | 'answered'>;
  readonly text: string;
}

/**
 * Ends a request by a person's answer, once, and only while its agent waits for it. The sender's right to the project
 * of the request is looked up by `tx.find`; who may allow stands in the request itself.
 */
export function answerRequest(
  context: CommandContext,
  number: number,
  given: Answered,
  reply: (request: AgentRequest, item: WorkItem) => Reply,
): Reply {
  return context.change((tx) => {
    const request = tx.reads.requests.get(number);
    const name = requestName(number);
    if (request === null)
      return tx.refuse(refused('no-such-request', `No agent has asked ${name}. `, code('requests'), ' lists what is open.'));
    const item = tx.find({ project: request.project, number: request.item });
    const refusal = whyNot(context, tx, request, item, given.end);
    if (refusal !== null) return tx.refuse(refusal);
    tx.append(item, 'request.closed', { run: request.run, request: number, ...given });
    return reply(request, item);
  });
}

/** Why an answer does not count; null where it does. */
function whyNot(context: CommandContext, tx: CommandTx, request: AgentRequest, item: WorkItem, end: Answered['end']): Reply | null {
  const name = requestName(request.number);
  if (request.state !== 'open') {
    const at = request.closedAt === null ? '' : ` at ${moment(request.closedAt, tx.now, context.timezone)}`;
    const how = requestEnd(request, actorName(request.closedBy ?? ''));
    return refused('request-closed', `${name} ${how}${at}. Nothing was done.`);
  }
  if (!isUnderWay(item, tx.reads.run(request.project, request.item, request.run)))
    return refused('request-void', `${name} is void: the run that asked is over. Nothing was done.`);
  if (request.expiresAt <= tx.now)
    return refused('request-expired', `${name} was open until ${moment(request.expiresAt, tx.now, context.timezone)}. Nothing was done.`);
  const { kind } = request.ask;
  if (kind === 'question' && end !== 'answered')
    return refused('request-is-question', `${name} is a question: `, code(`answer ${name} <text>`), ' answers it.');
  if (kind === 'permission' && end === 'answered')
    return refused('request-is-permission', `${name} asks for leave: `, code(`allow ${name}`), ' or ', code(`deny ${name} <reason>`), '.');
  const grants = context.standing.grants.get(request.project) ?? [];
  if (end !== 'denied' && !grants.some(({ role }) => includes(role, request.role)))
    return refused('not-allowed', `To let an agent do what it asks in ${name} needs the role ${request.role} in ${request.project}.`);
  return null;
}
