import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { DEMO_PROJECT } from '../../src/app/demo.ts';
import { benchAppend } from './append.ts';
import { benchCommands } from './commands.ts';
import { benchMatrix } from './matrix.ts';
import { table, type Row } from './measure.ts';
import { benchNotifications } from './notifications.ts';
import { benchRebuild, fill } from './rebuild.ts';
import { benchRecovery } from './recovery.ts';
import { benchPipeline } from './pipeline.ts';
import { benchScale } from './scale.ts';
import { benchSoak } from './soak.ts';
import { benchPictures } from './pictures.ts';
import { benchMemory } from './memory.ts';
import { benchSlack } from './slack/slack.ts';
import { benchStart } from './start.ts';
import { benchWeb } from './web.ts';

/** `npm run bench [-- --events N]`: what Musher costs, as ratios against floors that are measured in the same run. */
const { values } = parseArgs({ options: { events: { type: 'string', default: '1000000' }, only: { type: 'string', default: '' } } });
const events = Number(values.events);
if (!Number.isSafeInteger(events) || events < 1_000) throw new Error('--events takes a whole number of at least 1000');
const wanted = (part: string): boolean => values.only === '' || values.only.split(',').includes(part);

const dir = mkdtempSync(join(tmpdir(), 'musher-bench-'));
const rows: Row[] = [];
const tell = (text: string): void => void process.stderr.write(`${text}\n`);
const notMeasured: string[] = [];
/** Measures one part; where that breaks down, the others are measured all the same and the table says what is missing. */
const measure = async (
  part: string,
  doing: string,
  work: () => Promise<readonly Row[]> | readonly Row[],
  asked = wanted(part),
): Promise<void> => {
  if (!asked) return;
  tell(`${doing} …`);
  try {
    rows.push(...(await work()));
  } catch (error) {
    notMeasured.push(`Not measured: ${part}. ${error instanceof Error ? error.message : String(error)}`);
  }
};
try {
  const [small, large] = [join(dir, 'small'), join(dir, 'large')];
  await measure('append', 'appending', () => benchAppend(dir));
  if (wanted('rebuild') || wanted('commands') || wanted('start')) {
    tell(`making a log of ${events.toLocaleString('en')} events …`);
    mkdirSync(large, { mode: 0o700 });
    fill(large, DEMO_PROJECT, events);
  }
  await measure('rebuild', 'rebuilding', () => [benchRebuild(large)]);
  await measure('start', 'starting', () => benchStart(large));
  await measure('commands', 'asking', () => {
    mkdirSync(small, { mode: 0o700 });
    fill(small, DEMO_PROJECT, 1_000);
    return benchCommands(dir, small, large);
  });
  await measure('slack', 'taking slash commands', () => benchSlack(dir));
  await measure('memory', 'connecting to three networks', async () => [await benchMemory(dir)]);
  await measure('recovery', 'coming back', async () => [await benchRecovery()]);
  await measure('pipeline', 'bringing items through the pipeline', () => benchPipeline());
  await measure('scale', 'filling a board', () => benchScale());
  await measure('web', 'looking at pages', () => benchWeb());
  await measure('notifications', 'telling rooms', () => benchNotifications());
  await measure('pictures', 'drawing', () => benchPictures());
  await measure('matrix', 'writing to a homeserver', async () => {
    const row = await benchMatrix(dir);
    if (!('leftOut' in row)) return [row];
    notMeasured.push(`Left out, for want of a Synapse: a Matrix command until its reply. ${row.leftOut}`);
    return [];
  });
  // Five minutes: only where it is asked for.
  await measure('soak', 'soaking', () => benchSoak(), values.only.split(',').includes('soak'));
  process.stdout.write(table(rows));
  for (const text of notMeasured) process.stdout.write(`${text}\n`);
} finally {
  rmSync(dir, { recursive: true, force: true });
}
