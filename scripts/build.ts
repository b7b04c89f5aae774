import { cpSync, existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { execaSync } from 'execa';

/**
 * `npm run build`: JavaScript for the published package, because Node runs no TypeScript below `node_modules`. Files
 * that are no code are copied beside it, so that paths relative to a source file hold in `dist` as well.
 */
const root = join(import.meta.dirname, '..');
const dist = join(root, 'dist');
const FOLDERS = ['src', 'transports', 'commands', 'demo'];

rmSync(dist, { recursive: true, force: true });
const { exitCode } = execaSync('tsc', ['-p', 'tsconfig.build.json'], { cwd: root, preferLocal: true, stdio: 'inherit', reject: false });
if (exitCode !== 0) process.exit(exitCode ?? 1);
for (const folder of FOLDERS.filter((name) => existsSync(join(root, name)))) {
  for (const entry of readdirSync(join(root, folder), { recursive: true, withFileTypes: true })) {
    const from = join(entry.parentPath, entry.name);
    if (entry.isFile() && !entry.name.endsWith('.ts')) cpSync(from, join(dist, from.slice(root.length)));
  }
}
