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

  let runs = 0;
  /** One run of a program; `resumes`: it goes on with the session `s1` of the run before. */
  async function inside(
    script: string,
    env: Record<string, string> = {},
    runtime: Runtime = claudeRuntime,
    resumes = false,
  ): Promise<string> {
    const homeOf = (run: number): string => join(dir, 'runs', String(run));
    runs += 1;
    const box: Box = { program: BWRAP, allowHosts: [], read: [], write: [], home, path: process.env['PATH'] ?? '', secret: [] };
    const started = await sandboxed(
      { box, mounts: [], homeDir: homeOf(runs), resumed: resumes ? { homeDir: homeOf(runs - 1), session: 's1' } : null, ports: [] },
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

  // Line 34 of what must hold.
  const PLANT = [
    'cd "$CLAUDE_CONFIG_DIR"; mkdir -p projects/shop/memory projects/other hooks',
    'echo evil | tee settings.json CLAUDE.md hooks/stop projects/shop/memory/MEMORY.md projects/shop/s2.jsonl projects/shop/settings.json >/dev/null',
    'echo session > projects/shop/s1.jsonl; ln -s /proc/1/environ projects/other/s1.jsonl; ln -s /etc projects/linked',
    'mkdir projects/folder projects/folder/s1.jsonl; mkfifo projects/s1.jsonl; echo x > "$HOME/.bashrc"',
  ].join('\n');

  it('is empty again for the next run, and none of it comes out', async () => {
    await inside(PLANT);
    expect(await inside('cd "$CLAUDE_CONFIG_DIR"; find . -type f')).toBe('./.credentials.json');
    expect(readFileSync(join(home, '.claude/settings.json'), 'utf8')).toBe('{}');
    expect(existsSync(join(home, '.claude/projects')) || existsSync(join(home, '.bashrc'))).toBe(false);
  });

  it('brings along the session that continues, and nothing else', async () => {
    await inside(PLANT);
    const seen = await inside('cd "$CLAUDE_CONFIG_DIR"; find . ! -type d | sort; cat projects/*/s1.jsonl', {}, claudeRuntime, true);
    expect(seen).toBe('./.credentials.json\n./projects/shop/s1.jsonl\nsession');
  });

  it.each([
    { runtime: codexRuntime, folder: '.codex', session: ['sessions/2026/11/30/rollout-2026-11-30T10-00-00-s1.jsonl'] },
    { runtime: opencodeRuntime, folder: '.local/share/opencode', session: ['opencode.db', 'opencode.db-wal'] },
    {
      runtime: geminiRuntime,
      folder: '.gemini',
      session: ['projects.json', 'tmp/shop/.project_root', 'tmp/shop/chats/session-2026-11-30T10-00-s1.jsonl'],
    },
  ])('is so for $runtime.name', async ({ runtime, folder, session }) => {
    const evil = ['AGENTS.md', 'GEMINI.md', 'config.toml', 'settings.json', 'hooks.json', 'plugin/x.js', 'memories_1.sqlite', 'tmp/shop/x'];
    const make = [...session, ...evil].map((file) => `mkdir -p $(dirname ${file}); echo x > ${file}`);
    await inside([`cd "$HOME/${folder}"`, ...make].join('; '), { HOME: home }, runtime);
    const seen = await inside(`cd "$HOME/${folder}"; find . -type f`, { HOME: home }, runtime, true);
    expect(seen.split('\n').toSorted()).toEqual(session.map((file) => `./${file}`).toSorted());
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
