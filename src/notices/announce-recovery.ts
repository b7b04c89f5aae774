import { basename } from 'node:path';
import { code, command, doc, list, paragraph, phrase, type Content } from '../message/build.ts';
import type { Document } from '../message/document.ts';
import { dateAndTime } from '../words/time.ts';
import type { OtherEvents } from '../pipeline/events.ts';
import { discoveryWords } from '../words/recovery.ts';

type Recovered = OtherEvents['musher.recovered'];

/** Lines named one by one; what is more is counted. */
const NAMED = 5;
/** Numbers of items in the line itself. */
const NUMBERS = 20;

/** The notice after a start that found something; null if the start is only counted. */
export function recoveryAnnouncement(found: Recovered, timezone: string): Document | null {
  if (!found.told) return null;
  const { version, downMs, quarantined, mended, odd, differences, copy } = found;
  const after = copy !== null ? copyWords(copy, timezone) : downMs === null ? '' : ` after ${span(downMs)}`;
  const how = found.brokeOff ? ' (it had ended unexpectedly)' : '';
  const again = found.untold === 0 ? '' : ` (${found.untold} more start${found.untold === 1 ? '' : 's'} since the last report)`;
  const did = [
    ...(copy === null ? [] : sinceCopy(copy)),
    counted(found.running, 'agent is still running', 'agents are still running'),
    counted(found.ended, 'run ended meanwhile', 'runs ended meanwhile'),
    counted(found.strays, 'stray process was ended', 'stray processes were ended'),
    counted(quarantined.length, 'leftover was quarantined', 'leftovers were quarantined'),
    counted(mended.length, 'branch was repaired', 'branches were repaired'),
    counted(odd.length, 'finding needs attention', 'findings need attention'),
    counted(found.late, 'message is being answered late', 'messages are being answered late'),
  ].filter((text) => text !== '');
  const verified: Content[] =
    differences.length === 0
      ? ['the log check found no differences.']
      : [
          `the log check found ${counted(differences.length, 'difference', 'differences')}: `,
          command('dump'),
          ' saves what there is, ',
          code('musher verify'),
          ' checks all of it.',
        ];
  const summary = did.length === 0 ? 'nothing was lost' : did.join(', ');
  const lines: (readonly Content[])[] = [...[...quarantined, ...mended, ...odd].map(discoveryWords), ...differences.map((text) => [text])];
  const [first] = copy === null ? [] : [...copy.merged, ...copy.undone];
  const closer: Content[] = first === undefined ? [] : [' ', command(`why ${first}`), ' and ', command('dump'), ' show more.'];
  const more = lines.length > NAMED ? [[`and ${lines.length - NAMED} more`]] : [];
  return doc(
    paragraph(...phrase`Musher ${version} is back${after}${how}${again}: ${summary}; `, ...verified, ...closer),
    lines.length > 0 && list([...lines.slice(0, NAMED), ...more]),
  );
}

type Copy = NonNullable<Recovered['copy']>;

/** ` from a backup of 2026-11-20 03:00 (musher-20261120T030000Z.sqlite)` */
function copyWords({ from, file, until }: Copy, timezone: string): Content[] {
  const when = until === null ? '' : phrase` of ${dateAndTime(until, timezone)}`;
  return phrase` from ${from === 'backup' ? 'a backup' : 'an export'}${when}${file === null ? '' : ` (${basename(file)})`}`;
}

function sinceCopy({ merged, undone, unknown, timers }: Copy): string[] {
  return [
    named(merged, 'item was merged since and is done', 'items were merged since and are done'),
    named(
      undone,
      'merge was reverted since and its item is back in current, stopped',
      'merges were reverted since and their items are back in current, stopped',
    ),
    named(unknown, 'merge belongs to an item this log doesn’t know', 'merges belong to items this log doesn’t know'),
    counted(timers, 'timer whose time has passed was cancelled', 'timers whose time has passed were cancelled'),
  ];
}

/** Numbers of items are worth their place in the line, up to a bound. */
function named(labels: readonly string[], one: string, many: string): string {
  if (labels.length === 0) return '';
  const rest = labels.length > NUMBERS ? ` and ${labels.length - NUMBERS} more` : '';
  return `${counted(labels.length, one, many)} (${labels.slice(0, NUMBERS).join(', ')}${rest})`;
}

function counted(n: number, one: string, many: string): string {
  return n === 0 ? '' : `${n} ${n === 1 ? one : many}`;
}

function span(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  if (ms < 90_000) return `${Math.max(1, Math.round(ms / 1000))} s`;
  if (minutes < 90) return `${minutes} min`;
  return minutes < 48 * 60 ? `${Math.round(minutes / 60)} h` : `${Math.round(minutes / 1440)} days`;
}
