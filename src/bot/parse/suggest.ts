import { BOUNDS } from '../../bounds.ts';
import { editDistance } from '../../nearest.ts';

/** How many suggestions are shown. */
const MOST = 3;
/** Longer words are compared by their beginning. UTF-16 units. */
const LONGEST_WORD = BOUNDS.guessedWord;

/**
 * The command names that were perhaps meant, nearest first: those that continue from what was typed, and those a few
 * edits away (a third of the length, at least one). `words` are all words of the line; as many of them are compared
 * as a name has; of equally near names the longest goes first, it explains more of the line. A suggestion is only ever shown: nothing runs that was not typed.
 */
export function suggestCommands(words: readonly string[], names: Iterable<string>): readonly string[] {
  const typedWords = words.map((word) => word.slice(0, LONGEST_WORD).toLowerCase());
  const near: { name: string; distance: number }[] = [];
  for (const name of names) {
    const typed = typedWords.slice(0, name.split(' ').length).join(' ');
    if (typed === '') continue;
    const limit = Math.max(1, Math.floor(typed.length / 3));
    const begins = typed.length > 1 && name.startsWith(typed);
    const distance = begins ? 0.5 : editDistance(typed, name, limit);
    if (distance <= limit) near.push({ name, distance });
  }
  return near
    .sort((one, other) => one.distance - other.distance || other.name.length - one.name.length)
    .slice(0, MOST)
    .map(({ name }) => name);
}
