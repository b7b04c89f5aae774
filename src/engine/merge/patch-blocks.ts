/** Lines that a patch without context changes in one place. */
export interface Block {
  readonly path: string;
  /** The object name of the new content; null where the patch does not say it. */
  readonly blob: string | null;
  /** Of the first added line in the new file. */
  readonly line: number;
  /** The added lines, which stand together, so that a key of many lines is seen as one. */
  readonly text: string;
  /** The lines that stood there before. */
  readonly removed: string;
}

/** The changed places of a patch without context. Hunks are counted, so that a line that looks like a header is none. */
export function* blocksOf(patch: string): Generator<Block> {
  const lines = patch.split('\n');
  let path = '';
  let blob: string | null = null;
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? '';
    if (line.startsWith('index ')) blob = /^index [0-9a-f]+\.\.([0-9a-f]+)/.exec(line)?.[1] ?? null;
    if (line.startsWith('+++ ')) path = nameOf(line.slice(4));
    const hunk = /^@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(line);
    if (hunk === null) continue;
    const [, removed = '1', first = '1', added = '1'] = hunk;
    const before = at + 1;
    const end = before + Number(removed);
    // `\\ No newline at end of file`, after the last line that was there.
    const from = end + (lines[end]?.startsWith('\\') === true ? 1 : 0);
    const block = lines.slice(from, from + Number(added));
    at = from + Number(added) - 1;
    yield { path, blob, line: Number(first), text: withoutSigns(block), removed: withoutSigns(lines.slice(before, end)) };
  }
}

function withoutSigns(lines: readonly string[]): string {
  return lines.map((line) => line.slice(1)).join('\n');
}

/** `b/app.ts`, or in quotes where the name holds anything special. */
function nameOf(written: string): string {
  return written.replace(/^"?b\//, '').replace(/"?\t?$/, '');
}
