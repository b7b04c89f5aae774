import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { CRASH_POINTS } from '../src/crash-point.ts';
import { NETWORKS } from '../transports/index.ts';

const ROOT = join(import.meta.dirname, '..');

it('each crash point stands at exactly one place in the code', () => {
  const used = ['src', 'transports', 'commands'].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .flatMap((file) =>
        Array.from(readFileSync(join(ROOT, folder, file), 'utf8').matchAll(/\bcrashPoint\('([^']+)'\)/g), ([, name]) => name ?? ''),
      ),
  );
  expect(new Set(used).size).toBe(used.length);
  expect(new Set(used)).toEqual(new Set([...CRASH_POINTS, ...NETWORKS.flatMap(({ crashPoints }) => crashPoints)]));
});
