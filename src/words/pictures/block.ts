import type { Content } from '../../message/build.ts';
import type { Block } from '../../message/document.ts';
import type { Picture, PictureRow, PictureSection, Tone } from '../../message/picture/picture.ts';
import type { Run } from '../../log/projections/run.ts';
import type { Step } from '../../pipeline/next/step.ts';
import { stepSign } from '../item/step.ts';
import { alternative } from './alternative.ts';

/** Rows of one section; the rest is counted. A picture is read on a phone, and all of them are in the text. */
export const MOST_ROWS = 5;

/** A picture in a document, with its words for who does not see it. */
export function pictureBlock(picture: Picture): Block {
  return { kind: 'image', picture, alternative: alternative(picture) };
}

/** Contents as the words that a picture can hold. */
export function said(content: readonly Content[]): string {
  return content.map((one) => (typeof one === 'string' ? one : one.kind === 'mention' ? one.name : one.text)).join('');
}

/** The colour and symbol of an item's state. */
export function toneOf(step: Step, run: Run | null): Tone {
  switch (stepSign(step)) {
    case '!':
      return 'needs';
    case '✗':
      return 'blocked';
    case '✓':
      return 'merged';
    case '…':
      return run !== null || step.do !== 'wait' ? 'running' : 'waiting';
  }
}

/** A section of a few rows; none where there is nothing to list. */
export function sectionOf<T>(title: string, all: readonly T[], row: (one: T) => PictureRow, most = MOST_ROWS): PictureSection[] {
  if (all.length === 0) return [];
  return [{ title, rows: all.slice(0, most).map(row), more: moreOf(all.length - most) }];
}

/** What was left out, counted; null where nothing was. */
export function moreOf(left: number): string | null {
  return left > 0 ? `and ${left} more` : null;
}
