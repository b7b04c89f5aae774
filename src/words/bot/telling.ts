import { BOUNDS } from '../../bounds.ts';
import type { Run } from '../../log/projections/run.ts';
import { command as typed } from '../../message/build.ts';
import type { Actor } from '../../pipeline/actor.ts';
import type { Step } from '../../pipeline/next/step.ts';
import type { WorkItem } from '../../pipeline/types.ts';
import { itemName, itemTitle } from '../item/item.ts';
import { outlook } from '../item/step.ts';
import { done, refused } from '../replies.ts';
import type { Reader } from '../reader.ts';
import type { Reply } from '../reply.ts';

/** That a person's words are kept for the item's agents, and when one reads them. */
export function toldReply({ item, by, run, interrupted, step }: ToldItem, reader: Reader): Reply {
  const told = `${itemTitle(item, reader.current)}: told by ${reader.nameOf(by)}. `;
  const name = itemName(item, reader.current);
  if (run === null) {
    const past = item.stage.name === 'qa' || item.stage.name === 'merge';
    return done(
      `${told}No agent is working on it; the next run reads it. `,
      ...(past ? ['To send it back to its coder: ', typed(`reject ${name} <reason>`), '. '] : []),
      ...outlook(item, step, reader),
    );
  }
  if (run.state === 'pending') return done(`${told}${run.agent} reads it when run ${run.run} starts.`);
  if (interrupted) return done(`${told}${run.agent} is interrupted and continues with your words.`);
  const later = run.role === 'coder' ? `when run ${run.run} is over, before the gates` : 'in the next run';
  return done(`${told}${run.agent} reads it at its next step if its program can, otherwise ${later}.`);
}

interface ToldItem {
  readonly item: WorkItem;
  readonly by: Actor;
  /** The run in progress; null: none is. */
  readonly run: Run | null;
  /** It is ended for the words. */
  readonly interrupted: boolean;
  readonly step: Step;
}

/** Words that are longer than a prompt takes. */
export function tooLong(length: number): Reply {
  return refused(
    'too-long',
    `That is ${length} characters; the limit is ${BOUNDS.toldText}. Put long texts into the item: `,
    typed('edit'),
    ' adds a section.',
  );
}

/** More words than prompts hold, and no agent has read any of them. */
export function tooManyUnread(number: number): Reply {
  return refused(
    'too-many-unread',
    `#${number} has ${BOUNDS.told} messages that no agent has read yet. `,
    typed(`start ${number}`),
    ' lets one read them; ',
    typed(`edit ${number} notes <text>`),
    ' adds to its description.',
  );
}
