import * as z from 'zod';
import { requestEnd } from '../words/item/request.ts';

import { isUnderWay, type AgentRequest, type RequestEnd } from '../pipeline/requests.ts';
import type { WorkItem } from '../pipeline/types.ts';
import { word, type Argument } from './parse/arguments.ts';
import type { CommandTx } from './capabilities.ts';
import type { CommandContext } from './command.ts';
import { moment } from '../words/time.ts';
import {
  allowInstead,
  answerInstead,
  noSuchRequest,
  requestClosed,
  requestExpired,
  requestNotAllowed,
  requestVoid,
} from '../words/bot/answering.ts';
import { lists, parsing } from '../words/bot/parsing.ts';
import { includes } from './rights/rights.ts';
import { actorName } from '../pipeline/actor.ts';
import type { Reply } from '../words/reply.ts';

/** The name of an agent's request: `r7`. The letter keeps an item number from answering a request by mistake. */
export function requestNumber(): Argument<number> {
  return word({
    schema: z
      .string()
      .regex(/^r[1-9]\d{0,14}$/i, parsing.notARequest)
      .transform((text) => Number(text.slice(1))),
    description: 'The request, like r7; `requests` lists them.',
    expects: 'the name of a request, like r7',
    next: lists('requests'),
  });
}

/** A person's answer. */
interface Answered {
  readonly end: Extract<RequestEnd, 'allowed' | 'denied' | 'answered'>;
  readonly text: string;
}

/**
 * Ends a request with a person's answer, once, and only while its agent is waiting. `tx.find` checks the sender's role
 * in the request's project; the request itself says which role may allow it.
 */
export function answerRequest(
  context: CommandContext,
  number: number,
  given: Answered,
  reply: (request: AgentRequest, item: WorkItem) => Reply,
): Reply {
  return context.change((tx) => {
    const request = tx.reads.requests.get(number);
    if (request === null) return tx.refuse(noSuchRequest(number));
    const item = tx.find({ project: request.project, number: request.item });
    const refusal = whyNot(context, tx, request, item, given.end);
    if (refusal !== null) return tx.refuse(refusal);
    tx.append(item, 'request.closed', { run: request.run, request: number, ...given });
    return reply(request, item);
  });
}

/** Why an answer does not count; null if it does. */
function whyNot(context: CommandContext, tx: CommandTx, request: AgentRequest, item: WorkItem, end: Answered['end']): Reply | null {
  const { number } = request;
  if (request.state !== 'open') {
    const at = request.closedAt === null ? null : moment(request.closedAt, tx.now, context.timezone);
    return requestClosed(number, requestEnd(request, actorName(request.closedBy ?? '')), at);
  }
  if (!isUnderWay(item, tx.reads.run(request.project, request.item, request.run))) return requestVoid(number);
  if (request.expiresAt <= tx.now) return requestExpired(number, moment(request.expiresAt, tx.now, context.timezone));
  const { kind } = request.ask;
  if (kind === 'question' && end !== 'answered') return answerInstead(number);
  if (kind === 'permission' && end === 'answered') return allowInstead(number);
  const grants = context.standing.grants.get(request.project) ?? [];
  if (end !== 'denied' && !grants.some(({ role }) => includes(role, request.role))) return requestNotAllowed(request, request.role);
  return null;
}
