import { BOUNDS } from '../../bounds.ts';
import type { Run } from '../../log/projections/run.ts';
import { command as typed } from '../../message/build.ts';
import { actorName, type Actor } from '../../pipeline/actor.ts';
import type { Step } from '../../pipeline/next/step.ts';
import type { WorkItem } from '../../pipeline/types.ts';
import { itemTitle } from '../item/item.ts';
import { outlook } from '../item/step.ts';
import { done, refused } from '../replies.ts';
import type { Reader } from '../reader.ts';
import type { Reply } from '../reply.ts';

/** That a person's words are kept for the item's agents, and when one reads them. */
export function toldReply(
  { item, by, run, step }: { readonly item: WorkItem; readonly by: Actor; readonly run: Run | null; readonly step: Step },
  reader: Reader,
): Reply {
  const told = `${itemTitle(item, reader.current)}: told by ${actorName(by)}. `;
  if (run === null) return done(`${told}No agent is working on it; the next run reads it. `, ...outlook(item, step, reader));
  return done(`${told}Run ${run.run} by ${run.agent} began without it; the next run reads it.`);
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
