import { code, command, line } from '../message/build.ts';
import { shortCommit } from '../words/item/item.ts';
import type { Document } from '../message/document.ts';
import type { OtherEvents } from '../pipeline/events.ts';

/**
 * What rooms are told of a base branch that moved without Musher: only that its history was rewritten, since a commit
 * of the owner's is no news. What an agent took is told by the items that are blocked for it.
 */
export function baseAnnouncement({ branch, from, to, how, lost }: OtherEvents['base.seen'], project: string): Document | null {
  if (how !== 'rewritten' || from === null) return null;
  return line(
    `! ${branch} of ${project} was rewritten outside Musher: `,
    code(shortCommit(to)),
    ' no longer contains ',
    code(shortCommit(from)),
    '. Musher changed nothing. If it was a mistake, ',
    code(`git branch rescued ${shortCommit(from)}`),
    ' keeps the old commits.',
    ...(lost.length === 0
      ? []
      : [
          ` No longer on ${branch}: ${lost.map((number) => `#${number}`).join(', ')}. `,
          command(`undo ${lost[0]}`),
          ' moves it back to current with its branch.',
        ]),
  );
}
