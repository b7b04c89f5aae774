import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RUNTIMES } from '../../src/agents/runtimes/index.ts';
import { claudeRuntime } from '../../src/agents/runtimes/claude/claude.ts';
import { signedIn, signInWords } from '../../src/agents/sign-in.ts';
import { SignIns } from '../../src/engine/run/sign-ins.ts';
import { agentSettings } from './run-fixture.ts';
import { jumpingClock } from './jumping-clock.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'musher-sign-in-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** A program of that name which prints this, and notes how it was called. */
function program(name: string, prints: string): string {
  mkdirSync(dir, { recursive: true });
  const file = join(dir, name);
  writeFileSync(file, `#!/bin/sh\necho "$@" >> '${join(dir, 'calls')}'\ncat <<'END'\n${prints}\nEND\n`, { mode: 0o755 });
  return file;
}
const agent = (command: string) => agentSettings({ runtime: claudeRuntime.name, command: [command] });
const OWN = { PATH: '/usr/bin:/bin', HOME: '/nowhere' };

describe('whether somebody is signed in', () => {
  it.each([
    ['{\n  "loggedIn": true,\n  "authMethod": "claude.ai"\n}', 'in'],
    ['{"loggedIn": false}', 'out'],
    ['error: unknown command', 'unknown'],
    ['{"loggedIn": "perhaps"}', 'unknown'],
  ])('is read from what Claude Code prints: %s', async (prints, expected) => {
    expect(await signedIn(agent(program('claude', prints)), {}, OWN)).toBe(expected);
  });

  it('is not asked of a wrapper, which might begin to work', async () => {
    expect(await signedIn(agent(program('my-claude', '{"loggedIn": false}')), {}, OWN)).toBe('unknown');
    expect(existsSync(join(dir, 'calls'))).toBe(false);
  });

  it('has words to type for each runtime that has a login', () => {
    const words = RUNTIMES.filter(({ doctor }) => doctor.signedIn !== null).map((runtime) =>
      signInWords(agentSettings({ runtime: runtime.name, command: [...(runtime.command ?? [])] }), {}),
    );
    expect(words.length).toBeGreaterThan(1);
    expect(words.filter((text) => text === '')).toEqual([]);
  });
});

describe('before a run', () => {
  it('is believed for some minutes, and looked at again after a refusal', async () => {
    const clock = jumpingClock();
    const signIns = new SignIns(clock, OWN);
    const one = agent(program('claude', '{"loggedIn": true}'));
    expect(await signIns.mayStart(one, 'main')).toBe(true);
    program('claude', '{"loggedIn": false}');
    expect(await signIns.mayStart(one, 'main')).toBe(true);
    expect(await signIns.mayStart(one, 'spare')).toBe(false);
    clock.jump(11 * 60_000);
    expect(await signIns.mayStart(one, 'main')).toBe(false);
    program('claude', '{"loggedIn": true}');
    expect(await signIns.mayStart(one, 'main')).toBe(true);
    signIns.forget(one, 'main');
    program('claude', '{"loggedIn": false}');
    expect(await signIns.mayStart(one, 'main')).toBe(false);
  });
});
