import { spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { identify, isAlive, parsePs, parseStat } from '../../../src/agents/process/identity.ts';

it('reads group, session and start of a process whatever its name holds', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 15 }), fc.nat(), fc.nat(), fc.nat(), (name, group, session, ticks) => {
      const text = `123 (${name}) S 1 ${group} ${session} 0 -1 4194304 0 0 0 0 0 0 0 0 20 0 1 0 ${ticks} 0 0\n`;
      expect(parseStat(text, 'boot')).toEqual({ pid: 123, group, session, start: `${ticks}@boot`, zombie: false });
    }),
  );
});

it('reads nothing from what is no stat line', () => {
  for (const text of ['', 'x', '1 (a', '1 a) S 1', ')(']) expect(parseStat(text, '')).toBeNull();
});

it('reads what ps prints on macOS', () => {
  expect(parsePs('  501   500 S+   Sat Nov 21 05:14:07 2026     node x.js')).toEqual({
    pid: 501,
    group: 500,
    session: 0,
    start: 'Sat Nov 21 05:14:07 2026',
    zombie: false,
  });
  expect(parsePs('')).toBeNull();
});

it('tells a living process from an ended one and from another with its number', async () => {
  const child = spawn('/bin/sleep', ['300']);
  await once(child, 'spawn');
  const pid = child.pid ?? 0;
  const start = identify(pid);
  expect(start).not.toBeNull();
  expect(isAlive(pid, start)).toBe(true);
  expect(isAlive(pid, `${start}0`)).toBe(false);
  expect(isAlive(pid, null)).toBe(false);
  child.kill('SIGKILL');
  await once(child, 'close');
  expect(isAlive(pid, start)).toBe(false);
});
