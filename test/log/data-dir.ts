import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A new private directory that is removed when the test has ended. */
export function dataDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'musher-log-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}
