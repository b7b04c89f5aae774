import { BOUNDS } from './bounds.ts';

/** Words longer than this are compared by their beginning only: the cost is the product of both lengths. */
const LONGEST_WORD = BOUNDS.guessedWord;

/**
 * The candidate that was most likely meant by `word`, or null when none is near enough. `max` is the number of
 * edits still counted as near; by default a third of the word's length, at least 1. Case does not count; of
 * equally near candidates the first one wins.
 */
export function nearest(word: string, candidates: Iterable<string>, max?: number): string | null {
  const wanted = word.toLowerCase().slice(0, LONGEST_WORD);
  const limit = max ?? Math.max(1, Math.floor(wanted.length / 3));
  let best: string | null = null;
  let bestDistance = limit + 1;
  for (const candidate of candidates) {
    const distance = editDistance(wanted, candidate.toLowerCase().slice(0, LONGEST_WORD), bestDistance - 1);
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/**
 * Edits between two words: insert, delete, replace or swap two neighbours, one each (optimal string alignment).
 * Gives up once it is sure that there are more than `limit` edits, and then returns a number above `limit`.
 */
export function editDistance(a: string, b: string, limit = Number.POSITIVE_INFINITY): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1];
      let cost = Math.min(cell(last, column) + 1, cell(current, column - 1) + 1, cell(last, column - 1) + (same ? 0 : 1));
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      if (swapped) cost = Math.min(cost, cell(beforeLast, column - 2) + 1);
      current.push(cost);
    }
    // A later swap reaches back two rows, so only when both are beyond the limit nothing can come below it.
    if (Math.min(...current) > limit && Math.min(...last) > limit) return limit + 1;
    beforeLast = last;
    last = current;
  }
  return cell(last, b.length);
}

function cell(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY;
}
