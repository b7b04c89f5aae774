import { userInfo } from 'node:os';
import { resolve } from 'node:path';
import { MusherError } from '../errors.ts';

/**
 * The home folder of whoever runs Musher, absolute. An empty HOME counts as none: paths below it would be those of the
 * root, or of the current folder. Throws MusherError DATA_DIR_UNUSABLE if the system knows none either.
 */
export function homeFolder(env: NodeJS.ProcessEnv): string {
  const named = env['HOME'] ?? '';
  if (named !== '') return resolve(named);
  try {
    return userInfo().homedir;
  } catch (cause) {
    throw new MusherError(
      'DATA_DIR_UNUSABLE',
      'There is no home folder: HOME is not set, and the system does not know this user.',
      'Set HOME, or choose a folder with --data DIR.',
      { cause },
    );
  }
}
