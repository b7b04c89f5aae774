import { chmodSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';

const MEMORY = '/dev/shm';
/** What `statfs` says of a file system in memory (`TMPFS_MAGIC` of linux/magic.h). */
const TMPFS = 0x01021994;
/** All tests together hold some hundred MB at a time. */
const ENOUGH_BYTES = 2 * 1024 ** 3;

/**
 * The quick tests make thousands of small repositories and logs, and each commit of git's or the log's waits for the disk: a
 * third of their time. A process that is killed loses nothing that it wrote, on a disk or not, so the place for temporary
 * files is one in memory where the system has room there. Removed at the end.
 */
export default function inMemory(): (() => void) | undefined {
  if (!hasRoom()) return undefined;
  const folder = mkdtempSync(join(MEMORY, 'musher-tests-'));
  // As `/tmp` is: some tests start programs as another user.
  chmodSync(folder, 0o1777);
  const before = process.env['TMPDIR'];
  process.env['TMPDIR'] = folder;
  return () => {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  };
}

function hasRoom(): boolean {
  try {
    const { type, bavail, bsize } = statfsSync(MEMORY);
    return type === TMPFS && bavail * bsize > ENOUGH_BYTES;
  } catch {
    return false;
  }
}
