import { mkdirSync, mkdtempSync, readFileSync, readdirSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { PngMaker } from '../../src/pictures/png/png-maker.ts';
import { pictures } from '../pictures/pictures.ts';

const ROOT = join(import.meta.dirname, '../..');
/** What a plain machine has. No Python and no compiler: nothing may have to be built when Musher is installed. */
const TOOLS = ['node', 'npm', 'npx', 'git', 'sh', 'env'];

/** The person's own PATH, without what npm put in front of it for this test: their Node, not Musher's. */
const path = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => !folder.includes('node_modules'));

describe('the published package', () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'musher-package-')));
  const [tools, home, place] = ['tools', 'home', 'place'].map((name) => join(folder, name)) as [string, string, string];
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** A command on the plain machine, in an empty HOME. */
  const on = async (cwd: string, program: string, ...args: string[]) =>
    execa(join(tools, program), args, {
      cwd,
      env: { PATH: tools, HOME: home, npm_config_cache: join(folder, 'cache') },
      extendEnv: false,
      reject: false,
      stdin: 'ignore',
    });

  const musher = async (cwd: string, ...words: string[]) => on(cwd, 'npx', '--no-install', '--prefix', place, 'musher', ...words);

  let files: string[] = [];
  let installed: Awaited<ReturnType<typeof on>> | null = null;

  beforeAll(async () => {
    for (const made of [tools, home, place]) mkdirSync(made);
    for (const tool of TOOLS) {
      const { stdout } = await execa('which', [tool], { env: { PATH: path.join(delimiter) } });
      symlinkSync(realpathSync(stdout), join(tools, tool));
    }
    const packed = await execa('npm', ['pack', '--json', '--pack-destination', folder], { cwd: ROOT, stderr: 'inherit' });
    const json = packed.stdout.slice(packed.stdout.search(/^[[{]/m));
    files = [...json.matchAll(/"path": "([^"]+)"/g)].map((match) => match[1] ?? '');
    const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? 'missing';
    installed = await on(place, 'npm', 'install', '--no-audit', '--no-fund', join(folder, tarball));
  });

  it('holds built JavaScript, the launcher, the examples and what pages need, and neither sources nor tests', () => {
    expect(files).toEqual(
      expect.arrayContaining([
        'bin/musher.js',
        'bin/load.js',
        'bin/package.json',
        'dist/src/main.js',
        'dist/src/pictures/png/draw-process.js',
        'bot.toml.example',
        'demo/repository/README.md',
      ]),
    );
    // What browsers get is no source of the program: it is sent as it is.
    const sources = files.filter((file) => /^(?:src|test|scripts|transports|commands)\/|\.ts$/.test(file));
    expect(sources.filter((file) => !file.startsWith('src/pages/assets/'))).toEqual([]);
    expect(sources).toContain('src/pages/assets/base.css');
  });

  it('installs without building anything', () => {
    expect(installed).toMatchObject({ exitCode: 0 });
  });

  it('runs on whatever Node is there', async () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
    const answer = await musher(place, '--version');
    expect(answer).toMatchObject({ exitCode: 0, stdout: version });
  });

  it('sets up a fresh repository and finds what a start needs', async () => {
    const shop = join(folder, 'shop');
    mkdirSync(shop);
    const git = async (...args: string[]) => on(shop, 'git', '-c', 'user.name=Anna', '-c', 'user.email=anna@example.org', ...args);
    await git('init', '--quiet', '--initial-branch=main');
    await git('commit', '--quiet', '--allow-empty', '--message', 'First');
    const init = await musher(shop, 'init', shop);
    expect(init).toMatchObject({ exitCode: 0 });
    expect(init.stdout).toContain(`npx musher run --config ${shop}/bot.toml`);
    const doctor = await musher(shop, 'doctor', '--config', join(shop, 'bot.toml'));
    expect(doctor.stdout).toContain('ok    sqlite: ');
    expect(doctor.stdout).toContain('ok    project shop: ');
    // All that is missing on this plain machine is the agent's own program.
    expect(doctor.stdout.split('\n').filter((line) => line.startsWith('FAIL'))).toEqual([
      expect.stringContaining('claude is not on the PATH'),
    ]);
  });

  it('draws pictures with the fonts and the program that were installed', async () => {
    const errors: unknown[] = [];
    const program = join(place, 'node_modules/musher/dist/src/pictures/png/draw-process.js');
    const maker = new PngMaker({ clock: systemClock(), report: (error) => errors.push(error), program });
    const drawn = await maker.draw(pictures('#12 Fix the login').board);
    maker.stop();
    expect(errors).toEqual([]);
    expect(drawn?.width).toBeGreaterThan(0);
  });

  it('brings the demo', async () => {
    const input = 'status\nstart 1\nwait 1 done 120\ngit\n';
    const { stdout, stderr, exitCode } = await execa(
      join(place, 'node_modules/.bin/musher'),
      ['run', '--batch', '--data', join(folder, 'data')],
      {
        cwd: place,
        env: { PATH: tools, HOME: home },
        extendEnv: false,
        reject: false,
        input,
      },
    );
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatch(/ merged into /);
  });
});
