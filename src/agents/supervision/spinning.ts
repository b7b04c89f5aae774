import type { PlainFault } from '../../pipeline/why/fault.ts';
import type { LimitSettings } from '../../config/settings.ts';
import type { StopReason } from './limits.ts';
import { sumUsage, type Signal, type UsageTotals } from './signals.ts';

export interface SpinningParts {
  readonly limits: Pick<LimitSettings, 'repeats' | 'idleTokens'>;
  /** Equal as long as no file and no commit of the worktree has changed; null: the run is not there to change any. */
  readonly workState: (() => Promise<string>) | null;
  readonly stop: (why: StopReason) => void;
  readonly onProblem: (what: string, error: unknown) => void;
}

/** Tells a run that goes round in a circle from one that gets on: by its calls and errors, by its files, and by what it burns. */
export class SpinWatch {
  readonly #parts: SpinningParts;
  #same: string | null = null;
  #sameTimes = 0;
  #error: string | null = null;
  #errorTimes = 0;
  /** The state of the files when a row of repetitions was half as long as is borne. */
  #before: { readonly times: number; readonly state: Promise<string | null> } | null = null;
  /** What had been used when the files were last seen to change. */
  #lastChange: { readonly tokens: number; readonly state: string } | null = null;
  #looking = false;

  constructor(parts: SpinningParts) {
    this.#parts = parts;
  }

  /** `live`: it happened just now, and was not read again after a restart, when the files are long beyond it. */
  take(signal: Signal, usage: UsageTotals, live: boolean): void {
    if (signal.kind === 'call') this.#called(signal, live);
    if (signal.kind === 'usage' && live) this.#used(sumUsage(usage).outputTokens);
  }

  #called(call: Extract<Signal, { kind: 'call' }>, live: boolean): void {
    this.#sameTimes = call.same === this.#same ? this.#sameTimes + 1 : 1;
    this.#errorTimes = call.error !== null && call.error === this.#error ? this.#errorTimes + 1 : 1;
    this.#same = call.same;
    this.#error = call.error;
    const times = Math.max(this.#sameTimes, this.#errorTimes);
    const { repeats } = this.#parts.limits;
    const half = Math.ceil(repeats / 2);
    if (times < half) this.#before = null;
    if (times < half || !live) return;
    if (this.#before === null) this.#before = { times, state: this.#state() };
    else if (times >= repeats && times - this.#before.times >= repeats - half) {
      const what = this.#sameTimes >= this.#errorTimes ? 'call' : 'error';
      void this.#judge(this.#before.state, { kind: 'repeats', what, times, text: what === 'call' ? call.text : (call.error ?? '') });
      this.#before = null;
    }
  }

  async #judge(before: Promise<string | null>, summary: PlainFault): Promise<void> {
    const [then, now] = await Promise.all([before, this.#state()]);
    if (then !== null && then === now) this.#parts.stop({ reason: 'stuck', cause: 'spinning', summary });
  }

  #used(tokens: number): void {
    const { limits, workState } = this.#parts;
    const since = this.#lastChange?.tokens ?? 0;
    // Looked at when it matters, not with each of many lines: a look costs a walk over the worktree.
    const due = this.#lastChange === null ? limits.idleTokens / 2 : limits.idleTokens;
    if (workState !== null && !this.#looking && tokens - since >= due) void this.#lookForChange(tokens);
  }

  async #lookForChange(tokens: number): Promise<void> {
    this.#looking = true;
    const state = await this.#state();
    this.#looking = false;
    const last = this.#lastChange;
    if (state === null) return;
    if (last === null || last.state !== state) this.#lastChange = { tokens, state };
    else this.#parts.stop({ reason: 'stuck', cause: 'spinning', summary: { kind: 'tokens-without-change', tokens: tokens - last.tokens } });
  }

  /** Null where git could not say: then nothing is concluded from it. */
  async #state(): Promise<string | null> {
    const { workState, onProblem } = this.#parts;
    try {
      return workState === null ? '' : await workState();
    } catch (error) {
      onProblem('looking for changes of a run', error);
      return null;
    }
  }
}
