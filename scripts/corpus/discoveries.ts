import { line } from '../../src/message/build.ts';
import { plainText } from '../../src/message/plain.ts';
import type { Discovery } from '../../src/pipeline/why/discovery.ts';
import { discoveryWords } from '../../src/words/recovery.ts';
import { COMMIT, n } from './facts.ts';
import type { Said } from './said.ts';

export const DISCOVERIES: { readonly [K in Discovery['kind']]: Discovery & { readonly kind: K } } = {
  'stray-folder': { kind: 'stray-folder', folder: 'worktrees/shop/77', to: 'quarantine/2026-11-21/shop/77' },
  'dead-lock': { kind: 'dead-lock', lock: 'refs/heads/musher/3-blocked.lock', to: 'quarantine/2026-11-21/shop/locks/3-blocked.lock' },
  'branch-restored': { kind: 'branch-restored', item: n(3), head: COMMIT },
  'commit-kept': { kind: 'commit-kept', item: n(3), head: COMMIT, snapshot: 2 },
  'branch-lost': { kind: 'branch-lost', item: n(3), head: COMMIT },
  'unknown-branch': { kind: 'unknown-branch', branch: 'musher/99-of-another' },
  'blocking-lock': { kind: 'blocking-lock', lock: 'packed-refs.lock' },
  'not-configured': { kind: 'not-configured', items: 3, open: 2 },
  'not-compared': { kind: 'not-compared' },
};

/** What is said of each thing that a start can find beside the log. */
export function discoverySaid(): Said[] {
  return Object.values(DISCOVERIES).map((found) => ({
    of: `discovery ${found.kind}`,
    text: plainText(line(...discoveryWords({ ...found, project: 'shop' })), { width: 1_000 }),
  }));
}
