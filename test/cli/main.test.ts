import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { musher, ROOT, sandbox, write } from './sandbox.ts';

describe('musher', () => {
  it('tells its version', async () => {
    const { folder, home } = sandbox();
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
    expect(await musher(folder, home, ['--version'])).toMatchObject({ exitCode: 0, stdout: version, stderr: '' });
  });

  it('lists its subcommands', async () => {
    const { folder, home } = sandbox();
    const { exitCode, stdout } = await musher(folder, home, ['help']);
    expect(exitCode).toBe(0);
    for (const name of ['run', 'init', 'doctor', 'verify']) expect(stdout).toContain(`musher.js ${name}`);
  });

  it('answers a wrong call with the nearest right one, on the error output, and exit code 2', async () => {
    const { folder, home } = sandbox();
    const { exitCode, stdout, stderr } = await musher(folder, home, ['docter']);
    expect(exitCode).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^There is no subcommand "docter"; did you mean `doctor`\?\nSee all: node \S+ help$/);
  });

  it('prints no Slack manifest for an address that Slack cannot send to', async () => {
    const { folder, home } = sandbox();
    for (const url of ['bot.example.org/slack/events', 'http://bot.example.org/slack/events']) {
      const { exitCode, stdout, stderr } = await musher(folder, home, ['slack-manifest', '--url', url]);
      expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
      expect(stderr).toContain('https://bot.example.org/slack/events');
    }
  });

  it('prints a Slack manifest with the commands that the configuration makes, and says where it could not read it', async () => {
    const { folder, home } = sandbox();
    const gate =
      '[[gate]]\nname = "test"\ncommand = "true"\n[[agent]]\nname = "c"\nruntime = "command"\nstage = "current"\ncommand = ["true"]\n';
    write(folder, {
      'bot.toml': '[[project]]\nname = "shop"\npath = "shop"\n',
      'shop/.musher/project.toml': `${gate}[[report]]\nname = "coverage"\ncommand = "true"\n`,
    });
    const made = await musher(folder, home, ['slack-manifest']);
    expect(made.stderr).toBe('');
    expect(made.stdout).toContain('"/musher-coverage"');
    write(folder, { 'bot.toml': 'nmae = "x"\n' });
    const without = await musher(folder, home, ['slack-manifest']);
    expect(without.stdout).toContain('"/musher-status"');
    expect(without.stderr).toContain('[[report]] are left out');
  });

  it('tells a broken configuration without a stack, and exit code 1', async () => {
    const { folder, home } = sandbox();
    write(folder, { 'bot.toml': 'nmae = "x"\n' });
    const { exitCode, stderr } = await musher(folder, home, ['verify', '--config', 'bot.toml']);
    expect(exitCode).toBe(1);
    expect(stderr).toContain(`${folder}/bot.toml:1: nmae: unknown key; did you mean "name"?`);
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  it('verifies the log of the demo where nothing names another', async () => {
    const { folder, home } = sandbox();
    const { exitCode, stderr } = await musher(folder, home, ['verify']);
    expect(exitCode).toBe(1);
    expect(stderr).toContain(`There is no log in ${home}/.local/state/musher/demo.`);
  });

  it('shows the demo with a link to its page, and ends with its input', async () => {
    const { folder, home } = sandbox();
    const { exitCode, stdout } = await musher(folder, home, ['run']);
    expect(stdout).toMatch(/http:\/\/127\.0\.0\.1:\d+\/enter\/\S+/);
    expect(exitCode).toBe(0);
  });
});
