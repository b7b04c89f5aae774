import process from 'node:process';
import { discoverySaid } from './corpus/discoveries.ts';
import { eventSaid } from './corpus/events.ts';
import { factWords } from './corpus/facts.ts';
import { noticesSaid } from './corpus/notices.ts';
import type { Said } from './corpus/said.ts';

/** What people read of each fact and each kind of event. What has no sample in it does not compile. */
export function corpus(): Said[] {
  return [...factWords(), ...eventSaid(), ...discoverySaid(), ...noticesSaid()];
}

/** `node scripts/corpus.ts` prints all of it, so that somebody can read it aloud. */
if (import.meta.main) for (const { of, text } of corpus()) process.stdout.write(`${of}\n    ${text}\n`);
