import { actorName } from '../../src/pipeline/actor.ts';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { setImmediate } from 'node:timers/promises';
import { faultWords } from '../../src/words/item/faults.ts';
import type { Clock } from '../../src/clock.ts';
import type { ProjectSettings } from '../../src/config/settings.ts';
import { decide, projectFacts } from '../../src/decide/facts.ts';
import { Log } from '../../src/log/log.ts';
import type { Tx } from '../../src/log/tx.ts';
import type { EventKind } from '../../src/pipeline/events.ts';
import { verifyAll } from '../../src/log/verify.ts';
import { NOTHING_SECRET } from '../../src/redaction/redactor.ts';
import { Engine } from '../../src/engine/engine.ts';
import { projectSettings, testClock, worldOver, type Desk, type World } from '../commands/harness.ts';
import { Outside } from './edge.ts';
import { MAX_CODERS, MAX_RETRIES, PlainModel } from './plain.ts';
import { databaseOf } from '../log/database-of.ts';

/** Steps that Musher takes by itself: where nothing moves any more, no item may have one before it. */
const OWN_STEPS = new Set(['start', 'run', 'gates', 'merge', 'send-back', 'block', 'restore', 'undo']);
/**
 * Only what never comes takes so long: of this process' own time at the processor, since on a loaded machine a step comes as
 * much later as that time does.
 */
const REST_MS = 5_000;
/** In memory where the system has such a place: the log waits for the disk at each commit. */
const PLACE = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

/** The processor's time that this process has used, in ms. */
function worked(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** A killed program writes and reads nothing more, whatever of it is still held in this process. */
function silence(log: Log): void {
  log.transaction = () => undefined as never;
  log.inbox.get = () => null;
  log.reads.events = () => [];
  log.close();
}

/** A Musher over a log on disk, with the people, agents and repository around it; Mushers come and go, the rest stays. */
export class System {
  readonly dir = mkdtempSync(join(PLACE, 'musher-model-'));
  readonly outside = new Outside();
  readonly clock = testClock();
  readonly #texts = new Map<string, string>();
  readonly #sent = new Map<string, string>();
  readonly model: PlainModel;
  #seen = 0;
  #world!: World;
  #engine!: Engine;
  #alive: { now: boolean } = { now: false };
  readonly #problems: string[] = [];
  readonly #changed: Partial<ProjectSettings>;

  /** `changed`: what the project has otherwise than the model's. */
  constructor(changed: Partial<ProjectSettings> = {}) {
    this.#changed = changed;
    this.model = new PlainModel(this.outside, this.#texts, changed.qa ?? 'human');
  }

  get reads(): Log['reads'] {
    return this.#world.log.reads;
  }

  /** Writes into the log what no person has typed. */
  record(change: (tx: Tx) => void): void {
    this.#world.log.transaction((tx) => change(tx));
  }

  /** The numbers of all events of a kind, oldest first. */
  eventsOf(kind: EventKind): number[] {
    return this.#world.log.reads
      .events(0, 100_000)
      .filter((event) => event.kind === kind)
      .map(({ seq }) => seq);
  }

  begin(): void {
    const alive = { now: true };
    this.#alive = alive;
    const clock: Clock = { now: () => this.clock.now(), at: (time, fire) => this.clock.at(time, () => alive.now && fire()) };
    const log = Log.open(this.dir, clock);
    const git = this.outside.git(() => alive.now);
    const owner = { dataDir: this.dir, repository: this.dir };
    const desk = { owner, git, branch: '', head: '', remove: () => undefined } as unknown as Desk;
    const changed = {
      maxCoders: MAX_CODERS,
      maxRetries: MAX_RETRIES,
      qa: 'human',
      gates: [{ name: 'test', command: 'true', timeoutMs: 1_000, keep: [] }],
    } as const;
    const settings = { ...projectSettings('shop', this.dir), ...changed, ...this.#changed };
    this.#world = worldOver(log, { ...clock, move: () => undefined, waiting: () => 0 }, [desk, settings]);
    this.#engine = new Engine({
      log,
      clock,
      dataDir: this.dir,
      installation: 'model',
      projects: new Map([['shop', { settings, git, box: null }]]),
      onProblem: (what, error) =>
        alive.now && this.#problems.push(`${what}: ${error instanceof Error ? (error.stack ?? '') : String(error)}`),
      stopGraceMs: 1,
      failureText: ({ summary }) => faultWords(summary, actorName),
      nameOf: actorName,
      redactor: NOTHING_SECRET,
      access: null,
      machine: this.outside.machine(() => alive.now),
    });
    this.#world.start();
    this.#engine.start();
    this.#world.runTimers();
  }

  get numbers(): number[] {
    return [...this.model.items.keys()];
  }

  /** A message as a network hands it over; one that was handed over before comes again. */
  say(id: string, text: string): void {
    const sender = { transport: 'test', id: 'admin', name: 'Ann' };
    const inbox = this.#world.receive({
      id,
      at: { transport: 'test', room: 'lobby', thread: null },
      sender,
      ingress: 'terminal',
      direct: false,
      text,
    });
    if (inbox === null) {
      if (!this.#sent.has(id)) this.#problems.push(`"${text}" was not taken in`);
      return;
    }
    if (this.#sent.has(id)) this.#problems.push(`"${text}" was taken in twice`);
    this.#sent.set(id, text);
    this.#texts.set(`inbox:${inbox}`, text);
  }

  /** Everything in memory is thrown away, at once or in good order, and a new Musher goes on with the log. */
  async restart(orderly: boolean): Promise<void> {
    if (orderly) {
      this.outside.letGo();
      await this.#world.stop();
      await this.#engine.stop('release');
    }
    this.#kill();
    this.begin();
  }

  #kill(): void {
    this.#alive.now = false;
    for (const agent of this.outside.agents.values()) agent.listener = null;
    this.outside.gates.clear();
    this.outside.held.clear();
    this.#world.endTimers();
    silence(this.#world.log);
    // Takes its listeners back; what it waits for never comes.
    void this.#engine.stop('release');
  }

  /** Resolves when nothing moves any more but what the test itself holds. */
  async settle(): Promise<void> {
    let [seq, calls, quiet] = [-1, -1, 0];
    for (const began = worked(); ;) {
      const late = worked() - began;
      if (late > REST_MS * 6) throw new Error('it never comes to rest');
      // A file that is being read shows in no list between two of its reads: what should still come gets its time.
      if (quiet >= 4 && (late > REST_MS || this.#problems.length > 0 || this.undone().length === 0)) return;
      await setImmediate();
      const busy = process.getActiveResourcesInfo().some((name) => name.startsWith('FSReq') || name.startsWith('FileHandle'));
      const now = this.#world.log.reads.lastSeq();
      quiet = !busy && now === seq && calls === this.outside.calls ? quiet + 1 : 0;
      [seq, calls] = [now, this.outside.calls];
    }
  }

  /** Steps that Musher should take and that nothing holds up. */
  undone(): string[] {
    const { reads } = this.#world.log;
    const settings = {
      ...projectSettings('shop', this.dir),
      maxCoders: MAX_CODERS,
      maxRetries: MAX_RETRIES,
      qa: 'human' as const,
      ...this.#changed,
    };
    const facts = projectFacts(reads, settings, this.clock.now());
    const numbers = Array.from({ length: reads.lastNumber('shop') }, (_, i) => i + 1);
    return numbers.flatMap((number) => {
      const item = reads.item('shop', number);
      if (item === null) return [];
      const step = decide(reads, item, facts);
      const busy = this.outside.gates.size > 0 || this.outside.held.size > 0 || this.outside.running.some((agent) => agent.item === number);
      const removing = item.removal?.state === 'asked' && !busy ? [`${number} should be removed, and nothing happens`] : [];
      return OWN_STEPS.has(step.do) && !busy ? [`${number} should ${step.do} (${step.reason.kind}), and nothing happens`] : removing;
    });
  }

  /** Everything that must hold now. */
  check(whole: boolean): void {
    const { log } = this.#world;
    const { reads } = log;
    for (const event of reads.events(this.#seen, 100_000)) {
      this.model.take(event);
      this.#seen = event.seq;
    }
    const wrong = [...this.#problems, ...this.outside.wrong, ...this.model.wrong];
    wrong.push(
      ...this.model.differences(
        (number) => reads.item('shop', number),
        (number) => reads.spend.ofItem('shop', number).microUsd,
      ),
    );
    wrong.push(...this.undone());
    if (whole) wrong.push(...this.#answers(), ...verifyAll(databaseOf(log)).differences);
    if (wrong.length > 0) throw new Error(wrong.join('\n'));
  }

  /** Each message has one final reply, or waits for the end of a run that the test holds. */
  #answers(): string[] {
    const { log } = this.#world;
    const { inbox } = log;
    const waiting = new Set(inbox.open(0, 10_000).map((row) => row.message.id));
    const rows = databaseOf(log).prepare<[], { id: string; n: number }>(
      "SELECT inbox.message_id AS id, count(outbox.id) AS n FROM inbox LEFT JOIN outbox ON outbox.inbox = inbox.id AND outbox.kind = 'reply' GROUP BY inbox.id",
    );
    const replies = new Map(rows.all().map(({ id, n }) => [id, n]));
    return [...this.#sent].flatMap(([id, text]) => {
      const wanted = waiting.has(id) ? 0 : 1;
      const found = replies.get(id) ?? 0;
      return found === wanted ? [] : [`"${text}" has ${found} final replies, not ${wanted}`];
    });
  }

  end(): void {
    this.#kill();
    rmSync(this.dir, { recursive: true, force: true });
  }
}
