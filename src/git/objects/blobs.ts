import type { OwnDir } from '../own-dir.ts';

/** The bytes of files' contents by their object names, at most `maxBytes` together; those that did not fit are missing. */
export async function readBlobs(git: OwnDir, blobs: readonly string[], maxBytes: number): Promise<ReadonlyMap<string, Buffer>> {
  const found = new Map<string, Buffer>();
  if (blobs.length === 0) return found;
  const { stdout } = await git.run(['cat-file', '--batch', '--buffer'], { input: `${blobs.join('\n')}\n`, maxBytes });
  for (let at = 0; at < stdout.length;) {
    const end = stdout.indexOf('\n', at);
    const header = /^([0-9a-f]+) blob (\d+)$/.exec(stdout.toString('latin1', at, end === -1 ? stdout.length : end));
    // `… missing`, or something that is no file.
    if (header === null) {
      at = end === -1 ? stdout.length : end + 1;
      continue;
    }
    const [, name = '', size = '0'] = header;
    const from = end + 1;
    const to = from + Number(size);
    if (to > stdout.length) break;
    found.set(name, stdout.subarray(from, to));
    at = to + 1;
  }
  return found;
}
