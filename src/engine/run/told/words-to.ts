import type { Words } from '../../../agents/process/words-file.ts';
import type { WorkItem } from '../../../pipeline/types.ts';
import type { EngineParts } from '../../parts.ts';
import { giveFiles } from './give-files.ts';
import { wordsFor } from './interrupt.ts';

/** Gives a run what people said and none has read, in order; what came with files once they are where it can read them. */
export function wordsTo(parts: EngineParts, { project, number }: WorkItem): (take: (words: readonly Words[]) => void) => void {
  let before: Promise<void> | null = null;
  const now = (): WorkItem | null => parts.log.reads.item(project, number);
  return (take) => {
    const words = wordsFor(now(), parts.nameOf);
    if (words.length === 0) return;
    if (before === null && parts.log.reads.files.of(project, number).length === 0) return take(words);
    const give = async (earlier: Promise<void> | null): Promise<void> => {
      await earlier;
      const given = await giveFiles(parts, { project, number });
      const read = wordsFor(now(), parts.nameOf, given);
      if (read.length > 0) take(read);
    };
    const giving = give(before)
      .catch((error: unknown) => parts.onProblem(`files for a run of ${project}#${number}`, error))
      .finally(() => {
        if (before === giving) before = null;
      });
    before = giving;
  };
}
