import type { ItemEvent } from '../../pipeline/events.ts';
import type { AgentRequest } from '../../pipeline/requests.ts';

type Opened = Extract<ItemEvent, { kind: 'request.opened' }>;
type Closed = Extract<ItemEvent, { kind: 'request.closed' }>;

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
  return { ...request, state: event.payload.end, closedAt: event.at, closedBy: event.actor, text: event.payload.text };
}
