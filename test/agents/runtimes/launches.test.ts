import { parse } from 'smol-toml';
import { describe, expect, it } from 'vitest';
import { codexRuntime } from '../../../src/agents/runtimes/codex/codex.ts';
import { geminiRuntime } from '../../../src/agents/runtimes/gemini/gemini.ts';
import { opencodeRuntime } from '../../../src/agents/runtimes/opencode/opencode.ts';
import type { Command, Launch, Runtime, RuntimeOptions } from '../../../src/agents/runtimes/runtime.ts';
import { launch } from '../launch.ts';

const ACCESS = { url: 'http://127.0.0.1:1/mcp', token: 'musher_not-a-secret' };
const started = (runtime: Runtime, change: Partial<Launch<RuntimeOptions>> = {}): Command =>
  runtime.prepare(launch({ command: runtime.command ?? [], ...change }));
const fileOf = (command: Command, name: string): string => command.files.find((file) => file.name === name)?.text ?? '';

describe.each([codexRuntime, opencodeRuntime, geminiRuntime])('how $name is started', (runtime) => {
  it('never has the prompt or the run’s token in an argument', () => {
    const { args, stdin } = started(runtime, { access: ACCESS });
    expect(args).not.toContain('--help');
    expect(stdin).toContain('--help');
    expect(args.join(' ')).not.toContain(ACCESS.token);
  });

  it('passes on words of its command, the model and the session', () => {
    const { file, args } = started(runtime, { command: ['/opt/agent', '--flag'], model: 'gpt-x', resumeSession: 'abc' });
    expect(file).toBe('/opt/agent');
    expect(args[0]).toBe('--flag');
    expect(args.join(' ')).toMatch(/--model gpt-x.*(?:resume|--session) abc/);
  });
});

describe('how Codex is started', () => {
  const GIT = ['/repo/.git/worktrees/42', '/repo/.git'];
  const argsOf = (change: Partial<Launch<RuntimeOptions>> = {}): readonly string[] =>
    started(codexRuntime, { gitDirs: GIT, ...change }).args;
  const settings = (args: readonly string[]): Record<string, unknown> =>
    parse(args.flatMap((arg, i) => (args[i - 1] === '--config' ? [arg] : [])).join('\n'));

  it('lets a coder write what a commit writes, and nothing else of the repository’s git', () => {
    const args = argsOf();
    const writable = args.filter((_, i) => args[i - 1] === '--add-dir');
    expect(args.join(' ')).toContain('--sandbox workspace-write');
    expect(writable).toEqual([GIT[0], '/repo/.git/objects', '/repo/.git/refs/heads/musher', '/repo/.git/logs']);
    const reviewer = argsOf({ role: 'qa', access: ACCESS });
    expect(reviewer.join(' ')).toContain('--sandbox read-only');
    expect(reviewer).not.toContain('--add-dir');
  });

  it('asks by a hook where somebody may be asked, and has no sandbox of its own inside of Musher’s', () => {
    const asking = started(codexRuntime, { access: ACCESS });
    expect(settings(asking.args)).toMatchObject({ approvals_reviewer: 'user', hooks: { PermissionRequest: [{ matcher: '*' }] } });
    expect(fileOf(asking, 'musher.json')).toContain(ACCESS.token);
    for (const change of [{ access: null }, { access: ACCESS, options: { permission: 'deny' } }, { access: ACCESS, role: 'qa' as const }]) {
      expect(argsOf(change)).not.toContain('--dangerously-bypass-hook-trust');
    }
    expect(argsOf({ access: ACCESS, sandboxed: true })).toContain('--dangerously-bypass-approvals-and-sandbox');
    expect(argsOf({ access: ACCESS })).not.toContain('--dangerously-bypass-approvals-and-sandbox');
  });

  it('writes any text as one value of its configuration', () => {
    const systemPrompt = 'Say "hi"\\\n\u0000\u007f\'\'\' """ = [x]\n[hooks]';
    expect(settings(argsOf({ systemPrompt, effort: 'high' }))).toMatchObject({
      developer_instructions: systemPrompt,
      model_reasoning_effort: 'high',
      shell_environment_policy: { exclude: expect.arrayContaining(['MUSHER_MCP_TOKEN', 'CODEX_API_KEY']) as unknown },
    });
    expect(settings(argsOf({ systemPrompt: 'half \ud800' }))).toMatchObject({ developer_instructions: 'half \ufffd' });
  });
});

describe('how opencode is started', () => {
  const config = (change: Partial<Launch<RuntimeOptions>> = {}): Record<string, unknown> =>
    JSON.parse(fileOf(started(opencodeRuntime, change), 'opencode.json')) as Record<string, unknown>;

  it('denies what is not listed, so that no question ends the run', () => {
    expect(config({})['permission']).toMatchObject({ '*': 'deny', edit: 'allow', bash: { '*': 'deny', 'git commit*': 'allow' } });
    const reviewer = config({ role: 'qa' })['permission'] as Record<string, unknown>;
    expect(reviewer).not.toHaveProperty('edit');
    expect(reviewer['bash']).not.toHaveProperty('git commit*');
    const own = config({ options: { allowed_tools: ['read', 'bash(npm test*)', 'bash(make (all|x))'] } })['permission'];
    expect(own).toEqual({
      '*': 'deny',
      'musher*': 'allow',
      read: 'allow',
      bash: { '*': 'deny', 'npm test*': 'allow', 'make (all|x)': 'allow' },
    });
    expect(config({ options: { allowed_tools: ['bash', 'bash(ls*)'] } })['permission']).toMatchObject({ bash: 'allow' });
    expect(config({ sandboxed: true })['permission']).toBe('allow');
  });

  it('reads no settings of the worktree, and works in it whatever PWD says', () => {
    const { args, env } = started(opencodeRuntime, { worktree: '/work tree' });
    expect(env).toMatchObject({ OPENCODE_DISABLE_PROJECT_CONFIG: '1', OPENCODE_CONFIG: '/run/opencode.json' });
    expect(args.join('\n')).toContain('--dir\n/work tree\n');
  });
});

describe('how Gemini CLI is started', () => {
  const rules = (change: Partial<Launch<RuntimeOptions>> = {}): readonly Record<string, unknown>[] =>
    parse(fileOf(started(geminiRuntime, change), 'gemini-policy.toml'))['rule'] as unknown as readonly Record<string, unknown>[];

  it('denies what is not listed, by a policy that nothing in the worktree outranks', () => {
    const coder = rules();
    expect(coder).toContainEqual({ toolName: 'run_shell_command', commandPrefix: 'git commit', decision: 'allow', priority: 500 });
    expect(coder.at(-1)).toEqual({ toolName: '*', decision: 'deny', priority: 1 });
    expect(rules({ role: 'qa' }).map(({ toolName, commandPrefix }) => commandPrefix ?? toolName)).not.toEqual(
      expect.arrayContaining(['git commit']),
    );
    expect(rules({ role: 'qa' }).map(({ toolName }) => toolName)).not.toContain('write_file');
    const own = rules({ options: { allowed_tools: ['read_file', 'run_shell_command(npm "x")'] } });
    expect(own.slice(1, 3)).toMatchObject([{ toolName: 'read_file' }, { commandPrefix: 'npm "x"' }]);
  });

  it('is given settings by which the worktree’s own can start nothing', () => {
    const command = started(geminiRuntime, { access: ACCESS, limits: { turns: 7, microUsd: null } });
    expect(JSON.parse(fileOf(command, 'gemini-settings.json'))).toMatchObject({
      hooksConfig: { enabled: false },
      tools: { discoveryCommand: '', callCommand: '' },
      mcp: { allowed: ['musher'], serverCommand: '' },
      model: { maxSessionTurns: 7 },
      mcpServers: { musher: { httpUrl: ACCESS.url } },
    });
    expect(command.env).toEqual({ GEMINI_CLI_SYSTEM_SETTINGS_PATH: '/run/gemini-settings.json' });
  });
});

describe('whether somebody is signed in', () => {
  const probe = (env: Record<string, string>, files: Record<string, string>, answer = { code: 0, stdout: '', stderr: '' }) => ({
    env,
    args: [],
    home: '/home/ada',
    ask: () => Promise.resolve(answer),
    read: (path: string) => files[path] ?? null,
  });
  it.each([
    ['codex', codexRuntime, {}, {}, { code: 1, stdout: '', stderr: 'WARNING: x\nNot logged in\n' }, 'out'],
    ['codex', codexRuntime, {}, {}, { code: 0, stdout: '', stderr: 'Logged in using ChatGPT\n' }, 'in'],
    ['codex', codexRuntime, {}, {}, { code: 2, stdout: '', stderr: 'error: unrecognized subcommand' }, 'unknown'],
    ['codex with a key', codexRuntime, { CODEX_API_KEY: 'x' }, {}, { code: 1, stdout: '', stderr: 'Not logged in' }, 'in'],
    [
      'codex with a provider of its own',
      codexRuntime,
      { CODEX_HOME: '/c' },
      { '/c/config.toml': 'model = "x"\nmodel_provider = "own"\n' },
      { code: 1, stdout: '', stderr: 'Not logged in' },
      'unknown',
    ],
    ['opencode', opencodeRuntime, {}, { '/home/ada/.local/share/opencode/auth.json': '{\n "anthropic": {}\n}' }, undefined, 'in'],
    ['opencode', opencodeRuntime, {}, { '/home/ada/.local/share/opencode/auth.json': '{}' }, undefined, 'unknown'],
    ['gemini', geminiRuntime, {}, {}, undefined, 'out'],
    ['gemini', geminiRuntime, { GEMINI_API_KEY: 'x' }, {}, undefined, 'in'],
    ['gemini', geminiRuntime, {}, { '/home/ada/.gemini/oauth_creds.json': '{}' }, undefined, 'in'],
    ['gemini', geminiRuntime, { GEMINI_CLI_HOME: '/g' }, { '/g/.gemini/settings.json': '{}' }, undefined, 'unknown'],
  ] as const)('%s', async (_name, runtime, env, files, answer, expected) => {
    expect(await runtime.doctor.signedIn?.(probe(env, files, answer))).toBe(expected);
  });

  it('is not asked of Codex where its command names another provider', async () => {
    const out = { code: 1, stdout: '', stderr: 'Not logged in' };
    for (const args of [['--config', 'model_provider="own"'], ['--profile', 'own'], ['--oss']]) {
      expect(await codexRuntime.doctor.signedIn?.({ ...probe({}, {}, out), args })).toBe('unknown');
    }
    expect(await codexRuntime.doctor.signedIn?.({ ...probe({}, {}, out), args: ['--search'] })).toBe('out');
  });
});
