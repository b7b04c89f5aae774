import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { type Attack, ATTACKS } from '../../src/sandbox/attacks.ts';
import { type Tried, trySandbox } from '../../src/app/sandboxes.ts';
import { BWRAP, MISSING } from './sandboxed.ts';

// Line 21 of what must hold, attack by attack. Each guard is taken out in test/slow/sandbox-guards.test.ts.

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'musher attacks-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

function tryIt(program: string): Promise<Tried> {
  const sandbox = { kind: 'bubblewrap', allowHosts: [], read: [], write: [], problem: null } as const;
  return trySandbox({ name: 'shop', path: join(dir, 'shop'), sandbox }, program, join(dir, 'data'), process.env, systemClock());
}

describe.skipIf(MISSING !== null)(`a sandbox${MISSING === null ? '' : ` (${MISSING})`}`, () => {
  let tried: Tried;
  beforeAll(async () => {
    tried = await tryIt(BWRAP);
  });

  const REASONS: Readonly<Record<Attack, RegExp>> = {
    'read-outside': /ENOENT/,
    'write-outside': /ENOENT|its own temporary files/,
    'plant-hook': /EROFS/,
    'plant-config': /EROFS/,
    'plant-filter': /EROFS/,
    'plant-worktree-config': /EROFS/,
    'swap-git-file': /EBUSY/,
    'swap-common-dir': /EROFS/,
    'move-base': /Read-only file system/,
    'move-other-branch': /Read-only file system/,
    'destroy-objects': /EROFS/,
    'host-loopback': /ECONNREFUSED/,
    'host-network': /only its own loopback/,
    'unlisted-host': /is not in allow_hosts/,
    'host-processes': /all of its own/,
    'host-kill': /ESRCH/,
    // The kernel's own refusal where Musher is no root, the sandbox's where it is.
    'kernel-settings': /EROFS|EACCES/,
    'own-output': /ENXIO/,
    descriptors: /nothing is open/,
    outlive: /it died with the sandbox/,
    'honest-commit': /honest work/,
  };

  it.each(Object.keys(ATTACKS) as Attack[])('holds, for the expected reason: %s', (attack) => {
    const result = tried.results.find((one) => one.attack === attack);
    expect(result?.words).toMatch(REASONS[attack]);
    expect(result?.held).toBe(true);
  });

  it('is whole', () => {
    expect(tried.problem).toBeNull();
    expect(tried.box).not.toBeNull();
  });
});
