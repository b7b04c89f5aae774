import type { Clock } from '../clock.ts';
import type { ClimbStep, ProjectSettings } from '../config/settings.ts';
import { decide, projectFacts } from '../decide/facts.ts';
import type { Log } from '../log/log.ts';
import type { Occasion } from '../log/tables/button-messages.ts';
import type { Tx } from '../log/tx.ts';
import { withoutActions } from '../message/build.ts';
import type { ItemEvents } from '../pipeline/events.ts';
import type { AgentRequest } from '../pipeline/requests.ts';
import type { WorkItem } from '../pipeline/types.ts';
import { climbedRequest, climbedReview } from '../words/steer/climb.ts';
import { tell, type NotifiedRoom } from './notify.ts';

const LOOK_MS = 30_000;
/** Newest events of an item that are searched for the steps that were taken. */
const LOOKED_AT = 500;

export interface ClimbParts {
  readonly log: Log;
  readonly clock: Clock;
  /** In the order of their times. */
  readonly steps: readonly ClimbStep[];
  readonly projects: () => readonly ProjectSettings[];
  readonly roomsOf: (project: string) => readonly NotifiedRoom[];
  /** A room by its name, where it is one of this project. */
  readonly roomNamed: (name: string, project: string) => NotifiedRoom | null;
  /** IANA name. */
  readonly timezone: string;
  readonly onProblem: (what: string, error: unknown) => void;
}

/** What waits for people: a request of an agent, or an item for its review. */
type Subject =
  | { readonly of: 'request'; readonly number: number; readonly item: WorkItem; readonly since: number; readonly request: AgentRequest }
  | { readonly of: 'review'; readonly number: number; readonly item: WorkItem; readonly since: number };

/**
 * Puts what nobody answers to more people, step by step. A step and the event that says it was taken commit together: each is
 * taken once, also over restarts. An answer ends it, because what is looked at is what waits now.
 */
export function climb(parts: ClimbParts): { stop(): void } {
  const { clock, steps, projects, onProblem } = parts;
  if (steps.length === 0) return { stop: () => undefined };
  let cancel = (): void => undefined;
  const look = (): void => {
    try {
      for (const settings of projects()) for (const subject of waiting(parts, settings)) climbOn(parts, settings, subject);
    } catch (error) {
      // A full disk, say: nothing of it was kept, and the next look does it.
      onProblem('what nobody has answered', error);
    }
    cancel = clock.at(clock.now() + LOOK_MS, look);
  };
  look();
  return { stop: () => cancel() };
}

function waiting({ log, clock }: ClimbParts, settings: ProjectSettings): Subject[] {
  const { reads } = log;
  const requests = reads.requests.open(settings.name).flatMap((request): Subject[] => {
    const item = reads.item(request.project, request.item);
    return item === null ? [] : [{ of: 'request', number: request.number, item, since: request.openedAt, request }];
  });
  const facts = projectFacts(reads, settings, clock.now());
  const reviews = reads
    .active(settings.name)
    .filter((item) => item.stage.name === 'qa' && isAwaited(decide(reads, item, facts)))
    .map((item): Subject => ({ of: 'review', number: item.stageSince, item, since: item.stageSince }));
  return [...requests, ...reviews];
}

function isAwaited(step: ReturnType<typeof decide>): boolean {
  return step.do === 'wait' && step.for === 'approval';
}

function climbOn(parts: ClimbParts, settings: ProjectSettings, subject: Subject): void {
  const { log, clock, steps, roomsOf } = parts;
  const asked = roomsOf(settings.name).filter(({ notify }) => notify.includes('approvals'));
  // The time in which nobody could see it does not count.
  const from = asked.length === 0 ? subject.since : Math.min(...asked.map((room) => room.notBefore(subject.since)));
  const taken = stepsTaken(log, subject);
  const due = steps.flatMap((step, index) => (clock.now() >= from + step.afterMs && !taken.has(index) ? [{ step, index }] : []));
  if (due.length === 0) return;
  log.transaction((tx) => {
    if (!stillWaits(tx, subject)) return;
    const told = new Set<string>();
    for (const { step, index } of due) {
      const rooms = step.to === 'here' ? asked : [parts.roomNamed(step.to, settings.name)].filter((room) => room !== null);
      // Each step waits for the one before, so that nobody is passed over for the night.
      if (rooms.length > 0 && rooms.every((room) => room.notBefore(tx.now) > tx.now)) return;
      if (rooms.length === 0) continue;
      const payload: ItemEvents['item.climbed'] = { of: subject.of, number: subject.number, step: index, to: step.to };
      const { project, number } = subject.item;
      tx.record({ project, item: number, actor: 'musher', cause: null, kind: 'item.climbed', payload });
      for (const room of rooms) {
        const key = JSON.stringify([room.to.transport, room.to.room]);
        // Of several steps that came due while Musher was off, a room hears once.
        if (!told.has(key)) ask(parts, tx, subject, room, tx.now - from);
        told.add(key);
      }
    }
  });
}

function stepsTaken({ reads }: Log, { of, number, item }: Subject): ReadonlySet<number> {
  const events = reads.history(item.project, item.number, LOOKED_AT);
  return new Set(
    events.flatMap((event) =>
      event.kind === 'item.climbed' && event.payload.of === of && event.payload.number === number ? [event.payload.step] : [],
    ),
  );
}

function stillWaits(tx: Tx, subject: Subject): boolean {
  if (subject.of === 'request') return tx.reads.requests.get(subject.number)?.state === 'open';
  const now = tx.item(subject.item.project, subject.item.number);
  return now !== null && now.deletedAt === null && now.stage.name === 'qa' && now.stageSince === subject.since && now.held === null;
}

function ask({ timezone }: ClimbParts, tx: Tx, subject: Subject, room: NotifiedRoom, waitedMs: number): void {
  const { project, number, stage, stageSince } = subject.item;
  const label = room.project === project ? String(number) : `${project}#${number}`;
  const full =
    subject.of === 'request'
      ? climbedRequest(subject.request, subject.item, label, waitedMs, timezone)
      : climbedReview(subject.item, label, waitedMs);
  const body = room.buttons ? full : withoutActions(full);
  const sent = tell(room, body, { project, number }, tx);
  const occasion: Occasion =
    subject.of === 'request'
      ? { kind: 'request', number: subject.number }
      : { kind: 'item', project, number, stage: stage.name, since: stageSince };
  tx.buttons.put(sent, room.to.transport, occasion, withoutActions(body), { project, number });
}
