import type { SlackState } from '../state.ts';

/** The threads of each channel in which something was written last, by their first message; kept when `keep` is called. */
export class Threads {
  readonly #state: SlackState;
  readonly #most: number;
  readonly #known = new Map<string, Set<string>>();
  readonly #changed = new Set<string>();

  constructor(state: SlackState, most: number) {
    this.#state = state;
    this.#most = most;
  }

  /** Something was written in it. */
  note(channel: string, thread: string): void {
    const threads = this.#all(channel);
    threads.delete(thread);
    threads.add(thread);
    const [oldest] = threads;
    if (threads.size > this.#most && oldest !== undefined) threads.delete(oldest);
    this.#changed.add(channel);
  }

  /** The one in which something was written last stands last. */
  of(channel: string): readonly string[] {
    return [...this.#all(channel)];
  }

  forget(channel: string, thread: string): void {
    if (this.#all(channel).delete(thread)) this.#changed.add(channel);
  }

  keep(): void {
    for (const channel of this.#changed) this.#state.set(`threads:${channel}`, this.of(channel).join(' '));
    this.#changed.clear();
  }

  #all(channel: string): Set<string> {
    const known = this.#known.get(channel);
    if (known !== undefined) return known;
    const kept = new Set((this.#state.get(`threads:${channel}`) ?? '').split(' ').filter((one) => one !== ''));
    this.#known.set(channel, kept);
    return kept;
  }
}
