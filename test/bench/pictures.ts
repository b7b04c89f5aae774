import { systemClock } from '../../src/clock.ts';
import { PngMaker } from '../../src/pictures/png/png-maker.ts';
import { pictures } from '../pictures/pictures.ts';
import { median, millis, times, type Row } from './measure.ts';

const ROUNDS = 20;
const GOAL_MS = 300;

/** From what a board shows to its PNG, in the process that draws; and the first one, which starts that process. */
export async function benchPictures(): Promise<Row[]> {
  const maker = new PngMaker({
    clock: systemClock(),
    report(error) {
      throw error;
    },
  });
  // Its timers and its process keep nothing alive.
  const alive = setInterval(() => undefined, 1_000);
  try {
    const { board } = pictures('#12 Paying by card in the shop, also without an account');
    const first = await timed(() => maker.draw(board));
    const all: number[] = [];
    for (let round = 0; round < ROUNDS; round++) all.push(await timed(() => maker.draw(board)));
    const usual = median(all);
    return [
      {
        what: 'picture of a board',
        floor: '',
        musher: `${millis(usual)}, the first ${millis(first)}`,
        ratio: times(usual / GOAL_MS),
        goal: `≤ ${GOAL_MS} ms`,
        met: usual <= GOAL_MS,
      },
    ];
  } finally {
    clearInterval(alive);
    maker.stop();
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  if ((await work()) === null) throw new Error('There is no picture.');
  return performance.now() - start;
}
