import { command, line, phrase } from '../message/build.ts';
import type { Document } from '../message/document.ts';
import type { NameOf } from '../pipeline/actor.ts';
import type { OtherEvents } from '../pipeline/events.ts';
import { counted } from '../words/amounts.ts';
import { pauseReason, resumeCommand } from '../words/item/pause.ts';
import { dayAndTime, duration } from '../words/time.ts';

/** What rooms are told of a pause that somebody asked for elsewhere. `room`: the project that the room speaks of. */
export function pauseAnnouncement(
  { until, how, asked, ...pause }: OtherEvents['project.paused'],
  { project, actor }: { readonly project: string; readonly actor: string },
  room: string | null,
  { timezone, nameOf }: { readonly timezone: string; readonly nameOf: NameOf },
): Document {
  const by = `${how === 'panic' ? 'stopped' : 'paused'} by ${nameOf(actor)}`;
  const when = until === null ? '' : phrase` until ${dayAndTime(until, timezone)}`;
  const stopped = asked === 0 ? '' : ` ${counted(asked, 'run')} stopped, the work is kept.`;
  return line(
    ...phrase`! ${project} is ${by}${when}${pauseReason(pause)}. Nothing new starts.${stopped} `,
    command(resumeCommand(project, room)),
    ' lets work continue.',
  );
}

/** Its end, by a person elsewhere or by its time. `at`: when it ended. */
export function resumeAnnouncement(
  { why, since }: OtherEvents['project.resumed'],
  { project, actor, at }: { readonly project: string; readonly actor: string; readonly at: number },
  nameOf: NameOf,
): Document {
  const by = why === 'time' ? 'the pause is over' : `resumed by ${nameOf(actor)}`;
  return line(`✓ ${project}: ${by}, after ${duration(at - since)}. Work continues.`);
}
