import { line } from '../message/build.ts';
import type { Document } from '../message/document.ts';
import type { OtherEvents } from '../pipeline/events.ts';
import { hintWords, outageHint, outageWords } from '../words/outage.ts';
import { duration } from '../words/time.ts';

/** The notice about an outage: once, not per item. Null: nothing new. */
export function outageAnnouncement(outage: OtherEvents['outage.met'], project: string): Document | null {
  if (!outage.news) return null;
  const { agent } = outage;
  const who = agent === null ? `Work on ${project} is on hold` : `Agent ${agent} of ${project} can’t start`;
  const hint = hintWords(outageHint(outage));
  return line(`! ${who}: `, ...hintWords(outageWords(outage)), ' ', ...hint, ' No attempt is counted, and Musher tries again on its own.');
}

/** The notice about the end of a reported outage. `at`: when it was over. */
export function outageOverAnnouncement({ agent, since }: OtherEvents['outage.over'], project: string, at: number): Document {
  return line(
    `✓ ${agent === null ? `Work on ${project} continues` : `Agent ${agent} of ${project} starts again`}, after ${duration(at - since)}.`,
  );
}
