import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { demoSettings } from '../src/app/demo.ts';
import { greeting } from '../src/app/lifecycle/greeting.ts';
import { musherVersion, packageRoot } from '../src/version.ts';

/*
 * Records what the demo prints and writes it into README.md, in place of what stands there: `npm run recording`. The
 * commands are those that README.md shows; test/readme.test.ts compares the two.
 */

const README = join(packageRoot(), 'README.md');
const HOME = '/home/anna/.local/state/musher/demo';
/** Its answer marks the end of what a command has printed. */
const MARK = 'ping';
const MARKED = /^pong \(.*\)\n/m;

let readme = readFileSync(README, 'utf8');

const session = /```text\n(Musher \d[^]*?)```/.exec(readme)?.[1] ?? '';
const typed = Array.from(session.matchAll(/^demo> (.+)$/gm), ([, command = '']) => command);
const script = typed.flatMap((command) => [command, ...waitFor(command), MARK]);
const printed = (await record(script, '0')).split(MARKED);
const turns = typed.map((command, index) => `demo> ${command}\n${printed[index] ?? ''}`);
readme = readme.replace(session, () => greeting(demoSettings(HOME), musherVersion()) + turns.join(''));

const [, batch = '', shown = ''] = /--data \.\/demo-data <<'END'\n([^]*?)END\n```\n\n```text\n([^]*?)```/.exec(readme) ?? [];
if (shown !== '') readme = readme.replace(shown, '');
if (batch !== '') {
  const output = await record(batch.split('\n'), '2');
  readme = readme.replace(/(END\n```\n\n```text\n)(```)/, (_, before: string, after: string) => before + output + after);
}
writeFileSync(README, readme);

/** A started item is followed to its merge. */
function waitFor(command: string): string[] {
  const [, item] = /^start (\d+)$/.exec(command) ?? [];
  return item === undefined ? [] : [`wait ${item} done 120`];
}

/** What the demo prints to a script; `seconds` is how long its agents think. */
async function record(lines: readonly string[], seconds: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'musher-recording-'));
  try {
    const launcher = join(packageRoot(), 'bin', 'musher.js');
    const env = { PATH: process.env['PATH'], HOME: folder, MUSHER_DEMO_SECONDS: seconds };
    const child = spawn(process.execPath, [launcher, 'run', '--batch', '--data', join(folder, 'demo')], {
      cwd: folder,
      env,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')));
    child.stdin.end(`${lines.join('\n')}\n`);
    const code = await new Promise((resolve) => child.once('close', resolve));
    if (code !== 0) throw new Error(`The demo ended with ${String(code)}`);
    return output;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
