import { isTransient } from '../log/database.ts';
import type { Log } from '../log/log.ts';
import { allowedForRun, requestName, type AgentRequest, type Ask, type Unasked } from '../pipeline/requests.ts';
import { unaskedWords } from '../words/item/request.ts';
import { change, write } from './events.ts';
import type { Call, ToolParts } from './tool.ts';
import { BOUNDS } from '../bounds.ts';

/** Open at the same time for one run, and in all: a person can't read more, and each may hold a run for its whole time. */
const MOST_OPEN = BOUNDS.requestsOfRun;
const MOST_IN_ALL = BOUNDS.requestsInAll;
/** After so many in a row that nobody answered, nobody is there: further ones are refused at once. */
const MOST_UNANSWERED = BOUNDS.requestsUnanswered;

/** Puts a request to people, or finds the one that the same call has made before. A text says why it can't be put to them. */
export function putToPeople(
  parts: ToolParts,
  call: Call,
  asked: { readonly ask: Ask; readonly brief: string; readonly waitMs: number; readonly again: (earlier: AgentRequest) => boolean },
): AgentRequest | string {
  const { ask, brief } = asked;
  const put = change(parts, call.caller, (tx, caller): number | Exclude<Unasked, string> => {
    const { project, item, run, agent } = caller.run;
    const { requests } = tx.reads;
    const earlier = requests.ofCall(project, item, run, call.key);
    if (earlier !== null && (earlier.state === 'open' || asked.again(earlier))) return earlier.number;
    const all = requests.ofRun(project, item, run);
    const why = whyNot(all, ask.kind);
    if (why !== null) {
      write(tx, caller, 'request.refused', { run, brief, why });
      return why;
    }
    const request = requests.last() + 1;
    const role = ask.kind === 'permission' ? parts.people.role : 'operator';
    // What nobody can see yet does not run out.
    const expiresAt = parts.seenFrom(project, tx.now) + asked.waitMs;
    write(tx, caller, 'request.opened', { run, request, agent, ask, brief, call: call.key, role, expiresAt });
    return request;
  });
  if (put === null) return 'The run has ended.';
  if (typeof put !== 'number') return unaskedWords(put);
  return parts.log.reads.requests.get(put) ?? 'The run has ended.';
}

/** Who allowed a tool for the rest of the run, written down as a use of it; null: nobody has, so people have to be asked. */
export function useAllowedForRun(parts: ToolParts, call: Call, tool: string, brief: string): AgentRequest | null {
  return change(parts, call.caller, (tx, caller) => {
    const { project, item, run } = caller.run;
    const allowed = allowedForRun(tx.reads.requests.ofRun(project, item, run), tool);
    if (allowed !== null) write(tx, caller, 'agent.called', { run, tool, result: `${requestName(allowed.number)}: ${brief}` });
    return allowed;
  });
}

/** Keeps in the log that people were not asked, and why; returns the reason in words. */
export function refuseUnasked(parts: ToolParts, call: Call, brief: string, why: Exclude<Unasked, string>): string {
  change(parts, call.caller, (tx, caller) => write(tx, caller, 'request.refused', { run: caller.run.run, brief, why }));
  return unaskedWords(why);
}

function whyNot(all: readonly AgentRequest[], kind: Ask['kind']): Exclude<Unasked, string> | null {
  if (all.filter(({ state }) => state === 'open').length >= MOST_OPEN) return { kind: 'too-many-open', open: MOST_OPEN };
  if (all.length >= MOST_IN_ALL) return { kind: 'asked-too-often', times: all.length };
  const last = all.filter(({ ask, state }) => ask.kind === kind && state !== 'open').slice(-MOST_UNANSWERED);
  if (kind === 'permission' && last.length === MOST_UNANSWERED && last.every(({ state }) => state === 'expired'))
    return { kind: 'nobody-answers', requests: MOST_UNANSWERED };
  return null;
}

/** Resolves when a request has ended; null when nobody listens any more. */
export function ended(log: Log, number: number, signal: AbortSignal): Promise<AgentRequest | null> {
  return log.when(() => {
    try {
      const request = log.reads.requests.get(number);
      return request === null || request.state === 'open' ? null : request;
    } catch (error) {
      // A database that is busy for a moment: the next commit looks again, at the latest that of the expiry.
      if (isTransient(error)) return null;
      throw error;
    }
  }, signal);
}
