import process from 'node:process';
import { setImmediate as tick } from 'node:timers/promises';
import { Delivery, type SendingNetwork } from '../../src/delivery/delivery.ts';
import type { Clock } from '../../src/clock.ts';
import { Log } from '../../src/log/log.ts';
import { line } from '../../src/message/build.ts';
import { discordTransport } from '../../transports/discord/discord.ts';
import { matrixTransport } from '../../transports/matrix/matrix.ts';
import { slackTransport } from '../../transports/slack/slack.ts';
import { SendFailure, type Transport } from '../../transports/transport.ts';
import { memoryState } from '../fakes/matrix/memory-state.ts';
import { times, type Row } from './measure.ts';

const ROOMS = 100;
const EACH = 100;
/** A network's answer, in ms of the injected clock. */
const REFUSED_FOR_MS = 1_000;

/** What a network takes: so many messages at once, and one more for each `ms` of the clock; a room's, or everybody's. */
interface Bucket {
  readonly burst: number;
  readonly ms: number;
  readonly each: 'room' | 'network';
}

interface Case {
  readonly name: string;
  /** The real one, not started: only the rule of its pace is used. */
  readonly transport: (clock: Clock) => Transport;
  readonly bucket: Bucket;
  /** How the documentation puts it. */
  readonly rule: string;
}

const nothing = { state: memoryState(), catalogue: null, report: () => {} };
const CASES: readonly Case[] = [
  {
    name: 'Slack',
    rule: '1 a second and channel, short bursts',
    bucket: { burst: 3, ms: 1_000, each: 'room' },
    transport: (clock) => {
      const state = { get: () => null, set: () => {} };
      const intake = { kind: 'socket', appToken: '' } as const;
      const given = { ...nothing, state, intake, clock, botToken: '', appId: null, command: '/musher', rooms: () => [] };
      return slackTransport({ ...given, inSharedCommit: (run) => Promise.resolve(run()), apiUrl: null, responseBase: null });
    },
  },
  {
    // A channel's own bucket is told in the answers' headers, and the library waits for it.
    name: 'Discord',
    rule: '50 a second of everything; messages use 40',
    bucket: { burst: 50, ms: 20, each: 'network' },
    transport: (clock) => discordTransport({ ...nothing, clock, token: '', rooms: () => new Set(), mayWriteDirect: () => false }),
  },
  {
    name: 'Matrix',
    rule: 'a server that trusts it with 50 a second after 10',
    bucket: { burst: 10, ms: 20, each: 'network' },
    transport: (clock) => {
      const given = { ...nothing, clock, homeserver: 'http://127.0.0.1:1', accessToken: '', rooms: [], inviters: [], direct: false };
      return matrixTransport({ ...given, cryptoDir: null });
    },
  },
];

/** 10,000 notifications to 100 rooms of each network, whose rules a stand-in holds Musher to; on a clock that is moved. */
export async function benchNotifications(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const one of CASES) rows.push(await measure(one));
  return rows;
}

async function measure({ name, rule, bucket, transport }: Case): Promise<Row> {
  const clock = new JumpingClock();
  const log = Log.inMemory(clock);
  const { pace } = transport(clock).capabilities;
  const network = new Network(clock, bucket);
  const left = new Map<string, number>();
  const delivery = new Delivery({
    log,
    clock,
    random: () => 1,
    transports: [network.sender(pace)],
    isOpen: () => true,
    onSent: ({ to }) => {
      const rest = (left.get(to.room) ?? 0) - 1;
      if (rest === 0) left.delete(to.room);
      else left.set(to.room, rest);
    },
    onProblem: () => undefined,
  });
  log.transaction((tx) => {
    for (let n = 0; n < EACH; n++) {
      for (let room = 0; room < ROOMS; room++) {
        const to = { transport: 'net', room: `r${room}`, thread: null };
        tx.outbox.add({ to, kind: 'notice', body: line(`news ${n}`), inbox: null, item: null }, tx.now);
        left.set(to.room, EACH);
      }
    }
  });
  const [began, cpu] = [clock.now(), process.cpuUsage()];
  delivery.start();
  while (left.size > 0) {
    // Until each room that still has something to say waits for its turn.
    while (left.size > 0 && clock.waiting < left.size) await tick();
    if (left.size > 0) clock.jump();
  }
  const took = clock.now() - began;
  const { user, system } = process.cpuUsage(cpu);
  await delivery.stop(AbortSignal.timeout(1_000));
  log.close();
  const floor = Math.max((EACH - pace.roomBurst) * pace.roomMs, (EACH * ROOMS - pace.networkBurst) * pace.networkMs);
  const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;
  return {
    what: `10,000 notifications to 100 rooms of ${name} (${rule}), against what its bucket lets through`,
    floor: seconds(floor),
    musher: `${seconds(took)}, ${network.refused} refused, ${seconds((user + system) / 1_000)} of CPU`,
    ratio: times(took / floor),
    goal: '≤ 1.05×, 0 refused',
    met: network.refused === 0 && network.inOrder && took / floor <= 1.05,
  };
}

/** Takes messages as its bucket lets it, and refuses the others; a message that comes twice or out of order is noticed. */
class Network {
  refused = 0;
  inOrder = true;
  readonly #clock: Clock;
  readonly #bucket: Bucket;
  readonly #fill = new Map<string, { left: number; at: number }>();
  readonly #last = new Map<string, number>();

  constructor(clock: Clock, bucket: Bucket) {
    this.#clock = clock;
    this.#bucket = bucket;
  }

  sender(pace: SendingNetwork['capabilities']['pace']): SendingNetwork {
    return {
      name: 'net',
      capabilities: { edits: true, threads: false, broadcasts: false, pace },
      send: (to, _, key) => {
        if (!this.#takes(this.#bucket.each === 'room' ? to.room : '')) {
          this.refused += 1;
          const details = { retryAfterMs: REFUSED_FOR_MS, everywhere: this.#bucket.each === 'network' };
          return Promise.reject(new SendFailure('not-sent', 'too fast', details));
        }
        const id = Number(key.slice('outbox:'.length));
        if (id <= (this.#last.get(to.room) ?? 0)) this.inOrder = false;
        this.#last.set(to.room, id);
        return Promise.resolve([{ transport: to.transport, room: to.room, id: key }]);
      },
      edit: () => Promise.resolve(),
    };
  }

  #takes(name: string): boolean {
    const { burst, ms } = this.#bucket;
    const now = this.#clock.now();
    const fill = this.#fill.get(name) ?? { left: burst, at: now };
    const left = Math.min(burst, fill.left + (now - fill.at) / ms);
    const taken = left >= 1;
    this.#fill.set(name, { left: taken ? left - 1 : left, at: now });
    return taken;
  }
}

/** Goes from one time that something waits for to the next. */
class JumpingClock implements Clock {
  #now = Date.UTC(2026, 0, 1);
  readonly #waiting = new Set<{ readonly time: number; readonly fire: () => void }>();

  now(): number {
    return this.#now;
  }

  at(time: number, fire: () => void): () => void {
    const entry = { time, fire };
    this.#waiting.add(entry);
    return () => void this.#waiting.delete(entry);
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  jump(): void {
    const entries = [...this.#waiting];
    this.#now = Math.max(this.#now, Math.min(...entries.map(({ time }) => time)));
    for (const entry of entries) if (entry.time <= this.#now && this.#waiting.delete(entry)) entry.fire();
  }
}
