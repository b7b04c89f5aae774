import { join } from 'node:path';
import { FakeSlack } from '../../fakes/slack/slack.ts';
import { median, millis, perSecond, times, type Row } from '../measure.ts';
import { Answers } from './answers.ts';
import { startEcho, startMusher, stopBot, type Bot } from './bots.ts';
import { bytesWritten, syncsDuring } from './disk.ts';
import { load } from './load.ts';

/** Requests that are under way at once: as many as a busy workspace would have. */
const AT_ONCE = 16;
const COUNT = 800;
const WARM_UP = 400;
const ROUNDS = 5;
/** Commands one after the other, for what a single one costs. */
const ALONE = 100;

/** What was measured of one bot, a value a round. */
interface Measured {
  readonly rates: number[];
  /** ms until the answer to a command that is alone. */
  readonly alone: number[];
  /** Kilobytes written for a command under load; empty where the system does not tell. */
  readonly written: number[];
}

/** Slash commands over signed HTTP until their answers have arrived: the whole of Musher against the least bots on bolt and on Chat SDK. */
export async function benchSlack(dir: string): Promise<Row[]> {
  const slack = new FakeSlack();
  await slack.start();
  const answers = await Answers.open(slack.apiUrl);
  const bots: Bot[] = [];
  try {
    const bolt = await startEcho('bolt-echo.ts', answers);
    bots.push(bolt);
    const chat = await startEcho('chat-echo.ts', answers);
    bots.push(chat);
    const musher = await startMusher(dir, answers);
    bots.push(musher);
    const all = [bolt, chat, musher].map((bot) => ({
      bot,
      measured: { rates: [], alone: [], written: [] } satisfies Measured as Measured,
    }));
    for (const { bot } of all) await load(bot.port, answers, WARM_UP, AT_ONCE);
    // In turns, so that the machine's load tells on all of them.
    for (let round = 0; round < ROUNDS; round++) for (const { bot, measured } of all) await measureRound(bot, answers, measured);
    const [ofBolt, ofChat, ofMusher] = all.map(({ measured }) => measured) as [Measured, Measured, Measured];
    const pid = musher.child.pid ?? 0;
    const syncs = await syncsDuring(pid, join(dir, 'slack.strace'), () => load(musher.port, answers, ALONE, 1));
    return [
      speed('slash commands over signed HTTP, until answered, against the same on bare bolt (which keeps nothing)', ofBolt, ofMusher, 0.85),
      speed("the same against Vercel's Chat SDK with its state in memory", ofChat, ofMusher, 0.45),
      waiting(ofBolt, ofMusher),
      ...disk(ofMusher, syncs),
    ];
  } finally {
    for (const bot of bots) await stopBot(bot);
    await answers.close();
    await slack.close();
  }
}

async function measureRound({ port, child }: Bot, answers: Answers, { rates, alone, written }: Measured): Promise<void> {
  const before = bytesWritten(child.pid ?? 0);
  rates.push(COUNT / (await load(port, answers, COUNT, AT_ONCE)).seconds);
  const after = bytesWritten(child.pid ?? 0);
  if (before !== null && after !== null) written.push((after - before) / COUNT / 1_000);
  alone.push(median((await load(port, answers, ALONE, 1)).latencies));
}

/** The median of the rounds' ratios, with the rates' own medians. */
function speed(what: string, floor: Measured, musher: Measured, least: number): Row {
  const ratio = median(musher.rates.map((rate, round) => rate / (floor.rates[round] ?? Number.NaN)));
  return {
    what,
    floor: perSecond(median(floor.rates), 1),
    musher: perSecond(median(musher.rates), 1),
    ratio: times(ratio),
    goal: `≥ ${least}×`,
    met: ratio >= least,
  };
}

function waiting(floor: Measured, musher: Measured): Row {
  const [least, found] = [median(floor.alone), median(musher.alone)];
  return {
    what: 'one slash command at a time, until its answer has arrived, against bare bolt',
    floor: millis(least),
    musher: millis(found),
    ratio: times(found / least),
    goal: '≤ 2 ms',
    met: found <= 2,
  };
}

/** What the disk has to do with a command. The floor is what must be: nothing less than one wait makes it safe. */
function disk({ written }: Measured, syncs: number | null): Row[] {
  const kilobytes = median(written);
  const alone = syncs === null ? Number.NaN : syncs / ALONE;
  const bytes: Row = {
    what: `written for one of ${AT_ONCE} slash commands at once`,
    floor: '0 kB',
    musher: `${kilobytes.toFixed(1)} kB`,
    ratio: '',
    goal: '≤ 10 kB',
    met: kilobytes <= 10,
  };
  const waits: Row = {
    what: 'waits for the disk of one slash command at a time',
    floor: '1.00',
    musher: syncs === null ? 'no strace' : alone.toFixed(2),
    ratio: syncs === null ? '' : times(alone),
    goal: '≤ 1.5',
    met: alone <= 1.5,
  };
  return [...(written.length > 0 ? [bytes] : []), ...(syncs === null ? [] : [waits])];
}
