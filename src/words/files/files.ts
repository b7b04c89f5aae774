import { code, join, line, phrase } from '../../message/build.ts';
import type { FileTrouble } from '../../message/address.ts';
import type { Inline } from '../../message/document.ts';
import { BOUNDS } from '../../bounds.ts';
import type { FileOfItem } from '../../log/files/file-rows.ts';
import type { SentFile } from '../../pipeline/told/sent-file.ts';
import type { WorkItem } from '../../pipeline/types.ts';
import { bytes, counted } from '../amounts.ts';
import type { Reader } from '../reader.ts';
import { refused } from '../replies.ts';
import type { Reply } from '../reply.ts';
import { moment } from '../time.ts';

/** A file of a message that is not kept, by its safe name. */
export interface MissingFile {
  readonly name: string;
  readonly why: FileTrouble;
}

const TROUBLES: { readonly [T in FileTrouble]: string } = {
  'too-large': `it is larger than ${bytes(BOUNDS.fileBytes)}`,
  'too-many': `a message may have ${BOUNDS.filesOfMessage} files`,
  'item-full': `the item has no room for it: ${BOUNDS.filesOfItem} files and ${bytes(BOUNDS.fileBytesOfItem)} in all`,
  forbidden: 'Musher isn’t allowed to read files here',
  elsewhere: 'it is stored outside of this network',
  gone: 'it was deleted',
  'no-answer': 'the network did not hand it over in time',
  unreadable: 'it can’t be decrypted',
  'not-stored': 'Musher has no space to store it',
};

/** To send it once more would change nothing. */
const FOR_GOOD: ReadonlySet<FileTrouble> = new Set(['item-full', 'too-large', 'elsewhere']);

/** The command text of a message that has files and no words: `sent gap.png`. */
export function sentFiles(names: readonly string[]): string {
  return `sent ${names.length === 0 ? 'a file' : names.join(', ')}`;
}

/** What an event says of files, after the name of whoever sent them. */
export function filesAdded(files: readonly SentFile[]): string {
  const names = files.map(({ name }) => name).filter((name) => name !== '');
  return `added ${counted(files.length, 'file')}${names.length === 0 ? '' : `: ${names.join(', ')}`}`;
}

/** A file of an item as `show` lists it: `gap.png (84 kB, image/png), 14:02 Anna`. */
export function fileWords({ name, type, bytes: size, by, at }: FileOfItem, reader: Reader): Inline[] {
  return phrase`${name} (${bytes(size)}, ${type}), ${moment(at, reader.now, reader.timezone)} ${reader.nameOf(by)}`;
}

/** The reply to a command, with what became of the files that came with it. */
export function withFiles(
  reply: Reply,
  items: readonly Pick<WorkItem, 'project' | 'number'>[],
  kept: readonly SentFile[],
  missing: readonly MissingFile[],
): Reply {
  const said = kept.map(({ name, bytes: size }) => `${name} (${bytes(size)})`).join(', ');
  const again = items.length === 0 ? '' : ' Reply to this message with the file to send it again.';
  return {
    ...reply,
    body: join(
      reply.body,
      ...(kept.length === 0 ? [] : [line(`${kept.length === 1 ? 'File' : 'Files'} kept for its agents: ${said}.`)]),
      ...missing.map(({ name, why }) => line(`✗ ${name} is missing: ${TROUBLES[why]}.${FOR_GOOD.has(why) ? '' : again}`)),
    ),
  };
}

/** The reply to a command that takes no files, to a message with some. */
export function withoutFiles(reply: Reply, count: number): Reply {
  const what = count === 1 ? 'The file was not kept' : 'The files were not kept';
  return {
    ...reply,
    body: join(reply.body, line(`${what}: send files with `, code('comment'), ', ', code('tell'), ' or ', code('create'), '.')),
  };
}

/** To files without words that belong to no item. */
export function whichItemForFiles(): Reply {
  return refused(
    'which-item',
    'Which item is the file for? Reply with it to a message about the item, or send it again with ',
    code('comment 42'),
    ' as its caption.',
  );
}
