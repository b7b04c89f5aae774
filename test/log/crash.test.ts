import { spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, existsSync, statSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { Log } from '../../src/log/log.ts';
import { ownerOf, takeOwnership } from '../../src/log/owner.ts';
import { verifyAll } from '../../src/log/verify.ts';
import { dataDir } from './data-dir.ts';
import { databaseOf } from './database-of.ts';

/** Starts the process that owns a data directory, and ends it with the test where the test did not. */
function appender(dir: string, mode: 'append' | 'idle'): { child: ChildProcess; lines: AsyncIterator<string> } {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'appender.ts'), dir, mode], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  return { child, lines: createInterface({ input: child.stdout })[Symbol.asyncIterator]() };
}
async function killed(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  await once(child, 'close');
}

describe('a killed process', () => {
  it.each([1, 40, 250])('has kept every event that it acknowledged before the kill: %i', async (enough) => {
    const dir = dataDir();
    const { child, lines } = appender(dir, 'append');
    await lines.next();
    let acknowledged = 0;
    while (acknowledged < enough) acknowledged = Number((await lines.next()).value);
    const closed = killed(child);
    for (let line = await lines.next(); line.done !== true; line = await lines.next()) acknowledged = Number(line.value);
    await closed;

    const ownership = takeOwnership(dir);
    const log = Log.open(dir, systemClock());
    const events = log.reads.events(0, 100_000);
    // One more may be committed than could still be said.
    expect([acknowledged, acknowledged + 1]).toContain(events.length);
    expect(events.every((event, i) => event.kind === 'room.bound' && event.payload.room === `room ${i + 1}`)).toBe(true);
    expect(verifyAll(databaseOf(log))).toEqual({ events: events.length, differences: [] });
    log.close();
    ownership.release();
  });
});

describe('the owner of a data directory', () => {
  it('keeps a second one out, which says the first one’s pid', async () => {
    const dir = dataDir();
    const { child, lines } = appender(dir, 'idle');
    expect((await lines.next()).value).toBe(`owner ${child.pid}`);
    expect(() => takeOwnership(dir)).toThrow(
      expect.objectContaining({
        code: 'DATA_DIR_IN_USE',
        message: expect.stringContaining(`pid ${child.pid}`) as string,
        hint: expect.stringContaining(`kill ${child.pid}`) as string,
      }),
    );
    expect(ownerOf(dir)).toEqual({ pid: child.pid });
    await killed(child);
  });

  it('that was killed blocks nobody', async () => {
    const dir = dataDir();
    const { child, lines } = appender(dir, 'idle');
    await lines.next();
    await killed(child);
    expect(existsSync(join(dir, 'owner.pid'))).toBe(true);
    expect(ownerOf(dir)).toBeNull();
    takeOwnership(dir).release();
  });

  it('leaves it free when it is done', () => {
    const dir = dataDir();
    takeOwnership(dir).release();
    expect(ownerOf(dir)).toBeNull();
    takeOwnership(dir).release();
  });

  it('closes it to other users', () => {
    const dir = join(dataDir(), 'a', 'b');
    takeOwnership(dir).release();
    expect(statSync(dir).mode & 0o777).toBe(0o700);
    chmodSync(dir, 0o755);
    takeOwnership(dir).release();
    expect(statSync(dir).mode & 0o777).toBe(0o700);
  });
});
