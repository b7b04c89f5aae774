import process from 'node:process';
import { declared } from './corpus/command-line.ts';
import { discoverySaid } from './corpus/discoveries.ts';
import { eventSaid } from './corpus/events.ts';
import { factWords } from './corpus/facts.ts';
import { noticesSaid } from './corpus/notices.ts';
import { replies } from './corpus/replies.ts';
import type { Said } from './corpus/said.ts';
import { sourceTexts } from './corpus/sources.ts';

/** What people read of each fact and each kind of event. What has no sample in it does not compile. */
export function corpus(): Said[] {
  return [...factWords(), ...eventSaid(), ...discoverySaid(), ...noticesSaid()];
}

/** Everything that a person can read: the corpus, the replies of all commands, the command line, and the texts that only the sources have. */
export async function everything(): Promise<Said[]> {
  return [...corpus(), ...(await replies()), ...declared(), ...sourceTexts()];
}

/** `node scripts/corpus.ts` prints all of it, so that somebody can read it aloud. */
if (import.meta.main)
  for (const { of, text } of await everything()) process.stdout.write(`${of}\n    ${text.replaceAll('\n', '\n    ')}\n`);
