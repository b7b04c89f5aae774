import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { DEMO_PROJECT } from '../../src/demo.ts';
import { benchAppend } from './append.ts';
import { benchCommands } from './commands.ts';
import { benchMatrix } from './matrix.ts';
import { table, type Row } from './measure.ts';
import { benchNotifications } from './notifications.ts';
import { benchRebuild, fill } from './rebuild.ts';
import { benchRecovery } from './recovery.ts';
import { benchSoak } from './soak.ts';
import { benchMemory } from './memory.ts';
import { benchSlack } from './slack.ts';
import { benchStart } from './start.ts';

/** `npm run bench [-- --events N]`: what Musher costs, as ratios against floors that are measured in the same run. */
const { values } = parseArgs({ options: { events: { type: 'string', default: '1000000' }, only: { type: 'string', default: '' } } });
const events = Number(values.events);
if (!Number.isSafeInteger(events) || events < 1_000) throw new Error('--events takes a whole number of at least 1000');
const wanted = (part: string): boolean => values.only === '' || values.only.split(',').includes(part);

const dir = mkdtempSync(join(tmpdir(), 'musher-bench-'));
const rows: Row[] = [];
const tell = (text: string): void => void process.stderr.write(`${text}\n`);
try {
  const [small, large] = [join(dir, 'small'), join(dir, 'large')];
  if (wanted('append')) {
    tell('appending …');
    rows.push(...benchAppend(dir));
  }
  if (wanted('rebuild') || wanted('commands') || wanted('start')) {
    tell(`making a log of ${events.toLocaleString('en')} events …`);
    mkdirSync(large, { mode: 0o700 });
    fill(large, DEMO_PROJECT, events);
  }
  if (wanted('rebuild')) {
    tell('rebuilding …');
    rows.push(benchRebuild(large));
  }
  if (wanted('start')) {
    tell('starting …');
    rows.push(...(await benchStart(large)));
  }
  if (wanted('commands')) {
    tell('asking …');
    mkdirSync(small, { mode: 0o700 });
    fill(small, DEMO_PROJECT, 1_000);
    rows.push(...(await benchCommands(dir, small, large)));
  }
  if (wanted('slack')) {
    tell('taking slash commands …');
    rows.push(await benchSlack(dir));
  }
  if (wanted('memory')) {
    tell('connecting to three networks …');
    rows.push(await benchMemory(dir));
  }
  if (wanted('recovery')) {
    tell('coming back …');
    rows.push(await benchRecovery());
  }
  if (wanted('notifications')) {
    tell('telling rooms …');
    rows.push(...(await benchNotifications()));
  }
  const leftOut: string[] = [];
  if (wanted('matrix')) {
    tell('writing to a homeserver …');
    const row = await benchMatrix(dir);
    if ('leftOut' in row) leftOut.push(`Left out, for want of a Synapse: a Matrix command until its reply. ${row.leftOut}`);
    else rows.push(row);
  }
  // Five minutes: only where it is asked for.
  if (values.only.split(',').includes('soak')) {
    tell('soaking …');
    rows.push(...(await benchSoak()));
  }
  process.stdout.write(table(rows));
  for (const text of leftOut) process.stdout.write(`${text}\n`);
} finally {
  rmSync(dir, { recursive: true, force: true });
}
