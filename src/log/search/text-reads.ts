import type { Db } from '../database.ts';
import type { TextQuery } from './query.ts';
import type { TextSource } from './text-of.ts';

/** The newest texts with a word that are ranked: a word that is in more of them says little. */
const RANKED = 1_000;
/** A text of this age counts three quarters of a new one, and a very old one half. */
const HALF_NEW_MS = 30 * 24 * 60 * 60_000;
/** A title says more about an item than any other text, and a criterion more than a long one. */
const WEIGHTS = '8.0, 1.0, 2.0';

/** An item in which something was found, and the text that fits best. */
export interface FoundItem {
  readonly project: string;
  readonly item: number;
  /** The number of that text. */
  readonly text: number;
}

export interface Found {
  /** The best first. */
  readonly items: readonly FoundItem[];
  /** No item has all the words; these have some of them. */
  readonly some: boolean;
}

/** A piece of a text, and whether it is what was looked for. */
export interface Piece {
  readonly text: string;
  readonly hit: boolean;
}

/** A text that was found: the part around the words. */
export interface ShownText {
  readonly id: number;
  readonly source: TextSource;
  readonly at: number;
  /** Empty: not found there. */
  readonly title: readonly Piece[];
  readonly body: readonly Piece[];
  readonly criteria: readonly Piece[];
}

interface Hit {
  readonly id: number;
  readonly project: string;
  readonly item: number;
  readonly at: number;
  /** Negative; the lower, the better. */
  readonly score: number;
}

interface Ranked {
  readonly hit: Hit;
  readonly score: number;
}

/** Around what was found; no text that anybody writes has these two, which Unicode keeps for the inside of programs. */
const OPEN = '\u{fdd0}';
const CLOSE = '\u{fdd1}';

/** Looks in the texts of items. */
export class TextReads {
  readonly #hits;
  readonly #shown;

  constructor(db: Db) {
    // The newest are read first, so a word that is everywhere costs as much as `RANKED` of them.
    this.#hits = db.prepare<[string, string, number], Hit>(
      `SELECT texts.id, texts.project, texts.item, texts.at, bm25(texts_index, ${WEIGHTS}) AS score
       FROM texts_index CROSS JOIN texts ON texts.id = texts_index.rowid
       WHERE texts_index MATCH ? AND texts.project IN (SELECT value FROM json_each(?))
       ORDER BY texts_index.rowid DESC LIMIT ?`,
    );
    const around = (column: number, words: number): string => `snippet(texts_index, ${column}, '${OPEN}', '${CLOSE}', '…', ${words})`;
    // A number of JavaScript's comes as a real, and by a real the index looks at no row number: it would give the first text that
    // has the words, of whatever item and project.
    this.#shown = db.prepare<[string, number], { source: TextSource; at: number; title: string; body: string; criteria: string }>(
      `SELECT texts.source, texts.at, ${around(0, 64)} AS title, ${around(1, 14)} AS body, ${around(2, 14)} AS criteria
       FROM texts_index CROSS JOIN texts ON texts.id = texts_index.rowid
       WHERE texts_index MATCH ? AND texts_index.rowid = CAST(? AS INTEGER)`,
    );
  }

  /** Items of these projects in which all the words are, in one text or in several; where there is none, those with some of them. */
  find(query: TextQuery, projects: readonly string[]): Found {
    const within = JSON.stringify(projects);
    const hits = (match: string): Hit[] => this.#hits.all(match, within, RANKED);
    // A title is found however many newer texts have the word.
    const best = (match: string): Map<string, Ranked> => bestOfItems([...hits(match), ...hits(`title : (${match})`)]);
    const together = best(query.all);
    const single = query.each.length === 1 ? [] : query.each.map(best);
    const apart = new Map<string, Ranked>();
    for (const key of new Set(single.flatMap((one) => [...one.keys()]))) {
      const ranked = single.flatMap((one) => one.get(key) ?? []);
      if (ranked.length === single.length) apart.set(key, joined(ranked));
    }
    const all = new Map([...apart, ...together]);
    if (all.size > 0) return { items: inOrder(all), some: false };
    const some = new Map<string, Ranked>();
    for (const key of new Set(single.flatMap((one) => [...one.keys()]))) some.set(key, joined(single.flatMap((one) => one.get(key) ?? [])));
    return { items: inOrder(some), some: true };
  }

  /** A text around the words that were looked for; null where it is not there any more. */
  shown(query: TextQuery, id: number): ShownText | null {
    const row = this.#shown.get(query.each.join(' OR '), id);
    if (row === undefined) return null;
    return { id, source: row.source, at: row.at, title: pieces(row.title), body: pieces(row.body), criteria: pieces(row.criteria) };
  }
}

function bestOfItems(hits: readonly Hit[]): Map<string, Ranked> {
  const found = new Map<string, Ranked>();
  const newest = Math.max(...hits.map(({ at }) => at));
  for (const hit of hits) {
    const key = `${hit.project}#${hit.item}`;
    const score = hit.score * (0.5 + 0.5 / (1 + (newest - hit.at) / HALF_NEW_MS));
    if (score < (found.get(key)?.score ?? 0)) found.set(key, { hit, score });
  }
  return found;
}

/** Words that are in different texts of an item; the text of the rarest is shown. Less than all in one text. */
function joined(ranked: readonly Ranked[]): Ranked {
  const [best] = [...ranked].sort((a, b) => a.score - b.score);
  if (best === undefined) throw new Error('nothing was found, so nothing can be joined');
  return { hit: best.hit, score: ranked.reduce((sum, { score }) => sum + score, 0) / 2 };
}

function inOrder(found: ReadonlyMap<string, Ranked>): FoundItem[] {
  return [...found.values()]
    .sort((a, b) => a.score - b.score || b.hit.id - a.hit.id)
    .map(({ hit: { project, item, id } }) => ({ project, item, text: id }));
}

/** A snippet in its pieces; none where nothing in it was looked for. */
export function pieces(marked: string): Piece[] {
  if (!marked.includes(OPEN)) return [];
  return marked
    .split(OPEN)
    .flatMap((part, index): Piece[] => {
      if (index === 0) return [{ text: part, hit: false }];
      const [hit = '', ...after] = part.split(CLOSE);
      return [
        { text: hit, hit: true },
        { text: after.join(''), hit: false },
      ];
    })
    .filter(({ text }) => text !== '');
}
