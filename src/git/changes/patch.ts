/** A line of a patch. */
export interface PatchLine {
  readonly kind: 'context' | 'added' | 'removed';
  /** Without the sign in front; may end with a carriage return. */
  readonly text: string;
  /** Its number in the old file; null: it is not there. */
  readonly before: number | null;
  /** Its number in the new file; null: it is not there. */
  readonly after: number | null;
  /** It is the last one of its file, and has no line break. */
  readonly unended: boolean;
}

/** A piece of a file, with the lines around what changed. */
export interface Hunk {
  /** What git says of the place: the function around it, or nothing. */
  readonly place: string;
  readonly before: number;
  readonly after: number;
  readonly lines: readonly PatchLine[];
}

/** One file of a patch. */
export interface FilePatch {
  /** The paths as git has them in the patch, null where there is no such side; a file without lines may have none of either. */
  readonly before: string | null;
  readonly after: string | null;
  readonly binary: boolean;
  readonly hunks: readonly Hunk[];
  /** The text ended within it. */
  readonly cut: boolean;
}

/**
 * Reads a patch of git. How many lines a hunk has is what its head says, so that no line of a file can look like the head of another
 * file: `-- a/x` that was removed is `--- a/x` in a patch.
 */
export function parsePatch(text: string): FilePatch[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  const files: FilePatch[] = [];
  for (let at = 0; at < lines.length;) {
    if (lines[at]?.startsWith('diff --git ') !== true) {
      at += 1;
      continue;
    }
    const [file, next] = readFile(lines, at + 1);
    files.push(file);
    at = next;
  }
  return files;
}

function readFile(lines: readonly string[], from: number): [FilePatch, number] {
  let before: string | null = null;
  let after: string | null = null;
  let binary = false;
  let cut = false;
  const hunks: Hunk[] = [];
  let at = from;
  for (; at < lines.length;) {
    const line = lines[at] ?? '';
    if (line.startsWith('diff --git ')) break;
    const head = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@ ?(.*)$/s.exec(line);
    if (head !== null) {
      const [, old = '0', oldCount = '1', now = '0', nowCount = '1', place = ''] = head;
      const wanted = { before: Number(old), after: Number(now), removed: Number(oldCount), added: Number(nowCount) };
      const [read, next, isWhole] = readHunk(lines, at + 1, wanted);
      hunks.push({ place: place.replace(/\r$/, ''), before: wanted.before, after: wanted.after, lines: read });
      cut = !isWhole;
      at = next;
      continue;
    }
    if (line.startsWith('--- ')) before = sideOf(line.slice(4));
    else if (line.startsWith('+++ ')) after = sideOf(line.slice(4));
    else if (line.startsWith('rename from ') || line.startsWith('copy from ')) before = unquoted(line.slice(line.indexOf(' from ') + 6));
    else if (line.startsWith('rename to ') || line.startsWith('copy to ')) after = unquoted(line.slice(line.indexOf(' to ') + 4));
    else if (line.startsWith('Binary files ') || line.startsWith('GIT binary patch')) binary = true;
    at += 1;
  }
  return [{ before, after, binary, hunks, cut }, at];
}

function readHunk(
  lines: readonly string[],
  from: number,
  wanted: { readonly before: number; readonly after: number; readonly removed: number; readonly added: number },
): [PatchLine[], number, boolean] {
  const read: PatchLine[] = [];
  let { before, after, removed, added } = wanted;
  let at = from;
  const unend = (): void => {
    const last = read.pop();
    if (last !== undefined) read.push({ ...last, unended: true });
  };
  for (; at < lines.length && (removed > 0 || added > 0); at += 1) {
    const line = lines[at] ?? '';
    const text = line.slice(1);
    const sign = line.charAt(0);
    if (sign === '\\') unend();
    else if (sign === '-') {
      read.push({ kind: 'removed', text, before, after: null, unended: false });
      before += 1;
      removed -= 1;
    } else if (sign === '+') {
      read.push({ kind: 'added', text, before: null, after, unended: false });
      after += 1;
      added -= 1;
    } else {
      read.push({ kind: 'context', text, before, after, unended: false });
      before += 1;
      after += 1;
      removed -= 1;
      added -= 1;
    }
  }
  if (lines[at]?.startsWith('\\') === true) {
    unend();
    at += 1;
  }
  return [read, at, removed <= 0 && added <= 0];
}

/** `a/src/x.ts`, `/dev/null`, or a quoted one. */
function sideOf(written: string): string | null {
  // git puts a tab behind a name with spaces.
  const name = unquoted(written.replace(/\t$/, ''));
  return name === '/dev/null' ? null : name.replace(/^[ab]\//, '');
}

const ESCAPED: ReadonlyMap<string, number> = new Map([
  ['a', 7],
  ['b', 8],
  ['t', 9],
  ['n', 10],
  ['v', 11],
  ['f', 12],
  ['r', 13],
]);

/** A name as git quotes it where it holds controls or quotes: bytes are `\303`. */
function unquoted(name: string): string {
  if (!/^".*"$/s.test(name)) return name;
  const pieces = name.slice(1, -1).match(/\\[0-7]{3}|\\.|[^\\]+/gs) ?? [];
  return Buffer.concat(
    pieces.map((piece) => {
      if (!piece.startsWith('\\')) return Buffer.from(piece);
      const letter = piece.slice(1);
      if (/^[0-7]{3}$/.test(letter)) return Buffer.from([Number.parseInt(letter, 8) & 0xff]);
      const code = ESCAPED.get(letter);
      return code === undefined ? Buffer.from(letter) : Buffer.from([code]);
    }),
  ).toString('utf8');
}
