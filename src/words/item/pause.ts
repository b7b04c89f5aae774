import { command as typed, paragraph, phrase } from '../../message/build.ts';
import type { Block, Inline } from '../../message/document.ts';
import type { Pause } from '../../pipeline/next/pause.ts';
import { firstLine, sentenceOf } from './item.ts';
import { moment } from '../time.ts';
import type { Reader } from '../reader.ts';

/** Longest part of a reason that a line repeats, in UTF-16 units. */
const LONGEST = 200;

/** `paused by Anna until 18:00: we deploy`. No full stop. */
export function pauseWords(
  pause: Pick<Pause, 'by' | 'until' | 'reason'>,
  { now, timezone, nameOf }: Pick<Reader, 'now' | 'timezone' | 'nameOf'>,
): Inline[] {
  const until = pause.until === null ? '' : phrase` until ${moment(pause.until, now, timezone)}`;
  return phrase`paused by ${nameOf(pause.by)}${until}${pauseReason(pause)}`;
}

/** `: we deploy`, without a full stop; empty where no reason was given. */
export function pauseReason({ reason }: Pick<Pause, 'reason'>): string {
  const words = firstLine(reason, LONGEST).replace(/\.$/, '');
  return words === '' ? '' : `: ${words}`;
}

/** The line about a project's pause, with what ends it: `‖ Paused by Anna until 18:00: we deploy.` */
export function pausedLine(pause: Pause, project: string, reader: Reader): Block {
  const resume = typed(resumeCommand(project, reader.current));
  return paragraph(...phrase`‖ ${sentenceOf(pauseWords(pause, reader))} `, resume, ' lets work continue.');
}

/** How a project is resumed from a room that speaks of the project `current`. */
export function resumeCommand(project: string, current: string | null): string {
  return project === current ? 'resume' : `resume ${project}`;
}

/** `shop`, `shop and docs`, `7 projects`. */
export function projectNames(names: readonly string[]): string {
  if (names.length <= 1) return names[0] ?? '';
  return names.length <= NAMED ? `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}` : `${names.length} projects`;
}

/** Projects before what is said of them: `shop is`, `shop and docs are`, `7 projects are`. */
export function pausedProjects(names: readonly string[]): string {
  return `${projectNames(names)} ${names.length <= 1 ? 'is' : 'are'}`;
}

/** Projects that a line names; more are counted. */
const NAMED = 3;
