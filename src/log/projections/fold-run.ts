import type { EventInto } from '../../pipeline/kinds.ts';
import type { PurgePlan } from '../../pipeline/purge-plan.ts';
import type { Run } from './run.ts';
import { NO_USAGE, addUsage } from '../../pipeline/usage.ts';

type RunEvent = Exclude<EventInto<'runs'>, { kind: 'item.purged' }>;

/** What a purge leaves of a run. */
export const RUN_TEXTS = {
  project: 'keep',
  agent: 'keep',
  account: 'keep',
  pidStart: 'keep',
  runtime: 'keep',
  model: 'keep',
  chosenModel: 'keep',
  session: 'empty',
  activity: 'null',
  stopRequested: 'empty',
  summary: 'null',
  reserved: { person: 'keep' },
  given: { person: 'keep' },
  tokenHash: 'keep',
  blocker: 'empty',
  connectionHash: 'keep',
  told: { reason: 'empty' },
  verdictReason: 'empty',
  closing: 'empty',
  report: 'empty',
} as const satisfies PurgePlan<Run>;

/** The run after one of its events, or null if the event belongs to no run. */
export function foldRun(run: Run | null, event: RunEvent): Run | null {
  if (event.kind === 'run.pending') return opened(event);
  if (run === null) return null;
  switch (event.kind) {
    case 'run.started': {
      const { pid, pidStart, model, runtime } = event.payload;
      return { ...run, state: 'running', startedAt: event.at, pid, pidStart, model, runtime };
    }
    case 'run.session':
      return { ...run, session: event.payload.session };
    case 'run.usage': {
      const usage = addUsage(run.usage, event.payload.usage);
      // Before its start only what is left of an earlier process can be counted.
      return { ...run, usage, usageBefore: run.state === 'pending' ? usage : run.usageBefore, model: run.model ?? event.payload.model };
    }
    case 'run.heartbeat':
      return { ...run, lastHeartbeat: event.at, activity: event.payload.activity ?? run.activity };
    case 'run.stop_requested':
      return { ...run, stopRequested: event.payload.why };
    case 'run.admitted':
      return { ...withoutConnection(run), tokenHash: event.payload.tokenHash, launches: run.launches + 1 };
    case 'run.connected':
      return { ...run, connectionHash: event.payload.connectionHash };
    case 'run.verdict':
      return { ...run, told: { verdict: event.payload.verdict, reason: event.payload.reason } };
    case 'run.reported':
      return { ...run, report: event.payload.text };
    case 'run.blocker':
      return { ...run, blocker: event.payload.reason };
    case 'run.extended':
      return { ...run, reserved: event.payload.reserved };
    case 'run.ended': {
      const { reason, cause = null, exitCode, summary, turns, verdict, verdictReason, closing } = event.payload;
      const said = { ...(verdictReason === undefined ? {} : { verdictReason }), ...(closing === undefined ? {} : { closing }) };
      return { ...run, state: 'ended', endedAt: event.at, reason, cause, exitCode, summary, turns, verdict, ...said };
    }
  }
}

/** What another process of the same run connected by and said holds no more. */
function withoutConnection({ connectionHash: _connection, told: _told, ...run }: Run): Run {
  return run;
}

function opened(event: Extract<RunEvent, { kind: 'run.pending' }>): Run {
  const { run, agent, role, stage, attempt, reserved = null } = event.payload;
  return {
    project: event.project,
    item: event.item,
    run,
    agent,
    role,
    stage,
    attempt,
    account: event.payload.account ?? null,
    state: 'pending',
    pendingAt: event.at,
    startedAt: null,
    endedAt: null,
    pid: null,
    pidStart: null,
    runtime: null,
    model: null,
    session: null,
    lastHeartbeat: null,
    activity: null,
    stopRequested: null,
    reason: null,
    cause: null,
    exitCode: null,
    summary: null,
    turns: null,
    verdict: null,
    usage: NO_USAGE,
    usageBefore: NO_USAGE,
    launches: 0,
    reserved,
    given: reserved,
    tokenHash: null,
    blocker: null,
    ...(event.payload.model === undefined ? {} : { chosenModel: event.payload.model }),
  };
}
