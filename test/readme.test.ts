import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { demoSettings } from '../src/app/demo.ts';
import { greeting } from '../src/app/lifecycle/greeting.ts';
import { musherVersion } from '../src/version.ts';
import { ROOT, sandbox } from './cli/sandbox.ts';
import { LAUNCHER } from './setup/programs.ts';

/** What README.md shows, compared with the demo as it runs, except for times, commits, money and line breaks. */

const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
const transcript = /```text\n(Musher \d[^]*?)```/.exec(readme)?.[1] ?? '';

/** What differs from run to run becomes a word; wrapping and the widths of columns go. */
function stable(text: string): string {
  return text
    .replaceAll(/\b[0-9a-f]{8}\b/g, 'COMMIT')
    .replaceAll(/\$\d+\.\d+/g, 'MONEY')
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

/** What the demo prints to a script. */
async function run(script: string, seconds = '0'): Promise<string> {
  const { folder, home } = sandbox();
  const { PATH = '' } = process.env;
  const { stdout, stderr, exitCode } = await execa(process.execPath, [LAUNCHER, 'run', '--batch', '--data', join(folder, 'demo')], {
    cwd: folder,
    env: { PATH, HOME: home, MUSHER_DEMO_SECONDS: seconds },
    extendEnv: false,
    reject: false,
    input: script,
  });
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  return stdout;
}

test('what is typed into the demo is answered as README.md shows', async () => {
  const turns = [...transcript.matchAll(/^demo> (.+)\n([^]*?)(?=^demo> |$(?![^]))/gm)].map(([, typed = '', shown = '']) => ({
    typed,
    shown,
  }));
  expect(turns.map(({ typed }) => typed)).toEqual(['status', 'start 1']);
  const script = turns.flatMap(({ typed }) => (typed.startsWith('start ') ? [typed, `wait ${typed.slice(6)} done 120`] : [typed]));
  expect(stable(await run(`${script.join('\n')}\n`))).toBe(stable(turns.map(({ shown }) => shown).join('\n')));
});

/** The lines about each of the two items. Which one conflicts is a race, so they are told apart by that. */
function ofEach(told: string): Record<string, string[]> {
  const lines = told
    .trim()
    .split(/\n(?=(?:\S )?#\d )/)
    .map(stable);
  const numberIn = (line: string): string => /#(\d)/.exec(line)?.[1] ?? '';
  const second = numberIn(lines.find((line) => line.includes('conflicts with')) ?? '');
  const whose = (line: string): string => (numberIn(line) === second ? 'the second' : 'the first');
  const nameless = (line: string): string => line.replace(/#\d /, '').replaceAll(/Greet in \w+/g, 'Greet');
  return Object.fromEntries(['the first', 'the second'].map((item) => [item, lines.filter((line) => whose(line) === item).map(nameless)]));
}

test('the script in README.md prints what README.md shows', async () => {
  const [, script = '', shown = ''] = /--data \.\/demo-data <<'END'\n([^]*?)END\n```\n\n```text\n([^]*?)```/.exec(readme) ?? [];
  expect(script).toContain('wait 5 done');
  // The agents think long enough for both to start before either is merged, on any machine.
  const patient = script.replaceAll(/(?<= done )\d+/g, '200');
  expect(ofEach(await run(patient, '2'))).toEqual(ofEach(shown));
}, 300_000);
