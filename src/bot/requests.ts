import * as z from 'zod';
import { BOUNDS } from '../bounds.ts';
import { tooLong } from '../words/bot/telling.ts';
import { requestEnd } from '../words/item/request.ts';

import { isUnderWay, type AgentRequest, type RequestEnd } from '../pipeline/requests.ts';
import type { WorkItem } from '../pipeline/types.ts';
import { err, ok, type Result } from '../result.ts';
import { noReason } from './parse/arguments-text.ts';
import { argument, problemAt, quoted, type Argument } from './parse/argument.ts';
import { word } from './parse/arguments.ts';
import type { CommandTx } from './capabilities.ts';
import type { CommandContext } from './command.ts';
import { moment } from '../words/time.ts';
import {
  allowInstead,
  answerInstead,
  nothingToAllow,
  noSuchRequest,
  requestClosed,
  requestExpired,
  requestNotAllowed,
  requestVoid,
  whichToAllow,
} from '../words/bot/answering.ts';
import { lists, parsing } from '../words/bot/parsing.ts';
import { includes } from './rights/rights.ts';
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
  readonly scope?: 'run';
}

/** What `allow` names. */
export interface Allowance {
  /** Null: the one that is open. */
  readonly request: number | null;
  /** For the rest of its run, whatever the same tool gets. */
  readonly forRun: boolean;
  /** Why, where a request was named; empty: nothing was said. */
  readonly reason: string;
}

/** `r7`, `r7 for this run` or `for this run`; words of one's own only behind a name: `allow me to explain` allows nothing. */
export function allowance(): Argument<Allowance | null> {
  const one = requestNumber();
  return argument<Allowance>({
    kind: 'tokens',
    type: 'string',
    description:
      'The request, like r7, and `for this run` to allow its tool for the rest of the run; the only open one by default. Words after it say why.',
    expects: 'the name of a request, like r7, or for this run',
    usage: (name) => `<${name}> [for this run] [why]`,
    parse(reader, context) {
      const named = reader.peek()?.text.toLowerCase() === 'for' ? ok(null) : one.parse(reader, context);
      if (!named.ok) return named;
      const rest = reader.takeRest();
      if (rest === null) return ok({ request: named.value, forRun: false, reason: '' });
      const [forRun = ''] = /^for\s+(?:(?:this|the)\s+)?run\b[\s,:]*/i.exec(rest.text) ?? [];
      const reason = rest.text.slice(forRun.length).trim();
      const problem = noReason(reason);
      if (problem !== null) return err(problemAt({ start: rest.start, end: rest.start + rest.text.length }, problem));
      if ((named.value !== null && !/^for\b/i.test(reason)) || (forRun !== '' && reason === ''))
        return ok({ request: named.value, forRun: forRun !== '', reason });
      const typed = rest.text.split(/\s/, 1)[0] ?? '';
      return err(problemAt({ start: rest.start, end: rest.start + typed.length }, parsing.isNot(quoted(typed), 'for this run')));
    },
  }).optional();
}

/**
 * Ends a request with a person's answer, once, and only while its agent is waiting. `tx.find` checks the sender's role
 * in the request's project; the request itself says which role may allow it.
 */
export function answerRequest(
  context: CommandContext,
  number: number,
  given: Answered,
  reply: (request: AgentRequest, item: WorkItem, covered: readonly AgentRequest[]) => Reply,
): Reply {
  return context.change((tx) => {
    const request = tx.reads.requests.get(number);
    if (request === null) return tx.refuse(noSuchRequest(number));
    const item = tx.find({ project: request.project, number: request.item });
    const refusal = whyNot(context, tx, request, item, given.end);
    if (refusal !== null) return tx.refuse(refusal);
    const covered = given.scope === 'run' ? alsoCovered(tx, request) : [];
    if (given.text.length > BOUNDS.toldText) return tx.refuse(tooLong(given.text.length));
    for (const { run, number: one } of [request, ...covered]) tx.append(item, 'request.closed', { run, request: one, ...given });
    return reply(request, item, covered);
  });
}

/** A request that opened this shortly before `allow` alone came in can't be the one that its sender has read. */
const READ_MS = 5_000;

/** The one permission that waits in the room's project; the error is the reply where it is not clear which is meant. */
export function onlyRequest(context: CommandContext): Result<number, Reply> {
  const { reads, project, receivedAt } = context;
  // Who has no role here learns nothing of what is asked here.
  const open =
    context.roleIn({ project: project.name }) === null
      ? []
      : reads.requests.open(project.name).filter(({ ask }) => ask.kind === 'permission');
  const [first, ...others] = open.toSorted((a, b) => a.number - b.number);
  if (first === undefined) return err(nothingToAllow());
  if (others.length > 0 || first.openedAt > receivedAt - READ_MS) return err(whichToAllow([first, ...others], project.name));
  return ok(first.number);
}

/** The other open requests of the same run for the same tool, which an allowance for the run covers too. */
export function alsoCovered(tx: CommandTx, { project, item, run, number, ask, role }: AgentRequest): readonly AgentRequest[] {
  if (ask.kind !== 'permission') return [];
  return tx.reads.requests
    .ofRun(project, item, run)
    .filter(
      (other) =>
        other.number !== number &&
        other.state === 'open' &&
        other.role === role &&
        other.ask.kind === 'permission' &&
        other.ask.tool === ask.tool,
    );
}

/** Why an answer does not count; null if it does. */
function whyNot(context: CommandContext, tx: CommandTx, request: AgentRequest, item: WorkItem, end: Answered['end']): Reply | null {
  const { number } = request;
  if (request.state !== 'open') {
    const at = request.closedAt === null ? null : moment(request.closedAt, tx.now, context.timezone);
    return requestClosed(number, requestEnd(request, context.nameOf(request.closedBy ?? '')), at);
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
