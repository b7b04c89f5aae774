/**
 * Loaded into the real program before its own code (`NODE_OPTIONS=--import`): at SIGUSR2 it collects garbage and
 * writes down what the process holds then.
 */
import { renameSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import v8 from 'node:v8';
import { runInNewContext } from 'node:vm';

const { MUSHER_PROBE: file = '' } = process.env;
delete process.env['NODE_OPTIONS'];
v8.setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const sample = setTimeout(() => undefined, 0);
const Timeout = sample.constructor as new () => unknown;
clearTimeout(sample);

/** Also timers that do not keep the process; those that are over are not counted, as they lie in no list any more. */
const timers = (): number => v8.queryObjects(Timeout, { format: 'count' });

process.on('SIGUSR2', () => void tell());

async function tell(): Promise<void> {
  // What was just let go of is often held until the next turn.
  for (let round = 0; round < 3; round++) {
    collect();
    await sleep(50);
  }
  collect();
  const { rss, heapUsed } = process.memoryUsage();
  const handles = process.getActiveResourcesInfo().filter((name) => name !== 'Timeout');
  writeFileSync(`${file}.new`, JSON.stringify({ rss, heapUsed, timers: timers(), handles: handles.length }));
  renameSync(`${file}.new`, file);
}
