import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { systemClock, type Clock } from '../../src/clock.ts';
import { PngMaker } from '../../src/pictures/png/png-maker.ts';
import { PICTURE_LIMITS } from '../../src/pictures/png/limits.ts';
import { removeFolder } from '../../src/remove-folder.ts';
import { testClock } from '../commands/harness.ts';
import { eventually } from '../eventually.ts';
import { NAUGHTY, pictures } from './pictures.ts';

const SIGNATURE = '89504e470d0a1a0a';
const BOARD = pictures('#12 Fix the login').board;

describe('PNG of a picture', () => {
  let maker: PngMaker | null = null;
  const errors: unknown[] = [];
  const open = (program?: string, clock: Clock = systemClock()): PngMaker => {
    errors.length = 0;
    maker = new PngMaker({ clock, report: (error) => errors.push(error), ...(program === undefined ? {} : { program }) });
    return maker;
  };
  afterEach(() => maker?.stop());

  /** A drawing program that does something else. It notes its process in the file `pid` beside it. */
  const other = (code: string): { readonly program: string; readonly pid: () => number } => {
    const folder = mkdtempSync(join(tmpdir(), 'musher-pictures-'));
    onTestFinished(async () => {
      await removeFolder(folder);
    });
    const program = join(folder, 'draw.mjs');
    const file = join(folder, 'pid');
    writeFileSync(
      program,
      `import { writeFileSync } from 'node:fs';\nwriteFileSync(${JSON.stringify(file)}, String(process.pid));\n${code}`,
    );
    return { program, pid: () => (existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0) };
  };

  it('is made of each kind, within the limits, and the same each time', async () => {
    const png = open();
    for (const picture of Object.values(pictures('#12 Fix the login'))) {
      const one = await png.draw(picture);
      expect(errors).toEqual([]);
      expect(one?.png.subarray(0, 8).toString('hex')).toBe(SIGNATURE);
      expect([one?.png.readUInt32BE(16), one?.png.readUInt32BE(20)]).toEqual([one?.width, one?.height]);
      expect(Math.max(one?.width ?? 0, one?.height ?? 0)).toBeLessThanOrEqual(PICTURE_LIMITS.side);
      expect(await png.draw(picture)).toEqual(one);
    }
  });

  it('is made of whatever people write', async () => {
    const png = open();
    for (const said of NAUGHTY) {
      const { board, graph } = pictures(said.slice(0, 3_000));
      expect(await png.draw(board)).not.toBeNull();
      expect(await png.draw(graph)).not.toBeNull();
    }
    expect(errors).toEqual([]);
  });

  it('stays within the limits where there is very much to draw', async () => {
    const nodes = Array.from({ length: 150 }, (_, number) => ({ number, tone: 'waiting' as const, title: `#${number}`, detail: '' }));
    const one = await open().draw({
      of: 'graph',
      title: 'x',
      note: '',
      nodes,
      edges: nodes.slice(1).map(({ number }) => [number - 1, number]),
    });
    expect(Math.max(one?.width ?? 0, one?.height ?? 0)).toBe(PICTURE_LIMITS.side);
    expect(await open().draw(pictures('x'.repeat(PICTURE_LIMITS.facts)).board)).toBeNull();
    expect(errors.map(String)).toEqual([expect.stringContaining('too much is asked for')]);
  });

  it('is none where the drawing program crashes, and the next one is drawn by a new process', async () => {
    const { program } = other(
      `process.on('message', ({ id, picture }) => picture.title === 'crash' ? process.abort() : process.send({ id, png: Buffer.from('ok'), width: 1, height: 1 }));\nprocess.send('ready');`,
    );
    const png = open(program);
    const [crashed, next] = await Promise.all([png.draw(pictures('crash').board), png.draw(BOARD)]);
    expect(crashed).toBeNull();
    expect(next?.png.toString()).toBe('ok');
    expect(errors).toHaveLength(1);
  });

  it('is none where it takes too long, and the process is gone', async () => {
    const clock = testClock();
    const { program, pid } = other(`process.on('message', () => { for (;;); });\nprocess.send('ready');`);
    const drawn = open(program, clock).draw(BOARD);
    await eventually(() => expect(pid()).toBeGreaterThan(0));
    let settled = false;
    void drawn.then(() => (settled = true));
    // Once for the start and once for the drawing, whichever of them it is at.
    await eventually(() => {
      clock.move(PICTURE_LIMITS.timeMs);
      expect(settled).toBe(true);
    });
    expect(await drawn).toBeNull();
    await eventually(() => expect(() => process.kill(pid(), 0)).toThrow('ESRCH'));
  });

  it('is none where the program takes too much memory', async () => {
    const { program } = other(
      `process.on('message', () => { const all = []; for (;;) all.push(new Array(1e6).fill(all.length)); });\nprocess.send('ready');`,
    );
    expect(await open(program).draw(BOARD)).toBeNull();
    expect(errors.map(String)).toEqual([expect.stringContaining('ended by itself')]);
  });

  it('is none where the program is not there, or answers with something too large', async () => {
    expect(await open('/nowhere/draw.mjs').draw(BOARD)).toBeNull();
    const { program } = other(
      `process.on('message', ({ id }) => process.send({ id, png: Buffer.alloc(${PICTURE_LIMITS.bytes + 1}), width: 1, height: 1 }));\nprocess.send('ready');`,
    );
    expect(await open(program).draw(BOARD)).toBeNull();
  });

  it('needs a process only while pictures are asked for', async () => {
    const clock = testClock();
    const { program, pid } = other(
      `process.on('message', ({ id }) => process.send({ id, png: Buffer.from('ok'), width: 1, height: 1 }));\nprocess.send('ready');`,
    );
    const png = open(program, clock);
    expect(pid()).toBe(0);
    await png.draw(BOARD);
    const first = pid();
    await png.draw(BOARD);
    expect(pid()).toBe(first);
    clock.move(PICTURE_LIMITS.idleMs);
    await eventually(() => expect(() => process.kill(first, 0)).toThrow('ESRCH'));
    expect(await png.draw(BOARD)).not.toBeNull();
    expect(pid()).not.toBe(first);
    expect(errors).toEqual([]);
  });

  it('is none for anybody once it is stopped', async () => {
    const png = open(other(`process.on('message', () => {});\nprocess.send('ready');`).program);
    const waiting = [png.draw(BOARD), png.draw(BOARD)];
    png.stop();
    expect(await Promise.all(waiting)).toEqual([null, null]);
    expect(await png.draw(BOARD)).toBeNull();
    expect(errors).toEqual([]);
  });

  it('knows nothing of Musher’s environment', async () => {
    process.env['MUSHER_TEST_SECRET'] = 'a secret';
    onTestFinished(() => void delete process.env['MUSHER_TEST_SECRET']);
    const { program } = other(
      `process.on('message', ({ id }) => process.send({ id, png: Buffer.from(JSON.stringify(process.env)), width: 1, height: 1 }));\nprocess.send('ready');`,
    );
    expect((await open(program).draw(BOARD))?.png.toString()).not.toContain('MUSHER_TEST_SECRET');
  });
});
