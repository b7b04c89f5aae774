import process from 'node:process';
import { soak, soakRows, type Soaked } from '../soak/soak.ts';
import type { Row } from './measure.ts';

/** The real program under five minutes of work: what it holds at the end against what it held after the first items. */
export async function benchSoak(): Promise<Row[]> {
  const soaked: Soaked = await soak({ most: 500, lastingMs: 5 * 60_000 });
  const rows = soakRows(soaked).map(({ what, base, end, met }) => ({
    what: `${what}, after ${soaked.items} items against after the first`,
    floor: base,
    musher: end,
    ratio: '',
    goal: 'the base line',
    met,
  }));
  if (soaked.wrong.length > 0) process.stderr.write(`${soaked.wrong.join('\n')}\n`);
  return rows;
}
