import { existsSync, mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { detectTests } from '../../src/cli/init/detect-tests.ts';
import { loadSettings } from '../../src/config/load.ts';
import { musher, musherHere, repository, sandbox, write } from './sandbox.ts';

const NODE = { 'package.json': '{"scripts":{"test":"vitest run"}}', 'package-lock.json': '{}' };

describe('musher init', () => {
  it('writes two files that are a valid configuration', async () => {
    const { folder, home } = sandbox();
    const shop = await repository(join(folder, 'My Shop'), { ...NODE, Makefile: 'test:\n\ttrue\n' });
    const { exitCode, stdout } = await musher(folder, home, ['init', 'My Shop']);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('Test command: npm test (from package.json); also found: make test');
    const settings = loadSettings(join(shop, 'bot.toml'), { HOME: home });
    expect(settings).toMatchObject({
      ok: true,
      value: {
        dataDir: join(home, '.local/state/musher/my-shop'),
        projects: [
          {
            name: 'my-shop',
            path: shop,
            baseBranch: 'trunk',
            gates: [{ name: 'test', command: 'npm test' }],
            components: [{ setup: ['npm ci'] }],
            agents: [{ role: 'coder', runtime: 'claude' }],
          },
        ],
      },
    });
  });

  it('says what to run next, in a command that works', async () => {
    const { folder, home } = sandbox();
    await repository(join(folder, "Anna's shop"), {});
    const { stdout } = await musherHere(folder, home, ['init', "Anna's shop"]);
    const next = /^ {2}(node .* doctor .*)$/m.exec(stdout)?.[1] ?? 'false';
    const answer = await execa(next, { shell: '/bin/sh', cwd: '/', env: { HOME: home }, reject: false });
    expect(answer.stdout).toContain(`ok    config: ${join(folder, "Anna's shop")}/bot.toml: project anna-s-shop`);
  });

  it('leaves comments that are valid when they are put in force', async () => {
    const { folder, home } = sandbox();
    const shop = await repository(join(folder, 'shop'), {});
    await musherHere(folder, home, ['init', 'shop']);
    const file = join(shop, '.musher/project.toml');
    const text = readFileSync(file, 'utf8').replaceAll(/^# (?=\[\[|[a-z_]+ = )/gm, '');
    write(shop, { '.musher/project.toml': text });
    const settings = loadSettings(join(shop, 'bot.toml'), { HOME: home, ANTHROPIC_API_KEY: 'k' });
    expect(settings).toMatchObject({
      ok: true,
      value: { projects: [{ agents: { length: 4 }, gates: { length: 1 }, components: { length: 1 } }] },
    });
  });

  it.each(['bot.toml', '.musher/project.toml'])('writes nothing at all when %s exists', async (name) => {
    const { folder, home } = sandbox();
    const shop = await repository(join(folder, 'shop'), { [name]: 'mine' });
    const { exitCode, stderr } = await musherHere(shop, home, ['init', '.']);
    expect(exitCode).toBe(1);
    expect(stderr).toContain(`${join(shop, name)} already exists; nothing was written.`);
    expect(readFileSync(join(shop, name), 'utf8')).toBe('mine');
    expect(existsSync(join(shop, name === 'bot.toml' ? '.musher' : 'bot.toml'))).toBe(false);
  });

  it('refuses a directory that is no repository, is not its root, or has no commit', async () => {
    const { folder, home } = sandbox();
    const shop = await repository(join(folder, 'shop'), { 'src/a.txt': '' });
    mkdirSync(join(folder, 'plain'));
    await execa('git', ['init', '--quiet', 'fresh'], { cwd: folder });
    const init = async (where: string) => (await musherHere(folder, home, ['init', where])).stderr;
    expect(await init('plain')).toContain('this is not a git repository');
    expect(await init('nowhere')).toContain(`There is no directory ${folder}/nowhere.`);
    expect(await init('shop/src')).toContain(`Use the root: ${shop}`);
    expect(await init('fresh')).toMatch(/has no commits yet.*\nMake a first commit/);
    expect(readdirSync(join(folder, 'fresh'))).toEqual(['.git']);
  });

  it('takes the main branch of the remote rather than the one checked out', async () => {
    const { folder, home } = sandbox();
    await repository(join(folder, 'origin'), {});
    await execa('git', ['clone', '--quiet', 'origin', 'shop'], { cwd: folder });
    await execa('git', ['switch', '--quiet', '--create', 'feature'], { cwd: join(folder, 'shop') });
    expect((await musherHere(folder, home, ['init', 'shop'])).stdout).toContain('Base branch: trunk');
  });

  it('takes a data directory that no other has', async () => {
    const { folder, home } = sandbox();
    await repository(join(folder, 'shop'), {});
    mkdirSync(join(home, '.local/state/musher/shop'), { recursive: true });
    expect((await musherHere(folder, home, ['init', 'shop'])).stdout).toContain('Data: ~/.local/state/musher/shop-2');
  });

  it('keeps the data out of a repository that is the home directory', async () => {
    const { folder, home } = sandbox();
    await repository(home, {});
    expect((await musherHere(folder, home, ['init', 'home'])).exitCode).toBe(0);
    expect(loadSettings(join(home, 'bot.toml'), { HOME: home })).toMatchObject({
      ok: true,
      value: { dataDir: join(folder, '.musher-home') },
    });
  });
});

describe('detectTests', () => {
  const first = (files: Readonly<Record<string, string>>): string => {
    const { folder } = sandbox();
    write(join(folder, 'r'), { 'README.md': '', ...files });
    const [best] = detectTests(join(folder, 'r'));
    return best === undefined ? 'none' : [best.command, ...best.setup].join(' | ');
  };
  const npm = (more: string): string => `{"scripts":{"test":"x"}${more}}`;

  it.each<[string, Readonly<Record<string, string>>, string]>([
    ['npm with a lock file', NODE, 'npm test | npm ci'],
    ['npm without one', { 'package.json': npm(',"devDependencies":{"a":"1"}') }, 'npm test | npm install --no-package-lock'],
    ['npm without dependencies', { 'package.json': npm('') }, 'npm test'],
    ['pnpm', { 'package.json': npm(''), 'pnpm-lock.yaml': '' }, 'pnpm test | pnpm install --frozen-lockfile'],
    ['yarn 1', { 'package.json': npm(''), 'yarn.lock': '' }, 'yarn test | yarn install --frozen-lockfile'],
    ['yarn 4', { 'package.json': npm(',"packageManager":"yarn@4.5.0"'), 'yarn.lock': '' }, 'yarn test | yarn install --immutable'],
    ['bun', { 'package.json': npm(''), 'bun.lock': '' }, 'bun run test | bun install --frozen-lockfile'],
    ["npm's placeholder", { 'package.json': '{"scripts":{"test":"echo \\"Error: no test specified\\" && exit 1"}}' }, 'none'],
    ['a broken package.json', { 'package.json': '{' }, 'none'],
    ['Rust', { 'Cargo.toml': '' }, 'cargo test'],
    ['Go', { 'go.mod': '' }, 'go test ./...'],
    ['Python', { 'pyproject.toml': '[tool.pytest]' }, 'python3 -m pytest'],
    ['Python with uv', { 'pyproject.toml': 'dev = ["pytest"]', 'uv.lock': '' }, 'uv run pytest | uv sync'],
    ['Python without tests', { 'setup.py': '' }, 'none'],
    ['Maven', { 'pom.xml': '' }, 'mvn -q test'],
    ['Gradle', { 'build.gradle.kts': '', gradlew: '' }, './gradlew test'],
    ['Elixir', { 'mix.exs': '' }, 'mix test | mix deps.get'],
    ['Ruby', { Gemfile: '', 'spec/a.rb': '' }, 'bundle exec rspec | bundle install'],
    ['make', { Makefile: 'all: x\ntest: all\n' }, 'make test'],
    ['make without tests', { Makefile: 'test := 1\ntests:\n' }, 'none'],
    ['nothing', {}, 'none'],
  ])('knows %s', (_, files, expected) => {
    expect(first(files)).toBe(expected);
  });
});
