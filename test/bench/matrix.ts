import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { openSynapse, type Synapse } from '../../scripts/synapse-server.ts';
import { asObject, listAt, textAt, type Json } from '../../transports/matrix/json.ts';
import { logIn, type Person } from '../fakes/matrix/person.ts';
import { median, millis, times, type Row } from './measure.ts';
import { makeProject } from './project.ts';

const ROOT = join(import.meta.dirname, '../..');
/** In turns, so that both have the same share of whatever else the machine does. */
const COUNT = 200;
const WARM_UP = 10;
/** On a machine that is busy with other things fewer must do: no more are asked after this. */
const LASTING_MS = 60_000;
/** A bot that is just starting takes no message that was written before its first sync. */
const ASK_AGAIN_MS = 2_000;
const START_MS = 60_000;
const ANSWER_MS = 30_000;

/**
 * From a command, sent by a person to a room of a real Synapse, until the answer is in the person's own sync: the whole
 * of Musher against the least bot on matrix-bot-sdk. Null, and why, where no Synapse can be had here.
 */
export async function benchMatrix(dir: string): Promise<Row | { readonly leftOut: string }> {
  const synapse = await opened();
  if (typeof synapse === 'string') return { leftOut: synapse };
  const children: ChildProcess[] = [];
  const ended = new AbortController();
  try {
    const [ada, musher, echo] = (await Promise.all(
      ['ada', 'musher', 'mallory'].map((user) => logIn(synapse.url, user, synapse.password)),
    )) as [Person, Person, Person];
    const [musherRoom, echoRoom] = [await roomOf(ada, musher), await roomOf(ada, echo)];
    children.push(startEcho(synapse.url, echo.accessToken), startMusher(dir, synapse.url, musher.accessToken, musherRoom));
    const answers = new Answers(synapse.url, ada, ended.signal);
    const following = answers.follow();
    following.catch(() => undefined);
    for (const room of [echoRoom, musherRoom]) await answers.isThere(room);
    // What was asked again may be answered again.
    await delay(ASK_AGAIN_MS);
    const took = { echo: [] as number[], musher: [] as number[] };
    const enough = performance.now() + LASTING_MS;
    for (let n = -WARM_UP; n < COUNT && performance.now() < enough; n++) {
      const [floor, taken] = [await answers.ask(echoRoom), await answers.ask(musherRoom)];
      if (n < 0) continue;
      took.echo.push(floor);
      took.musher.push(taken);
    }
    ended.abort();
    await following;
    const [floor, taken] = [median(took.echo), median(took.musher)];
    return {
      what: 'Matrix command until its reply is seen, on a real Synapse, against an echo on bare matrix-bot-sdk',
      floor: millis(floor),
      musher: millis(taken),
      ratio: times(taken / floor),
      goal: '≤ 1.1×',
      met: taken / floor <= 1.1,
    };
  } finally {
    ended.abort();
    for (const child of children) await end(child);
    await synapse.close();
  }
}

/** A homeserver, or why there is none. */
async function opened(): Promise<Synapse | string> {
  try {
    const synapse = await openSynapse();
    return 'missing' in synapse ? synapse.missing : synapse;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function roomOf(ada: Person, bot: Person): Promise<string> {
  const room = await ada.createRoom({ preset: 'private_chat', invite: [bot.id] });
  await bot.request('POST', `/join/${encodeURIComponent(room)}`, {});
  return room;
}

/** What a person's client sees of the answers, by its own sync. */
class Answers {
  readonly #url: string;
  readonly #person: Person;
  readonly #signal: AbortSignal;
  readonly #waiting = new Map<string, (at: number) => void>();

  constructor(url: string, person: Person, signal: AbortSignal) {
    this.#url = url;
    this.#person = person;
    this.#signal = signal;
  }

  async follow(): Promise<void> {
    let since: string | null = null;
    const filter = encodeURIComponent(JSON.stringify({ presence: { types: [] }, room: { ephemeral: { types: [] } } }));
    while (!this.#signal.aborted) {
      try {
        const address = `${this.#url}/_matrix/client/v3/sync?filter=${filter}&timeout=${since === null ? 0 : 30_000}${since === null ? '' : `&since=${since}`}`;
        const headers = { Authorization: `Bearer ${this.#person.accessToken}` };
        const answer: Json = asObject(await (await fetch(address, { headers, signal: this.#signal })).json());
        const seen = performance.now();
        if (since !== null) this.#take(answer, seen);
        since = textAt(answer, 'next_batch');
      } catch (error) {
        if (!this.#signal.aborted) throw error;
      }
    }
  }

  #take(answer: Json, at: number): void {
    for (const [room, joined] of Object.entries(asObject(asObject(answer['rooms'])['join']))) {
      for (const event of listAt(asObject(joined)['timeline'], 'events')) {
        if (event['type'] === 'm.room.message' && event['sender'] !== this.#person.id) this.#waiting.get(room)?.(at);
      }
    }
  }

  /** Ms from sending a command until its answer is here; null where none comes in time. */
  async #askFor(room: string, patienceMs: number): Promise<number | null> {
    let timer: NodeJS.Timeout | undefined;
    const answered = new Promise<number | null>((resolve) => {
      this.#waiting.set(room, resolve);
      timer = setTimeout(() => resolve(null), patienceMs);
    });
    const start = performance.now();
    await this.#person.say(room, '!ping');
    const at = await answered;
    clearTimeout(timer);
    this.#waiting.delete(room);
    return at === null ? null : at - start;
  }

  async ask(room: string): Promise<number> {
    const took = await this.#askFor(room, ANSWER_MS);
    if (took === null) throw new Error(`a command had no answer within ${ANSWER_MS / 1_000} s`);
    return took;
  }

  /** Resolves when the room's bot takes commands. */
  async isThere(room: string): Promise<void> {
    const until = performance.now() + START_MS;
    while (performance.now() < until) {
      if ((await this.#askFor(room, ASK_AGAIN_MS)) !== null) return;
    }
    throw new Error(`a bot took no commands within ${START_MS / 1_000} s`);
  }
}

function startEcho(url: string, token: string): ChildProcess {
  const env = { ...process.env, HOMESERVER: url, TOKEN: token };
  return spawn(process.execPath, [join(import.meta.dirname, 'matrix-echo.ts')], { env, stdio: ['ignore', 'ignore', 'inherit'] });
}

function startMusher(dir: string, url: string, token: string, room: string): ChildProcess {
  const folder = join(dir, 'matrix');
  mkdirSync(folder);
  const config = [
    // A bench is a flood.
    '[flood]\nburst = 10000\nper_minute = 600000\n',
    '[roles]\nviewer = ["matrix:@ada:example.org"]\n',
    `[[project]]\nname = "shop"\npath = ${JSON.stringify(makeProject(folder))}\n`,
    `[matrix]\nhomeserver = "${url}"\naccess_token = "${token}"\n`,
    `[[room]]\ntransport = "matrix"\nid = "${room}"\nproject = "shop"\nnotify = ["none"]\n`,
  ];
  writeFileSync(join(folder, 'bot.toml'), config.join('\n'), { mode: 0o600 });
  const args = [join(ROOT, 'bin/musher.js'), 'run', '--config', join(folder, 'bot.toml'), '--data', join(folder, 'data')];
  return spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  await exit;
}
