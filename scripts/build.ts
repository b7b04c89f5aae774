import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { execaSync } from 'execa';

/**
 * `npm run build`: JavaScript for the published package, because Node runs no TypeScript below `node_modules`. Files
 * that are no code are published where they are (`files` in package.json) and found from the package's root.
 */
const root = join(import.meta.dirname, '..');

// What was built from a source that is gone must not be published.
rmSync(join(root, 'dist'), { recursive: true, force: true });
const { exitCode } = execaSync('tsc', ['-p', 'tsconfig.build.json'], { cwd: root, preferLocal: true, stdio: 'inherit', reject: false });
process.exitCode = exitCode ?? 1;
