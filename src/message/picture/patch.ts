/** Lines of a change that one picture shows: as much as a phone shows at once. */
export const PATCH_LINES = 28;

/** A line of a change as it is drawn, without its mark. */
export interface PatchLine {
  readonly kind: 'file' | 'hunk' | 'added' | 'removed' | 'same';
  readonly text: string;
}

/** A file of a change, with how many lines it gained and lost. */
export interface PatchFile {
  readonly path: string;
  readonly added: number;
  readonly removed: number;
}

/** The files of git's patch, and its lines without git's headers. A patch may be cut anywhere. */
export function readPatch(patch: string): { readonly files: readonly PatchFile[]; readonly lines: readonly PatchLine[] } {
  const files: { path: string; added: number; removed: number }[] = [];
  const lines: PatchLine[] = [];
  /** Headers stand between a file's first line and its first hunk. */
  let inHunk = false;
  for (const text of patch.trimEnd().split('\n')) {
    const file = files.at(-1);
    if (text.startsWith('diff --git ')) {
      const path = / b\/(.*)$/.exec(text)?.[1] ?? text.slice('diff --git '.length);
      files.push({ path, added: 0, removed: 0 });
      lines.push({ kind: 'file', text: path });
      inHunk = false;
    } else if (text.startsWith('@@')) {
      inHunk = true;
      lines.push({ kind: 'hunk', text });
    } else if (!inHunk || file === undefined) continue;
    else if (text.startsWith('+')) {
      file.added += 1;
      lines.push({ kind: 'added', text: text.slice(1) });
    } else if (text.startsWith('-')) {
      file.removed += 1;
      lines.push({ kind: 'removed', text: text.slice(1) });
    } else lines.push({ kind: 'same', text: text.slice(1) });
  }
  return { files, lines };
}
