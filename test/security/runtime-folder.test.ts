import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { claudeRuntime } from '../../src/agents/runtimes/claude/claude.ts';
import { codexRuntime } from '../../src/agents/runtimes/codex/codex.ts';
import { geminiRuntime } from '../../src/agents/runtimes/gemini/gemini.ts';
import { opencodeRuntime } from '../../src/agents/runtimes/opencode/opencode.ts';
import type { Runtime } from '../../src/agents/runtimes/runtime.ts';
import { sandboxed } from '../../src/agents/supervision/sandboxed.ts';
import type { Box } from '../../src/sandbox/box.ts';
import { write } from '../git/owner.ts';
import { BWRAP, MISSING } from './sandboxed.ts';

// A runtime's own folder holds settings and hooks that the owner's next session obeys.

let dir: string;
let home: string;

describe.skipIf(MISSING !== null)(`a runtime’s folder in a sandbox${MISSING === null ? '' : ` (${MISSING})`}`, () => {
  beforeEach(() => {
    dir = realpathSync(mkdtempSync(join(tmpdir(), 'musher folder-')));
    home = join(dir, 'home');
    for (const name of ['work', 'run', 'account']) mkdirSync(join(dir, name), { recursive: true });
    write(home, {
      '.claude/.credentials.json': 'login',
      '.claude/settings.json': '{}',
      '.claude/history.jsonl': 'private',
      '.ssh/id': 'key',
    });
    write(join(dir, 'account'), { '.credentials.json': 'login of the account' });
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  async function inside(script: string, env: Record<string, string> = {}, runtime: Runtime = claudeRuntime): Promise<string> {
    const box: Box = { program: BWRAP, allowHosts: [], read: [], write: [], home, path: process.env['PATH'] ?? '', secret: [] };
    const started = await sandboxed(
      { box, mounts: [], stateDir: join(dir, 'state'), ports: [] },
      {
        file: 'sh',
        args: ['-c', script],
        env: { PATH: '/usr/bin:/bin', ...env },
        worktree: '/tmp',
        runDir: join(dir, 'run'),
        stdin: null,
        reads: [],
        runtime,
      },
    );
    if (!started.ok) throw started.error;
    const { file, args } = started.value;
    const done = spawnSync(file, args, { env: started.value.env, encoding: 'utf8' });
    return `${done.stdout}${done.stderr}`.trim();
  }

  it('has the login of the real one, and nothing else of it', async () => {
    expect(
      await inside('echo $CLAUDE_CONFIG_DIR; ls -A "$CLAUDE_CONFIG_DIR"; cat "$CLAUDE_CONFIG_DIR/.credentials.json"; ls -A "$HOME"'),
    ).toBe(`${join(home, '.claude')}\n.credentials.json\nlogin.claude`);
  });

  it.each([
    { runtime: codexRuntime, folder: '.codex', login: 'auth.json', seen: 'auth.json' },
    { runtime: opencodeRuntime, folder: '.local/share/opencode', login: 'auth.json', seen: 'auth.json' },
    // Without its settings Gemini CLI does not know how somebody is signed in.
    { runtime: geminiRuntime, folder: '.gemini', login: 'oauth_creds.json', seen: 'oauth_creds.json\nsettings.json' },
  ])('is so for $runtime.name, whose settings nothing inside can change', async ({ runtime, folder, login, seen }) => {
    const files = { [login]: 'login', 'settings.json': '{}', 'config.toml': 'private', 'opencode.json': '{}' };
    write(home, Object.fromEntries(Object.entries(files).map(([name, text]) => [`${folder}/${name}`, text])));
    expect(await inside(`cd "$HOME/${folder}" && ls -A`, { HOME: home }, runtime)).toBe(seen);
    await inside(`cd "$HOME/${folder}" && for f in *.json *.toml; do echo evil > $f; done`, { HOME: home }, runtime);
    expect(readFileSync(join(home, folder, login), 'utf8')).toBe('evil\n');
    expect(readFileSync(join(home, folder, 'settings.json'), 'utf8')).toBe('{}');
  });

  it('keeps what the runtime remembers, and none of it comes out', async () => {
    await inside('echo session > "$CLAUDE_CONFIG_DIR/session"; echo hook > "$CLAUDE_CONFIG_DIR/settings.json"; echo x > "$HOME/.bashrc"');
    expect(await inside('cat "$CLAUDE_CONFIG_DIR/session"')).toBe('session');
    expect(readFileSync(join(home, '.claude/settings.json'), 'utf8')).toBe('{}');
    expect(existsSync(join(home, '.claude/session')) || existsSync(join(home, '.bashrc'))).toBe(false);
  });

  it('lets a login be renewed in place', async () => {
    await inside('echo renewed > "$CLAUDE_CONFIG_DIR/.credentials.json"');
    expect(readFileSync(join(home, '.claude/.credentials.json'), 'utf8')).toBe('renewed\n');
  });

  it('is another one for each account', async () => {
    const account = join(dir, 'account');
    expect(
      await inside('cat "$CLAUDE_CONFIG_DIR/.credentials.json"; echo; echo a > "$CLAUDE_CONFIG_DIR/mine"', { CLAUDE_CONFIG_DIR: account }),
    ).toBe('login of the account');
    expect(await inside('ls "$CLAUDE_CONFIG_DIR"')).toBe('');
  });
});
