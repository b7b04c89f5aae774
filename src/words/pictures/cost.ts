import type { Block } from '../../message/document.ts';
import type { PictureBar } from '../../message/picture/picture.ts';
import type { Reads } from '../../log/reads/reads.ts';
import { UNITS, type Budget } from '../../pipeline/budget/budget.ts';
import { endOfDay, startOfDay } from '../../pipeline/budget/day.ts';
import { NO_USAGE, addUsage, totalTokens, type Usage } from '../../pipeline/usage.ts';
import { money, tokens } from '../amounts.ts';
import { inUnit, ownerOf } from '../budget.ts';
import { itemTitle } from '../item/item.ts';
import type { Reader } from '../reader.ts';
import { startOfWeek } from '../time.ts';
import { moreOf, pictureBlock } from './block.ts';

/** Days of the columns, today included: two weeks show a rhythm and leave room for their dates. */
const DAYS = 14;
const MOST_BARS = 5;

/** What a project has cost: by day, by agent, model and item, with the budgets of the day. */
export function costPicture(
  reads: Pick<Reads, 'spend' | 'budget' | 'item'>,
  project: string,
  budgets: readonly Budget[],
  reader: Reader,
): Block {
  const days = daysBefore(reader.now, reader.timezone);
  const today = days.at(-1)?.start ?? reader.now;
  const since = days[0]?.start ?? today;
  const all = reads.spend.totals(project, 'agent').reduce((sum, { usage }) => addUsage(sum, usage), NO_USAGE);
  const spent = [
    `today ${both(reads.spend.since(project, today))}`,
    `week ${money(reads.spend.since(project, startOfWeek(reader.now, reader.timezone)).microUsd)}`,
    `all time ${money(all.microUsd)}`,
  ];
  const items = reads.spend.sinceBy(project, 'item', since).map(({ key, usage }) => {
    const found = reads.item(project, Number(key));
    return { key: found === null ? `#${key}` : itemTitle(found, reader.current), usage };
  });
  return pictureBlock({
    of: 'cost',
    title: `Cost of ${project}`,
    note: spent.join(' · '),
    days: days.map(({ start, end }): PictureBar => {
      const { microUsd } = reads.budget.spentBetween({ scope: 'project', name: project }, start, end);
      return { label: dayLabel(start, reader.timezone), amount: microUsd, words: money(microUsd) };
    }),
    budgets: budgets.flatMap((budget) =>
      UNITS.flatMap((unit) => {
        const cap = budget.caps[unit];
        if (cap === null) return [];
        const used = budget.used[unit];
        return [
          {
            label: `Budget of ${ownerOf(budget, reader.nameOf)}`,
            amount: used,
            limit: cap,
            words: `${inUnit(used, unit)} of ${inUnit(cap, unit)}`,
          },
        ];
      }),
    ),
    groups: [
      group('By agent', reads.spend.sinceBy(project, 'agent', since)),
      group('By model', reads.spend.sinceBy(project, 'model', since)),
      group('By item', items),
    ].filter(({ bars }) => bars.length > 0),
  });
}

function group(title: string, rows: readonly { readonly key: string; readonly usage: Usage }[]) {
  // Where no price is known there is no money, but tokens tell as much.
  const isPriced = rows.some(({ usage }) => usage.microUsd > 0);
  const amountOf = (usage: Usage): number => (isPriced ? usage.microUsd : totalTokens(usage));
  const sorted = rows.toSorted((a, b) => amountOf(b.usage) - amountOf(a.usage));
  return {
    title: `${title}, ${DAYS} days`,
    bars: sorted.slice(0, MOST_BARS).map(({ key, usage }) => ({
      label: key,
      amount: amountOf(usage),
      words: isPriced ? money(usage.microUsd) : tokens(totalTokens(usage)),
    })),
    more: moreOf(rows.length - MOST_BARS),
  };
}

function daysBefore(now: number, timezone: string): { readonly start: number; readonly end: number }[] {
  const days = [{ start: startOfDay(now, timezone), end: endOfDay(now, timezone) }];
  for (let first = days[0]; first !== undefined && days.length < DAYS; first = days[0])
    days.unshift({ start: startOfDay(first.start - 1, timezone), end: first.start });
  return days;
}

function dayLabel(at: number, timeZone: string): string {
  return new Intl.DateTimeFormat('en-GB', { timeZone, day: 'numeric', month: 'short' }).format(at);
}

function both(usage: Usage): string {
  return `${money(usage.microUsd)}, ${tokens(totalTokens(usage))} tokens`;
}
