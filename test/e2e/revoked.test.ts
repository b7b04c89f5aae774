import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { Bench } from './harness.ts';

let bench: Bench;
afterEach(() => bench.close());

test('a right that was taken away is gone with the next start, and the open question with it', async () => {
  bench = new Bench({});
  const toml = readFileSync(join(bench.dir, 'bot.toml'), 'utf8');
  const withRole = (role: string): void => bench.write('bot.toml', `${toml}\n[roles]\nadmin = []\n${role}\n`);
  withRole('operator = ["console:local"]');
  const first = await bench.run('create story Keep me', 'delete 1');
  expect(first.out).toContain('Reply `yes` or `no`.');
  withRole('viewer = ["console:local"]');
  const second = await bench.run('yes', 'delete 1', 'show 1');
  expect(second.out).toContain('There is no question for you to answer here.');
  expect(second.out).toContain('needs the role operator in shop; you are viewer.');
  // Given back within the five minutes, the old question is not.
  withRole('operator = ["console:local"]');
  const third = await bench.run('yes', 'show 1');
  expect(third.out).toContain('There is no question for you to answer here.');
  expect(bench.item(1).deletedAt).toBeNull();
});
