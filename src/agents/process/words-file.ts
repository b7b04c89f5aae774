import { appendFileSync, readFileSync } from 'node:fs';

/** What a person says to a run in progress. */
export interface Words {
  readonly id: number;
  readonly from: string;
  /** ISO 8601. */
  readonly at: string;
  readonly text: string;
  /** Absolute paths of the files that came with it; missing: none did. */
  readonly files?: readonly string[] | undefined;
}

/**
 * Appends to the file what it does not hold yet, a JSON object a line, and nothing where all of it is there. A line that was cut short, by
 * a crash or a full disk, is said again and marked as that. The file is never replaced: a sandbox shows this very one.
 */
export function appendWords(file: string, words: readonly Words[]): void {
  const there = readFileSync(file, 'utf8');
  const lines = there.split('\n');
  const cut = lines.pop() !== '';
  const given = new Set(lines.map(idIn));
  const again = cut ? { again: true } : {};
  const news = words.flatMap(({ id, from, at, text, files }) =>
    given.has(id) ? [] : [JSON.stringify({ type: 'told', id, from, at, text, files, ...again })],
  );
  if (news.length > 0) appendFileSync(file, `${cut ? '\n' : ''}${news.join('\n')}\n`);
}

function idIn(line: string): unknown {
  try {
    return (JSON.parse(line) as { readonly id?: unknown }).id;
  } catch {
    return null;
  }
}
