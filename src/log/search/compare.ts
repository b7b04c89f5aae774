import type { Db } from '../database.ts';

interface TermRow {
  readonly term: string;
  readonly places: number;
  readonly texts: number;
  readonly offsets: number;
}

/** A word that is only in the index, only in the log, or in other texts or places than in the log. */
export type WordDifference = 'extra' | 'missing' | 'moved';

/** Compares the words of the index of texts with those of one that was made from the log: each word with the texts and the places where it is. */
export function compareTextIndex(db: Db, rebuilt: Db, onDifference: (difference: WordDifference) => void): void {
  const found = wordsOf(db).iterate();
  const expected = wordsOf(rebuilt).iterate();
  let left = found.next();
  let right = expected.next();
  while (left.done !== true || right.done !== true) {
    const order = compare(left.done === true ? null : left.value.term, right.done === true ? null : right.value.term);
    if (order !== 0) onDifference(order < 0 ? 'extra' : 'missing');
    else if (left.done !== true && right.done !== true && JSON.stringify(left.value) !== JSON.stringify(right.value)) onDifference('moved');
    if (order <= 0) left = found.next();
    if (order >= 0) right = expected.next();
  }
}

function wordsOf(db: Db): ReturnType<typeof db.prepare<[], TermRow>> {
  db.exec("CREATE VIRTUAL TABLE IF NOT EXISTS temp.texts_words USING fts5vocab('main', 'texts_index', 'instance')");
  return db.prepare<[], TermRow>(
    `SELECT term, count(*) AS places, sum(doc) AS texts, sum(doc * ("offset" + 1)) AS offsets FROM temp.texts_words GROUP BY term ORDER BY term`,
  );
}

/** As SQLite orders words, by their bytes; the end comes last. */
function compare(a: string | null, b: string | null): number {
  if (a === null) return b === null ? 0 : 1;
  return b === null ? -1 : Buffer.compare(Buffer.from(a), Buffer.from(b));
}
