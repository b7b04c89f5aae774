import { code } from '../message/build.ts';
import type { Reply } from './command.ts';
import { refused } from '../words/replies.ts';

/** The refusal where a snapshot is named that is not there. */
export function noSuchSnapshot(name: string, n: number): Reply {
  return refused('no-such-snapshot', `There is no snapshot ${n} of ${name}. `, code(`snapshots ${name}`), ' lists what there is.');
}
