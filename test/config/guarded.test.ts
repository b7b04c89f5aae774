import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadSettings } from '../../src/config/load.ts';
import { isGuarded } from '../../src/engine/merge/merge.ts';

let root = '';
beforeAll(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'musher-guarded-')));
  const write = (path: string, text: string): void => {
    mkdirSync(join(root, path, '..'), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  write(
    'shop/ops/musher.toml',
    '[[agent]]\nname = "a"\nstage = "coder"\nruntime = "command"\ncommand = ["true"]\nprompt = "file:linked/coder.md"\n',
  );
  write('shop/prompts/coder.md', 'Do {{title}}.\n');
  symlinkSync('prompts', join(root, 'shop', 'linked'));
  write('shop/bot.toml', '[[project]]\nname = "shop"\npath = "."\nfile = "ops/musher.toml"\n');
  write('elsewhere.toml', '');
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

it.each<[path: string, guarded: boolean, why: string]>([
  ['.musher/anything', true, 'Musher’s own folder'],
  ['ops/musher.toml', true, 'the project file, wherever it lies'],
  ['bot.toml', true, 'bot.toml inside a repository'],
  ['linked/coder.md', true, 'a prompt, by the name it was read under'],
  ['prompts/coder.md', true, 'the same prompt, where the link leads'],
  ['linked', true, 'the link on the way to it'],
  ['ops', true, 'a folder that became something else'],
  ['ops/other.toml', false, 'its neighbour'],
  ['prompts/coder.md.bak', false, 'a name that only begins so'],
  ['src/app.ts', false, 'the work itself'],
])('guards %s: %s (%s)', (path, guarded) => {
  const settings = loadSettings(join(root, 'shop', 'bot.toml'), { HOME: root });
  if (!settings.ok) throw settings.error;
  expect(isGuarded(path, settings.value.projects[0]?.guarded ?? [])).toBe(guarded);
});
