import { randomBytes } from 'node:crypto';
import { open, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';

/** A disk with less room than this is full: nothing that git does there can be relied on. */
const ROOM_BYTES = 1024 * 1024;

/**
 * Tries whether so much can be written in each folder as git needs for anything. Throws the system's error where it can't: no
 * room, no quota, a read-only or broken disk. What programs say of that is no proof, because agents choose their words.
 */
export async function checkRoom(folders: readonly string[]): Promise<void> {
  for (const folder of folders) {
    // git itself clears away what has such a name.
    const file = join(folder, `tmp_obj_musher_${randomBytes(4).toString('hex')}`);
    try {
      const handle = await open(file, 'wx', 0o600);
      try {
        await handle.writeFile(Buffer.alloc(ROOM_BYTES, 1));
      } finally {
        await handle.close();
      }
    } finally {
      await rm(file, { force: true });
    }
  }
}

/** The same from the disks' free space alone, cheap enough to ask often: quotas and broken disks don't show. Also throws where no file can be opened any more. */
export async function lookForRoom(folders: readonly string[]): Promise<void> {
  for (const folder of folders) {
    await open(folder).then((file) => file.close());
    const { bavail, bsize, files, ffree } = await statfs(folder);
    // Some file systems have no fixed number of files, and say 0.
    if (bavail * bsize < ROOM_BYTES || (files > 0 && ffree === 0))
      throw Object.assign(new Error(`ENOSPC: no space left on device, ${folder}`), { code: 'ENOSPC' });
  }
}
