import { editDistance } from '../nearest.ts';

/** Suggestions shown at once. */
const MOST = 3;

/**
 * The command names that were perhaps meant, nearest first: those that go on from what was typed, and those a few
 * edits away (a third of the length, at least one). `words` are all words of the line; as many of them are compared
 * as a name has. A suggestion is only ever shown: nothing runs that was not typed.
 */
export function suggestCommands(words: readonly string[], names: Iterable<string>): readonly string[] {
  const near: { name: string; distance: number }[] = [];
  for (const name of names) {
    const typed = words.slice(0, name.split(' ').length).join(' ').toLowerCase();
    if (typed === '') continue;
    const limit = Math.max(1, Math.floor(typed.length / 3));
    const begins = typed.length > 1 && name.startsWith(typed);
    const distance = begins ? 0.5 : editDistance(typed.slice(0, 64), name, limit);
    if (distance <= limit) near.push({ name, distance });
  }
  return near
    .sort((one, other) => one.distance - other.distance)
    .slice(0, MOST)
    .map(({ name }) => name);
}
