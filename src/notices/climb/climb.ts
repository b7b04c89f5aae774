import type { Clock } from '../../clock.ts';
import type { ClimbStep, ProjectSettings } from '../../config/settings.ts';
import type { Log } from '../../log/log.ts';
import type { Tx } from '../../log/tx.ts';
import { withoutActions } from '../../message/build.ts';
import type { ClimbedStep } from '../../pipeline/events.ts';
import { unreachedPerson } from '../../words/steer/climb.ts';
import { tell, type NotifiedRoom } from '../notify.ts';
import { DirectWays } from './direct.ts';
import { subjectsOf, type Subject } from './subjects.ts';

const LOOK_MS = 30_000;

export interface ClimbParts {
  readonly log: Log;
  readonly clock: Clock;
  /** In the order of their times. */
  readonly steps: readonly ClimbStep[];
  readonly projects: () => readonly ProjectSettings[];
  readonly roomsOf: (project: string) => readonly NotifiedRoom[];
  /** A room by its name, where it is one of this project. */
  readonly roomNamed: (name: string, project: string) => NotifiedRoom | null;
  /** Opens the conversation with a person of the configuration alone about a project; null: none of their networks will, or they may not decide about it. Rejects where one may later. */
  readonly openDirect: (person: string, project: string) => Promise<NotifiedRoom | null>;
  /** IANA name. */
  readonly timezone: string;
  readonly onProblem: (what: string, error: unknown) => void;
}

/** The person whom a step writes to alone, by `@Anna`; null: it goes to rooms. */
export function personOf({ to }: Pick<ClimbStep, 'to'>): string | null {
  return to.startsWith('@') ? to.slice(1) : null;
}

/**
 * Puts what nobody answers to more people, step by step. A step and the note that it was taken commit together: each is
 * taken once, also over restarts. An answer ends it, because what is looked at is what waits now. A person who can't be
 * written to is told to the rooms that were asked first, and the next step is taken at once.
 */
export function climb(parts: ClimbParts): { stop(): void } {
  const { log, clock, steps, projects, onProblem } = parts;
  if (steps.length === 0) return { stop: () => undefined };
  let cancel = (): void => undefined;
  const look = (): void => {
    cancel();
    try {
      for (const settings of projects())
        for (const subject of subjectsOf(log, settings, clock.now())) climbOn(parts, ways, settings.name, subject);
    } catch (error) {
      // A full disk, say: nothing of it was kept, and the next look does it.
      onProblem('what nobody has answered', error);
    }
    cancel = clock.at(clock.now() + LOOK_MS, look);
  };
  const ways = new DirectWays({ clock, open: parts.openDirect, onSettled: look, onProblem });
  look();
  return {
    stop() {
      cancel();
      ways.stop();
    },
  };
}

/** A step that is to be taken now, and where; null: the person can't be written to. */
interface Due {
  readonly index: number;
  readonly rooms: readonly NotifiedRoom[] | null;
}

function climbOn(parts: ClimbParts, ways: DirectWays, project: string, subject: Subject): void {
  const { log, roomsOf } = parts;
  const asked = roomsOf(project).filter(({ notify }) => notify.includes('approvals'));
  // The time in which nobody could see it does not count.
  const from = asked.length === 0 ? subject.since : Math.min(...asked.map((room) => room.notBefore(subject.since)));
  const due = dueNow(parts, ways, { project, subject, asked, from });
  if (due.length === 0) return;
  log.transaction((tx) => {
    if (!subject.stillWaits(tx)) return;
    const told = new Set<string>();
    for (const { index, rooms } of due) {
      const { to } = parts.steps[index] ?? { to: '' };
      if (rooms === null) {
        subject.record(tx, { step: index, to, failed: true });
        tellUnreached(parts, tx, subject, asked, index);
        continue;
      }
      // Each step waits for the one before, so that nobody is passed over for the night.
      if (rooms.length > 0 && rooms.every((room) => room.notBefore(tx.now) > tx.now)) return;
      // Of several steps that came due while Musher was off, a room hears once.
      const fresh = rooms.filter((room) => !told.has(keyOf(room)));
      const isDirect = to.startsWith('@');
      if (!isDirect) subject.record(tx, { step: index, to });
      for (const room of fresh) {
        const message = ask(parts, tx, subject, room, tx.now - from, to === 'thread');
        if (isDirect) subject.record(tx, { step: index, to, message });
        told.add(keyOf(room));
      }
    }
  });
}

/** The steps that are due, in their order, up to the first that has to wait. */
function dueNow(
  parts: ClimbParts,
  ways: DirectWays,
  { project, subject, asked, from }: { project: string; subject: Subject; asked: readonly NotifiedRoom[]; from: number },
): Due[] {
  const { clock, steps, log } = parts;
  const due: Due[] = [];
  // A step that reached nobody leaves its turn to the next.
  let isHurried = false;
  for (const [index, step] of steps.entries()) {
    const person = personOf(step);
    const taken = subject.taken.filter((one) => one.step === index);
    if (taken.length > 0) {
      isHurried = taken.some(({ failed }) => failed === true);
      if (isHurried || person === null || !wasRefused(log, taken)) continue;
      ways.forget(person, project);
      due.push({ index, rooms: null });
      isHurried = true;
      continue;
    }
    if (!isHurried && clock.now() < from + step.afterMs) break;
    if (person === null) {
      const rooms = roomsFor(parts, step, project, asked, subject);
      if (rooms.length > 0) {
        due.push({ index, rooms });
        isHurried = false;
      }
      continue;
    }
    if (person === subject.notFor) continue;
    const way = ways.of(person, project);
    if (way === 'opening') break;
    isHurried = way === 'failed';
    due.push({ index, rooms: way === 'failed' ? null : [way] });
  }
  return due;
}

/** Whether the network has refused the message of a step for good. */
function wasRefused({ outbox }: Log, taken: readonly ClimbedStep[]): boolean {
  return taken.some(({ message }) => message !== undefined && outbox.stateOf(message) === 'dead');
}

function roomsFor(
  { roomNamed }: ClimbParts,
  { to }: ClimbStep,
  project: string,
  asked: readonly NotifiedRoom[],
  { item }: Subject,
): readonly NotifiedRoom[] {
  if (to === 'here') return asked;
  if (to === 'thread') return item === null ? [] : asked.filter(({ style }) => style === 'threads');
  const room = roomNamed(to, project);
  return room === null ? [] : [room];
}

function ask({ timezone }: ClimbParts, tx: Tx, subject: Subject, room: NotifiedRoom, waitedMs: number, withinThread: boolean): number {
  const full = subject.asked({ label: labelIn(room), waitedMs, now: tx.now, timezone });
  const body = room.buttons ? full : withoutActions(full);
  const item = aboutOf(subject);
  const sent = tell(room, body, item, tx, withinThread ? 'within' : 'beside');
  tx.buttons.put(sent, room.to.transport, subject.occasion, withoutActions(body), item);
  return sent;
}

/** Those who were asked first are told that a person can't be written to, and what comes next. */
function tellUnreached({ steps }: ClimbParts, tx: Tx, subject: Subject, asked: readonly NotifiedRoom[], index: number): void {
  const person = personOf(steps[index] ?? { to: '' }) ?? '';
  for (const room of asked) {
    const { item } = subject;
    const what = item === null ? null : { item, label: labelIn(room)(item.project, item.number) };
    tell(room, unreachedPerson(person, what, steps[index + 1]?.to ?? null), aboutOf(subject), tx);
  }
}

function labelIn(room: NotifiedRoom): (project: string, number: number) => string {
  return (project, number) => (room.project === project ? String(number) : `${project}#${number}`);
}

function aboutOf({ item }: Subject): { readonly project: string; readonly number: number } | null {
  return item === null ? null : { project: item.project, number: item.number };
}

function keyOf({ to }: NotifiedRoom): string {
  return JSON.stringify([to.transport, to.room]);
}
