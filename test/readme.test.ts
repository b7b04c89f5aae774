import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { demoSettings } from '../src/demo.ts';
import { greeting } from '../src/lifecycle/greeting.ts';
import { musherVersion } from '../src/version.ts';
import { LAUNCHER, ROOT, sandbox } from './cli/sandbox.ts';

/** The texts that README.md shows, against the demo as it runs: word by word but for times, commits and how lines are wrapped. */

const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
const transcript = /```text\n(Musher \d[^]*?)```/.exec(readme)?.[1] ?? '';

/** What differs from run to run becomes a word; wrapping and the widths of columns go. */
function stable(text: string): string {
  return text
    .replaceAll(/\b[0-9a-f]{10}\b/g, 'COMMIT')
    .replaceAll(/\b\d\d:\d\d\b/g, 'TIME')
    .replaceAll(/\b\d+(?:\.\d)? s\b|\b\d+ min\b/g, 'SPAN')
    .replaceAll(/-{3,}/g, '---')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

test('the first words of the demo are those that README.md shows', () => {
  const shown = transcript.slice(0, transcript.indexOf('demo> '));
  const path = /\((.+)\)/.exec(shown)?.[1] ?? '';
  const settings = demoSettings(join(path, '..'));
  expect(shown).toBe(greeting(settings, musherVersion()));
});

test('what is typed into the demo is answered as README.md shows', async () => {
  const { folder, home } = sandbox();
  const turns = [...transcript.matchAll(/^demo> (.+)\n([^]*?)(?=^demo> |$(?![^]))/gm)].map(([, typed = '', shown = '']) => ({
    typed,
    shown,
  }));
  expect(turns.map(({ typed }) => typed)).toEqual(['status', 'start 1', 'show 1']);
  const script = turns.flatMap(({ typed }) => (typed.startsWith('start ') ? [typed, `wait ${typed.slice(6)} done 120`] : [typed]));
  const { PATH = '' } = process.env;
  const { stdout, stderr, exitCode } = await execa(process.execPath, [LAUNCHER, 'run', '--batch', '--data', join(folder, 'demo')], {
    cwd: folder,
    env: { PATH, HOME: home, MUSHER_DEMO_SECONDS: '0' },
    extendEnv: false,
    reject: false,
    input: `${script.join('\n')}\n`,
  });
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(stable(stdout)).toBe(stable(turns.map(({ shown }) => shown).join('\n')));
});
