import type { Failure, Work } from '../../pipeline/types.ts';
import type { ProjectGit } from '../../git/project-git.ts';
import { blocksOf } from './patch-blocks.ts';

/** As git writes it: seven signs and a name. Such a line alone is one that somebody forgot. */
const NAMED = /^(?:<{7}|>{7}) \S/;
/** Without a name, or longer (`conflict-marker-size`): text may look so, a pair of them does not. */
const OPENING = /^<{7,}(?: |\r?$)/;
const CLOSING = /^>{7,}(?: |\r?$)/;

/**
 * Files to which a change adds conflict markers. Those that it only moves from one place to another, or leaves as they are,
 * stood there before; binary files hold none.
 */
export async function newMarkers(
  git: ProjectGit,
  work: Work,
  patch: { readonly text: string; readonly truncated: boolean },
  changed: readonly string[],
): Promise<readonly string[]> {
  if (patch.truncated) {
    const before = new Set(await git.conflictMarkers(await git.baseHead(), changed));
    return (await git.conflictMarkers(work.head, changed)).filter((file) => !before.has(file));
  }
  return markedFiles(patch.text);
}

/** The same from a patch without context alone. */
export function markedFiles(patch: string): string[] {
  if (!/^\+[<>]{7}/m.test(patch)) return [];
  const added = new Map<string, string[]>();
  const binary = new Set<string>();
  const removed = new Map<string, number>();
  for (const { path, text, removed: old } of blocksOf(patch)) {
    if (text.includes('\0')) binary.add(path);
    added.set(path, [...(added.get(path) ?? []), ...markersIn(text)]);
    for (const line of markersIn(old)) removed.set(line, (removed.get(line) ?? 0) + 1);
  }
  return [...added].flatMap(([path, lines]) => {
    const fresh = lines.filter((line) => {
      const moved = removed.get(line) ?? 0;
      if (moved > 0) removed.set(line, moved - 1);
      return moved === 0;
    });
    const marked =
      fresh.some((line) => NAMED.test(line)) || (fresh.some((line) => OPENING.test(line)) && fresh.some((line) => CLOSING.test(line)));
    return marked && !binary.has(path) ? [path] : [];
  });
}

function markersIn(text: string): string[] {
  if (!/^[<>]{7}/m.test(text)) return [];
  return text.split('\n').filter((line) => OPENING.test(line) || CLOSING.test(line));
}

/** A merge that would bring them: like a conflict that nobody has resolved. */
export function markersFailure(files: readonly string[]): Failure {
  return {
    cause: 'conflict',
    summary: { kind: 'conflict-markers', agent: null, files },
    evidence: `The change adds conflict markers in:\n${files.map((file) => `- ${file}`).join('\n')}\nResolve each of them and commit the result.`,
  };
}
