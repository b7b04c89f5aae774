import { resolve } from 'node:path';
import { readPlain } from '../worktree/linked.ts';
import { fromText, lookAt, toText } from './paths.ts';

/** Where the `.git` of a folder leads. An empty one is none, as for git itself. */
export async function gitDirOf(folder: string): Promise<string | null> {
  const dotGit = `${folder}/.git`;
  const there = await lookAt(dotGit);
  if (there?.isDirectory() === true) return (await lookAt(`${dotGit}/HEAD`)) === null ? null : dotGit;
  const [, target] = /^gitdir: (.+)$/m.exec((await readPlain(toText(dotGit))) ?? '') ?? [];
  if (target === undefined) return null;
  const gitDir = fromText(resolve(toText(folder), target));
  return (await lookAt(gitDir))?.isDirectory() === true ? gitDir : null;
}
