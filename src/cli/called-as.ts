import { join, relative, sep } from 'node:path';
import { shellWord } from './terminal.ts';

/** How and from where Musher was called. */
export interface Call {
  readonly calledAs: string;
  readonly cwd: string;
}

/**
 * Finds out how the person called Musher: through npm in a checkout, through npx, as an installed program, or by
 * its launcher's path. npm changes into the package's folder and tells in `INIT_CWD` where the person was.
 */
export function readCall(env: NodeJS.ProcessEnv, cwd: string, packageRoot: string, launcher: string): Call {
  if (env['npm_package_json'] === join(packageRoot, 'package.json') && env['npm_lifecycle_event'] !== 'npx') {
    const from = env['INIT_CWD'] ?? cwd;
    const below = relative(packageRoot, from);
    const isInside = below !== '..' && !below.startsWith(`..${sep}`);
    return {
      calledAs: isInside ? 'npm run --silent musher --' : `npm --prefix ${shellWord(packageRoot)} run --silent musher --`,
      cwd: from,
    };
  }
  if (env['npm_command'] === 'exec') return { calledAs: 'npx musher', cwd };
  const isOnPath = (env['PATH'] ?? '').split(':').some((folder) => folder !== '' && launcher === join(folder, 'musher'));
  return { calledAs: isOnPath ? 'musher' : `node ${shellWord(join(packageRoot, 'bin', 'musher.js'))}`, cwd };
}
