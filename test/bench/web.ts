import { gzipSync } from 'node:zlib';
import { blockedStage, doneStage, makeDesk, makeWorld, moveTo, seeWork, startRun, type Desk, type World } from '../commands/harness.ts';
import { pagesOf } from '../pages/pages.ts';
import { millis, quantile, times, type Row } from './measure.ts';

const [FEW, MANY] = [100, 10_000];
const LOOKS = 200;
const MOST_MS = 50;
const MOST_BYTES = 60_000;

/** The home page of a board with thousands of open items, as one person sees it after each change, against that of a small board. */
export async function benchWeb(): Promise<Row[]> {
  const desk = await makeDesk();
  const worlds = [fill(desk, FEW), fill(desk, MANY)] as const;
  try {
    const pages = worlds.map((world) => pagesOf(world));
    const took: [number[], number[]] = [[], []];
    let html = '';
    for (let look = 0; look < LOOKS; look++) {
      for (const which of [0, 1] as const) {
        const [world, shown] = [worlds[which], pages[which]];
        if (shown === undefined) throw new Error('both boards have pages');
        // Nothing may be kept from the look before: something has changed since.
        world.record(1, 'run.heartbeat', { run: 1, activity: `reading file ${look}` });
        const began = performance.now();
        const page = await shown.views.page({ path: [], query: new URLSearchParams(), part: null }, shown.viewer('operator'));
        took[which].push(performance.now() - began);
        if (which === 1) html = page?.html ?? '';
      }
    }
    // The first only warm up.
    const [few, many] = took.map((all) => quantile(all.slice(20), 0.95)) as [number, number];
    const bytes = gzipSync(html).length;
    return [
      {
        what: `the home page with ${MANY.toLocaleString('en')} open items, p95 on the server, against ${FEW}`,
        floor: millis(few),
        musher: millis(many),
        ratio: times(many / few),
        goal: `≤ ${MOST_MS} ms`,
        met: many <= MOST_MS,
      },
      {
        what: 'its bytes over the wire',
        floor: `${Buffer.byteLength(html).toLocaleString('en')} plain`,
        musher: bytes.toLocaleString('en'),
        ratio: times(bytes / Buffer.byteLength(html)),
        goal: `≤ ${MOST_BYTES.toLocaleString('en')}`,
        met: bytes > 1_000 && bytes <= MOST_BYTES,
      },
    ];
  } finally {
    for (const world of worlds) await world.close();
    desk.remove();
  }
}

/** A project in use: of a hundred open items two are worked on, three wait for a review, one is blocked and one stopped, and the others wait for a slot or for each other. */
function fill(desk: Desk, open: number): World {
  const world = makeWorld(desk, {}, [], { directMessages: true });
  for (let n = 1; n <= open; n++) {
    const number = world.make({
      title: `Item ${n}: what somebody wrote down in one line`,
      description: 'A paragraph of text. '.repeat(10),
      criteria: [1, 2, 3].map((one) => ({ text: `criterion ${one}`, checked: one === 1 })),
      dependsOn: n > 10 && n % 4 === 0 ? [n - 10] : [],
    });
    if (n % 10 === 9) continue;
    moveTo(world, number, { name: 'current' });
    const kind = n % 100;
    if (n <= 2) startRun(world, number, `coder-${n}`);
    else if (kind >= 3 && kind <= 5) {
      seeWork(world, number);
      moveTo(world, number, { name: 'qa' });
    } else if (kind === 6) moveTo(world, number, blockedStage());
    else if (kind === 7) world.record(number, 'item.held', { why: 'later' });
    else if (kind === 8) {
      moveTo(world, number, { name: 'merge', branch: 'b', commitsAhead: 1 as never });
      moveTo(world, number, doneStage);
    }
  }
  return world;
}
