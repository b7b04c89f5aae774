import type { Block } from '../../message/document.ts';
import type { Digest, Standing } from '../../decide/digest.ts';
import type { PictureRow } from '../../message/picture/picture.ts';
import { money } from '../amounts.ts';
import { itemTitle } from '../item/item.ts';
import { stepWords } from '../item/step.ts';
import type { Reader } from '../reader.ts';
import { moment } from '../time.ts';
import { pictureBlock, said, sectionOf, toneOf } from './block.ts';
import { mergedRow } from './board.ts';

/** A digest as a picture: its figures, then the items. */
export function digestPicture(digest: Digest, project: string, reader: Reader): Block {
  const { merged, reported, blocked, waiting, running, microUsd, since, cut } = digest;
  const stands = ({ item, step }: Standing): PictureRow => ({
    tone: toneOf(step, null),
    title: itemTitle(item, reader.current),
    detail: said(stepWords(item, step, reader)),
  });
  return pictureBlock({
    of: 'digest',
    title: project,
    note: said(['since ', moment(since, reader.now, reader.timezone)]),
    facts: [
      { tone: 'merged', value: `${merged.length}${cut ? '+' : ''}`, label: 'merged' },
      ...(reported.length > 0
        ? [{ tone: 'merged' as const, value: String(reported.length), label: reported.length === 1 ? 'report' : 'reports' }]
        : []),
      { tone: 'blocked', value: String(blocked.length), label: 'blocked' },
      { tone: 'needs', value: String(waiting.length), label: 'waiting for you' },
      { tone: 'running', value: String(running), label: 'running' },
      { tone: 'idle', value: money(microUsd), label: 'spent' },
    ],
    sections: [
      ...sectionOf('Waiting for you', waiting, stands),
      ...sectionOf('Blocked', blocked, stands),
      ...sectionOf('Merged', merged, (item) => mergedRow(item, reader)),
    ],
  });
}
