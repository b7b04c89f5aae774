import type { CostPicture, PictureBar } from '../message/picture/picture.ts';
import { framed, NARROW, PADDING } from './frame.ts';
import { PALETTE, TONES } from './palette.ts';
import { remark } from './sections.ts';
import { box, moved, stacked, write, type Drawing, type Piece } from './shapes.ts';
import { svg } from './svg.ts';

const INNER = NARROW - 2 * PADDING;
const DAYS_HEIGHT = 96;
/** Where the bars of a group begin and end. */
const BARS = { from: 150, to: INNER - 84 } as const;

/** What was spent: by day, by agent, model and item, and how much of each budget. */
export function cost({ title, note, days, groups, budgets }: CostPicture): Drawing {
  const parts = [
    ...(days.length === 0 ? [] : [byDay(days)]),
    ...(budgets.length === 0 ? [] : [stacked(budgets.map(budget), 8)]),
    ...groups.map((one) => group(one.title, one.bars, one.more)),
  ];
  return framed(NARROW, title, note, stacked(parts, 18));
}

/** Columns, with the amount of the highest and of the last one written above them. */
function byDay(days: readonly PictureBar[]): Piece {
  const most = Math.max(...days.map(({ amount }) => amount), 0);
  const slot = INNER / days.length;
  const highest = days.findIndex(({ amount }) => amount === most);
  const columns = days.map(({ label, amount, words }, index) => {
    const height = most === 0 ? 0 : Math.max(amount > 0 ? 2 : 0, (amount / most) * (DAYS_HEIGHT - 18));
    const top = DAYS_HEIGHT - height;
    const isLast = index === days.length - 1;
    // The last one ends at the right edge: centred, a long text would leave the picture.
    const place = isLast ? ({ x: slot, anchor: 'end' } as const) : ({ x: slot / 2, anchor: 'middle' } as const);
    const isNamed = amount > 0 && (index === highest || isLast);
    // Of many days every second label, counted from today.
    const isLabelled = days.length <= 8 || (days.length - 1 - index) % 2 === 0;
    const above = isNamed ? write(place.x, top - 5, words, { size: 11, width: slot * 2, anchor: place.anchor }) : null;
    const below = isLabelled
      ? write(place.x, DAYS_HEIGHT + 15, label, { size: 11, width: slot * 2 - 4, anchor: place.anchor, fill: PALETTE.muted, look: 'muted' })
      : null;
    return moved(index * slot, 0, svg`${box(3, top, slot - 6, height, TONES.running, 'bar', 2)}${above}${below}`);
  });
  return { svg: svg`${box(0, DAYS_HEIGHT, INNER, 1, PALETTE.line, 'line')}${columns}`, height: DAYS_HEIGHT + 20 };
}

function group(title: string, bars: readonly PictureBar[], more: string | null): Piece {
  const most = Math.max(...bars.map(({ amount }) => amount), 0);
  const head: Piece = {
    svg: write(0, 12, title, { size: 12, face: 'bold', width: INNER, fill: PALETTE.muted, look: 'muted' }),
    height: 14,
  };
  const rows = bars.map(({ label, amount, words }): Piece => {
    const length = most === 0 ? 0 : (amount / most) * (BARS.to - BARS.from);
    return {
      svg: svg`${write(0, 13, label, { size: 13, width: BARS.from - 10 })}${box(BARS.from, 3, Math.max(amount > 0 ? 2 : 0, length), 12, TONES.running, 'bar', 2)}${write(INNER, 13, words, { size: 13, width: INNER - BARS.to - 6, anchor: 'end' })}`,
      height: 18,
    };
  });
  return stacked([head, ...rows, ...(more === null ? [] : [remark(more)])], 6);
}

/** How much of a budget is used; from four fifths on it is a warning, and beyond it an alarm. */
function budget({ label, amount, limit, words }: CostPicture['budgets'][number]): Piece {
  const share = limit > 0 ? Math.min(1, amount / limit) : 1;
  const tone = share >= 1 ? 'blocked' : share >= 0.8 ? 'needs' : 'merged';
  return {
    svg: svg`${write(0, 13, label, { size: 13, width: INNER * 0.45 })}${write(INNER, 13, words, { size: 13, width: INNER * 0.52, anchor: 'end', fill: TONES[tone], look: `tone-${tone}` })}${box(0, 21, INNER, 8, PALETTE.line, 'empty', 4)}${box(0, 21, INNER * share, 8, TONES[tone], `bar tone-${tone}`, 4)}`,
    height: 30,
  };
}
