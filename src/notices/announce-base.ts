import { code, line } from '../message/build.ts';
import type { Document } from '../message/document.ts';
import type { OtherEvents } from '../pipeline/events.ts';

/**
 * What rooms are told of a base branch that moved without Musher: only that its history was rewritten, since a commit
 * of the owner's is no news. What an agent took is told by the items that are blocked for it.
 */
export function baseAnnouncement({ branch, from, to, how, lost }: OtherEvents['base.seen'], project: string): Document | null {
  if (how !== 'rewritten' || from === null) return null;
  return line(
    `${project}: ${branch} was rewritten, not by Musher: it stood at ${from.slice(0, 10)} and stands at ${to.slice(0, 10)}, whose history does not hold that commit. `,
    'Nothing was taken back. If that was not you: ',
    code(`git branch rescued ${from.slice(0, 10)}`),
    ' keeps what was there.',
    ...(lost.length === 0
      ? []
      : [
          ` Done by the log, and not on ${branch} any more: ${lost.join(', ')}. `,
          code(`undo ${lost[0]}`),
          ' puts it back to current with its branch.',
        ]),
  );
}
