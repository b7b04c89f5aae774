import type { ItemEvent } from '../../pipeline/events.ts';
import type { PurgePlan } from '../../pipeline/purge-plan.ts';
import type { AgentRequest } from '../../pipeline/requests.ts';

type Opened = Extract<ItemEvent, { kind: 'request.opened' }>;
type Closed = Extract<ItemEvent, { kind: 'request.closed' }>;

/** What a purge leaves of a request. */
export const REQUEST_TEXTS = {
  project: 'keep',
  agent: 'keep',
  ask: { tool: 'keep', input: 'empty', text: 'empty', choices: 'empty', fallback: 'empty' },
  brief: 'empty',
  call: 'empty',
  closedBy: 'keep',
  text: 'empty',
} as const satisfies PurgePlan<AgentRequest>;

/** The request that an event opens. */
export function openedRequest(event: Opened): AgentRequest {
  const { run, request, agent, ask, brief, call, role, expiresAt } = event.payload;
  const { project, item } = event;
  const closed = { closedAt: null, closedBy: null, text: '' };
  return { number: request, project, item, run, agent, ask, brief, call, role, openedAt: event.at, expiresAt, state: 'open', ...closed };
}

/** A request after its end; the first end counts. */
export function closedRequest(request: AgentRequest, event: Closed): AgentRequest {
  if (request.state !== 'open') return request;
  const { end, text, scope } = event.payload;
  const closed = { ...request, state: end, closedAt: event.at, closedBy: event.actor, text };
  return scope === undefined ? closed : { ...closed, scope };
}
