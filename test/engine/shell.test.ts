import { NOTHING_SECRET } from '../../src/redaction/redactor.ts';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { processesOf } from '../../src/agents/process/table.ts';
import { systemClock } from '../../src/clock.ts';
import { digest, runShell, type ShellCommand, type ShellResult } from '../../src/engine/shell.ts';

const MB = 1024 * 1024;
let dir = '';
let marker = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'musher-shell-'));
  marker = `test-${randomUUID()}`;
});
afterEach(async () => {
  const left = await processesOf({ marker, pid: -1, pidStart: null });
  for (const { pid } of left) process.kill(pid, 'SIGKILL');
  rmSync(dir, { recursive: true, force: true });
  if (left.length > 0) throw new Error(`processes left behind: ${JSON.stringify(left)}`);
});

const output = (): string => join(dir, 'logs', 'out.log');
function shell(command: string, change: Partial<ShellCommand> = {}): Promise<ShellResult> {
  const signal = new AbortController().signal;
  return runShell({
    command,
    cwd: dir,
    env: {},
    timeoutMs: 60_000,
    marker,
    output: output(),
    sandbox: null,
    signal,
    clock: systemClock(),
    redactor: NOTHING_SECRET,
    ...change,
  });
}

describe('a command of the owner', () => {
  it('has both its outputs in the file, and its exit code', async () => {
    expect(await shell('echo out; echo err >&2; exit 3')).toMatchObject({ exitCode: 3, timedOut: false, printedTooMuch: false });
    expect(readFileSync(output(), 'utf8')).toBe('out\nerr\n');
  });

  it.each([
    ['that ends when it is asked', `yes "$(printf '%01000d' 0)"`, 256],
    // To read so much again for each of them would show nothing new.
    ['that is deaf', `trap '' TERM; yes "$(printf '%01000d' 0)"`, 16],
    ['that prints from the background', `setsid yes "$(printf '%01000d' 0)" & sleep 300`, 16],
  ])('%s is ended before its output fills the disk', async (_, command, most) => {
    const result = await shell(command, most === 256 ? {} : { outputBytes: most * MB });
    expect(result).toMatchObject({ exitCode: null, timedOut: false, printedTooMuch: true });
    // At once, not after the time that a polite end may take.
    expect(result.durationMs).toBeLessThan(30_000);
    expect(statSync(output()).size).toBeLessThan((most + 1) * MB);
    expect((await digest(output(), 100)).tail).toContain(`[Cut off at ${most} MB.]`);
  });

  it('may print much', async () => {
    expect(await shell('head -c 200000000 /dev/zero; sleep 1.2; echo end')).toMatchObject({ exitCode: 0, printedTooMuch: false });
  });
});
