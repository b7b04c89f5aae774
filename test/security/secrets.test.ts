import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { Bench, create, succeeded } from '../e2e/harness.ts';
import { CONFIGURED, inContext, SHAPED } from '../redaction/canaries.ts';

let bench: Bench;
afterEach(() => bench.close());

/** Every file below a folder. */
function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile() === true);
}

test('17: thirty secrets that people type, agents print and gates print are in no log, event, room or transcript', async () => {
  // What a person types is one line each; and a few that are no text of a chat.
  const own = CONFIGURED.filter((secret) => !/["\\\n$]/.test(secret));
  const typed = [...SHAPED.map(([name, secret]) => inContext(name, secret).replaceAll('\n', '\\n')), ...own];
  const env = Object.fromEntries(CONFIGURED.map((_, i) => [`SECRET_${i}`, `file:../secrets/${i}`]));
  bench = new Bench({
    top: 'max_retries = 0',
    agents: { a: { stage: 'current', env } },
    gates: { print: 'cat {repo}/../secrets/*' },
  });
  for (const [i, secret] of CONFIGURED.entries()) bench.write(`secrets/${i}`, secret);
  for (const [i, [name, secret]] of SHAPED.entries()) bench.write(`secrets/shaped-${i}`, `\n${inContext(name, secret)}\n`);
  const reveal = CONFIGURED.map((_, i) => `reveal SECRET_${i}`).join('; ');
  const out = await bench.run(
    create('Prints all', `coder: write a.txt a; commit; ${reveal}; usage 1 1 0; success`),
    'start 1',
    'wait 1 done 90',
    create('Fails with one', `coder: reveal SECRET_0 failure; usage 1 1 0`),
    'start 2',
    'wait 2 blocked 90',
    ...typed.map((text) => `create story Use ${text}`),
    ...typed.map((text) => `edit 1 notes It says ${text}`),
    'show 1',
    'show 2',
    'logs 1',
    'logs 2',
    'history 1',
    'why 2',
    'status',
  );
  const all = [...SHAPED.map(([, secret]) => secret), ...CONFIGURED];
  expect(all).toHaveLength(30);
  const base64 = CONFIGURED.map((secret) => Buffer.from(`user:${secret}`).toString('base64'));
  const kept = filesIn(bench.data).filter((path) => !path.includes('/git/') && !path.includes('/worktrees/'));
  expect(kept.length).toBeGreaterThan(8);
  const rooms = out.raw + out.err;
  const hits: string[] = [];
  for (const secret of [...all, ...base64]) {
    const forms = [secret, JSON.stringify(secret).slice(1, -1)];
    hits.push(...kept.filter((path) => forms.some((form) => readFileSync(path).includes(form))));
    if (rooms.includes(secret)) hits.push(`a room: ${secret.slice(0, 4)}`);
  }
  expect(hits).toEqual([]);
  // It was not for want of printing.
  expect(out.raw).toContain('used [redacted: configured secret]');
  expect(bench.item(3).title).toBe('Use [redacted: GitHub token]');
});

test("20: a secret in an item's diff blocks the merge until a person who was told of it accepts", async () => {
  const [[, token] = ['', '']] = SHAPED;
  const leak = 'cp ../../../../token config.ts && git add . && git -c user.name=a -c user.email=a@b commit -qm x';
  bench = new Bench({ top: 'qa = "human"', agents: { a: { stage: 'current', command: ['sh', '-c', leak] } } });
  bench.write('token', `key = "${token}"\n`);
  const out = await bench.run(
    create('Leaks'),
    'start 1',
    'wait 1 qa 60',
    'approve 1',
    'wait 1 reviewHeld 60',
    'accept 1',
    'wait 1 done 60',
  );
  expect(succeeded(out)).toContain('its diff may contain a secret (GitHub token in config.ts:1)');
  expect(out.raw).not.toContain(token);
  expect(bench.filesAt('main')['config.ts']).toContain(token);
});
