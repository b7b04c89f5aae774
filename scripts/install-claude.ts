import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/** The version against which the runtime `claude` is proven. */
const VERSION = '2.1.329';
const CACHE = new URL('../node_modules/.cache/', import.meta.url).pathname;

/**
 * Installs Claude Code from the npm registry into a cache folder and returns the path of its program. It is no
 * dependency of Musher: only `npm run test:claude` wants it. No install script runs; the program itself comes in
 * the package for this platform.
 */
export function installClaude(): string {
  const dir = join(CACHE, `claude-code-${VERSION}`);
  if (!existsSync(dir)) {
    // Into a folder beside it first: an install that was broken off must not look like one that is complete.
    const fresh = `${dir}.${process.pid}`;
    mkdirSync(fresh, { recursive: true });
    writeFileSync(join(fresh, 'package.json'), '{"private":true}\n');
    execFileSync('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--no-save', `@anthropic-ai/claude-code@${VERSION}`], {
      cwd: fresh,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    rmSync(dir, { recursive: true, force: true });
    renameSync(fresh, dir);
  }
  const packages = [
    `@anthropic-ai/claude-code-${process.platform}-${process.arch}`,
    `@anthropic-ai/claude-code-${process.platform}-${process.arch}-musl`,
  ];
  const find = createRequire(join(dir, 'package.json'));
  for (const name of packages) {
    try {
      const program = join(find.resolve(`${name}/package.json`), '..', 'claude');
      if (existsSync(program)) return program;
    } catch {
      // Not the package of this platform.
    }
  }
  throw new Error(`Claude Code ${VERSION} has no program for ${process.platform} on ${process.arch}.`);
}
