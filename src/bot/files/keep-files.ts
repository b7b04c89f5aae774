import { BOUNDS } from '../../bounds.ts';
import type { SentFile } from '../../pipeline/told/sent-file.ts';
import type { WorkItem } from '../../pipeline/types.ts';
import { withFiles, type MissingFile } from '../../words/files/files.ts';
import type { Reply } from '../../words/reply.ts';
import type { CommandTx } from '../capabilities.ts';
import type { FetchedFiles } from './fetch-files.ts';

/**
 * Names the files of a message in the log, for each item that its command has changed, in the transaction of that change. Returns
 * the reply with what became of them. A file that an item has already is not named twice.
 */
export function keepFiles(tx: CommandTx, items: readonly WorkItem[], fetched: FetchedFiles, reply: Reply): Reply {
  const full = new Map<string, MissingFile>();
  for (const item of items) {
    const there = tx.reads.files.of(item.project, item.number);
    let [count, bytes] = [there.length, there.reduce((sum, file) => sum + file.bytes, 0)];
    const fits = ({ bytes: more }: SentFile): boolean => count < BOUNDS.filesOfItem && bytes + more <= BOUNDS.fileBytesOfItem;
    const files: SentFile[] = [];
    for (const file of fetched.files) {
      if ([...there, ...files].some(({ hash }) => hash === file.hash)) continue;
      if (!fits(file)) {
        full.set(file.hash, { name: file.name, why: 'item-full' });
        continue;
      }
      files.push(file);
      count += 1;
      bytes += file.bytes;
    }
    if (files.length > 0) tx.append(item, 'item.files_added', { files });
  }
  const kept = fetched.files.filter(({ hash }) => !full.has(hash));
  return withFiles(reply, items, kept, [...fetched.missing, ...full.values()]);
}
