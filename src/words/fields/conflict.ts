import { doc, fields, paragraph, command as typed } from '../../message/build.ts';
import type { WorkItem } from '../../pipeline/types.ts';
import { itemName, itemTitle } from '../item/item.ts';
import type { Reader } from '../reader.ts';
import type { Reply } from '../reply.ts';
import { moment } from '../time.ts';

/** Characters of each text that are shown beside the other. */
const SHOWN = 1_000;

/** Somebody changed the same text after the sender had read it: both beside each other. */
export function changedMeanwhile(
  item: WorkItem,
  field: string,
  { actor, at, value }: { readonly actor: string; readonly at: number; readonly value: string },
  yours: string,
  { current, now, timezone, nameOf }: Reader,
): Reply {
  return {
    ok: false,
    code: 'changed-meanwhile',
    body: doc(
      paragraph(
        `${itemTitle(item, current)}: ${nameOf(actor)} changed the ${field} at `,
        moment(at, now, timezone),
        ', after you had read it. Your text was not saved.',
      ),
      fields([
        ['Now', shortened(value)],
        ['Yours', shortened(yours)],
      ]),
      paragraph(typed(`edit ${itemName(item, current)} ${field} <text>`), ' replaces it.'),
    ),
  };
}

function shortened(text: string): string {
  return text.length <= SHOWN ? text : `${text.slice(0, SHOWN).toWellFormed()}…`;
}
