import { join } from 'node:path';
import { chmodSync, writeFileSync } from 'node:fs';
import { afterEach, expect, test } from 'vitest';
import { Bench, create, succeeded } from './harness.ts';

let bench: Bench;
afterEach(() => bench.close());

/** A project whose one coder is a program by the name of Claude Code, which does this. */
function withProgram(script: string): void {
  bench = new Bench({ top: 'max_coders = 1\nmax_retries = 0', agents: {} });
  const file = join(bench.dir, 'claude');
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  bench.append('shop/.musher/project.toml', `\n[[agent]]\nname = "a"\nstage = "current"\nruntime = "claude"\ncommand = ["${file}"]\n`);
  bench.git(['commit', '-qam', 'an agent']);
}
const RETRY = '{"type":"system","subtype":"api_retry","attempt":1,"max_retries":10,"error_status":401,"error":"authentication_failed"}';
const count = (out: string, what: RegExp): number => out.match(what)?.length ?? 0;

test('nobody signed in is seen before the run: no process of it, no attempt, one notice that says what to type', async () => {
  withProgram(`[ "$1 $2" = "auth status" ] && { echo '{"loggedIn": false}'; exit 1; }\ntouch "$(dirname "$0")/flags/ran"`);
  const out = succeeded(
    await bench.run(create('One'), create('Two'), 'start 1', 'start 2', 'wait 1 ratelimited 30', 'why 1', 'why 2', 'health'),
  );
  expect(bench.raised('ran')).toBe(false);
  expect(bench.only('run.ended', 1).map(({ payload }) => payload.reason)).toEqual(['signed-out']);
  expect(bench.item(1)).toMatchObject({ attempts: 0, failure: null, stage: { name: 'current' } });
  // One account: the other item does not find it out once more.
  expect(bench.runs(2)).toEqual([]);
  expect(bench.others('account.limited').map(({ payload }) => payload)).toMatchObject([{ news: true, signIn: 'claude auth login' }]);
  // The notice, and the line of `health`.
  expect(count(out, /claude auth login/g)).toBe(2);
});

test('a key that the service refuses ends the run at once, and is no attempt', async () => {
  withProgram(`[ "$1" = auth ] && exit 1\ncat > /dev/null\necho '${RETRY}'\nsleep 300`);
  succeeded(await bench.run(create('One'), 'start 1', 'wait 1 ratelimited 30'));
  expect(bench.only('run.ended', 1).map(({ payload }) => payload.reason)).toEqual(['signed-out']);
  expect(bench.item(1)).toMatchObject({ attempts: 0, failure: null });
  expect(bench.others('account.limited')).toHaveLength(1);
});

test('doctor says who has to sign in, and how', async () => {
  withProgram(`[ "$1 $2" = "auth status" ] && { echo '{"loggedIn": false}'; exit 1; }\necho 2.1.329`);
  bench.append('bot.toml', `\n[[account]]\nname = "main"\nruntime = "claude"\nconfig_dir = "login of main"\n`);
  const { code, out } = await bench.callHere('doctor', '--config', join(bench.dir, 'bot.toml'));
  expect(code).toBe(1);
  expect(out).toMatch(/FAIL +account main: .*Claude Code.* CLAUDE_CONFIG_DIR='.*login of main' claude auth login/);
});
