import type { Bench, Session } from '../e2e/harness.ts';

/** Without anything new in the log; generous, since other programs share the machine. */
const PATIENCE_MS = 60_000;
const LOOK_MS = 15;

export interface RebornOptions {
  /** The environment of the n-th start, from 0: where it is to die by itself. `died`: the crash points so far. */
  readonly environment?: (start: number, died: readonly string[]) => NodeJS.ProcessEnv;
  /** Whether the Musher that was just started is connected to its networks. */
  readonly connected: () => boolean;
}

/** A Musher that is started again whenever it has died by SIGKILL; any other end fails the test. */
export class Reborn {
  readonly #bench: Bench;
  readonly #options: RebornOptions;
  #session: Session;
  #starts = 0;
  #startedAt = 0;
  #recovering = false;
  /** The last message in and out when it was started. */
  #before = { inbox: 0, outbox: 0 };
  deaths = 0;
  /** The crash points at which it died, in order. */
  readonly died: string[] = [];
  /**
   * From each start after a death until it was back, in ms: connected, all that its predecessor had taken in is answered,
   * and what it had perhaps said is settled. One that died before that is not among them.
   */
  readonly recoveries: number[] = [];

  constructor(bench: Bench, options: RebornOptions) {
    this.#bench = bench;
    this.#options = options;
    this.#session = this.#start();
  }

  #start(): Session {
    this.#startedAt = performance.now();
    this.#recovering = this.#starts > 0;
    if (this.#recovering) this.#before = { inbox: this.#last('inbox'), outbox: this.#last('outbox') };
    return this.#bench.service(this.#options.environment?.(this.#starts++, this.died) ?? {});
  }

  #last(table: 'inbox' | 'outbox'): number {
    return this.#count(`SELECT max(id) AS n FROM ${table}`);
  }

  #count(sql: string): number {
    // One that died before it had made its tables leaves nothing.
    return this.#bench.hasLog ? (this.#bench.rows<{ n: number | null }>(sql)[0]?.n ?? 0) : 0;
  }

  #isRecovered(): boolean {
    const { inbox, outbox } = this.#before;
    return (
      this.#options.connected() &&
      this.#count(`SELECT count(*) AS n FROM inbox WHERE id <= ${inbox} AND state <> 'done'`) === 0 &&
      this.#count(`SELECT count(*) AS n FROM outbox WHERE id <= ${outbox} AND state = 'sending'`) === 0
    );
  }

  /** Changes while Musher gets on: what has happened, what was taken in and what has left. */
  #standing(): string {
    const counts = [
      'SELECT max(seq) AS n FROM events',
      "SELECT count(*) AS n FROM inbox WHERE state = 'done'",
      "SELECT count(*) AS n FROM outbox WHERE state = 'sent'",
    ];
    return counts.map((sql) => this.#count(sql)).join();
  }

  /** Starts it again where it has died. */
  async look(): Promise<void> {
    if (this.#session.running) {
      if (!this.#recovering || !this.#isRecovered()) return;
      this.#recovering = false;
      this.recoveries.push(performance.now() - this.#startedAt);
      return;
    }
    const { err, out } = await this.#session.ended();
    if (this.#session.signal !== 'SIGKILL') throw new Error(`Musher ended by itself:\n${out}\n${err}`);
    this.deaths += 1;
    const point = /^crash point (.+)$/m.exec(err)?.[1];
    if (point !== undefined) this.died.push(point);
    this.#session = this.#start();
  }

  /** Kills it now; with what it has started for a moment (git, say) where `group`, as the end of a whole service does. Agents stand apart and go on. */
  async kill(group = false): Promise<void> {
    if (group) this.#session.killGroup();
    await this.#session.kill();
  }

  /** Whether it is back from its last death. */
  get isBack(): boolean {
    return this.#session.running && !this.#recovering;
  }

  /** Resolves when the condition holds, however often Musher dies until then. */
  async until(holds: () => boolean, what: () => string): Promise<void> {
    // Each death begins the wait anew: on a loaded machine a start alone may take seconds.
    let deadline = performance.now() + PATIENCE_MS;
    let standing = this.#standing();
    for (let deaths = this.deaths; ;) {
      await this.look();
      if (this.deaths > deaths) deadline = performance.now() + PATIENCE_MS;
      deaths = this.deaths;
      if (holds()) return;
      if (performance.now() > deadline) {
        const now = this.#standing();
        if (now === standing) throw new Error(`waited in vain for ${what()}`);
        standing = now;
        deadline = performance.now() + PATIENCE_MS;
      }
      await new Promise((resolve) => {
        setTimeout(resolve, LOOK_MS);
      });
    }
  }

  /** Ends it as a service manager does; one that dies at its end is started and ended again. */
  async end(): Promise<void> {
    for (;;) {
      await this.until(
        () => this.isBack || this.#starts === 1,
        () => 'Musher to be back before its end',
      );
      const { code, err } = await this.#session.kill('SIGTERM');
      if (code === 0) return;
      if (this.#session.signal !== 'SIGKILL') throw new Error(`Musher ended with ${code}: ${err}`);
    }
  }
}
