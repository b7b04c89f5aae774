import type { PlainFault } from '../../pipeline/why/fault.ts';
import type { Clock } from '../../clock.ts';
import type { AgentSettings, LimitSettings } from '../../config/settings.ts';
import type { Usage } from '../../pipeline/usage.ts';
import type { RunAccess } from '../access.ts';
import type { Pricing } from '../runtimes/pricing.ts';
import type { Runtime } from '../runtimes/runtime.ts';
import type { OutputKeeper } from '../process/output-keeper.ts';
import type { Words } from '../process/words-file.ts';
import type { TemplateValues } from '../template.ts';
import type { Waited } from './limits.ts';
import type { RunOutcome } from './outcome.ts';
import type { RunSandbox } from './sandboxed.ts';
import type { Signal } from './signals.ts';

/** How a run is started and watched. */
export interface RunSpec {
  /** Unique among all runs that this machine ever has. The run's processes carry it in their environment. */
  readonly marker: string;
  /** Absolute; holds the run's output. Made where it is missing. */
  readonly runDir: string;
  readonly agent: AgentSettings;
  /** Expanded. */
  readonly prompt: string;
  /** Expanded; null: none. */
  readonly systemPrompt: string | null;
  /** For templates in the agent's arguments and for its environment variables. */
  readonly variables: TemplateValues;
  /** Absolute; the program starts there. */
  readonly worktree: string;
  /** Absolute, outside of the worktree: where it may read files that people sent. Missing: nowhere. */
  readonly filesDir?: string;
  /** Further environment; wins over the agent's own. */
  readonly env: Readonly<Record<string, string>>;
  readonly resumeSession: string | null;
  /** What holds the process; missing or null: nothing. */
  readonly sandbox?: RunSandbox | null;
  /** What the session to be resumed has used before; missing: nothing. */
  readonly before?: Usage;
  readonly clock: Clock;
  /** Called in order; after an adoption from the first line on again. Where it throws, the run is ended: it could not be metered. */
  onSignal(signal: Signal): void;
  /** Equal as long as no file and no commit of the worktree has changed; left out where the run is not there to change any. */
  readonly workState?: () => Promise<string>;
  /** Keeps what the worktree holds before the run is asked to end: an agent may clean up after itself when it is. */
  readonly beforeEnd?: () => Promise<void>;
  /** Its limits as they are by now; asked when it reaches them. Missing: they stay as they were. */
  readonly limitsNow?: () => LimitSettings;
  /** Told of what went wrong beside the run itself, for the log file. */
  readonly onProblem?: (what: string, error: unknown) => void;
  /** Between the two steps of a stop; default 10 s. */
  readonly stopGraceMs?: number;
  /** Where the program reaches Musher; null, or not given: it does not, or it knows from before. */
  readonly access?: RunAccess | null;
  /** Milliseconds between two moments in which it waited for people, and besides that for Musher: neither is its silence. */
  readonly waited?: (from: number, to: number) => Waited;
  /** Bytes of output after which it is stopped; default 256 MB. */
  readonly outputBytes?: number;
  /** Who writes down what a program without a sandbox prints; missing or null: it gets the files themselves. */
  readonly keeper?: OutputKeeper | null;
  /** What models cost; default: list prices. */
  readonly pricing?: Pricing;
  /** Default: all that there are. */
  readonly runtimes?: readonly Runtime[];
  /** Musher's own environment; default `process.env`. */
  readonly ownEnv?: Readonly<Record<string, string | undefined>>;
}

/** What the log knows of a run that was started before. */
export interface KnownProcess {
  readonly pid: number;
  readonly pidStart: string | null;
  /** ms since the epoch; limits count from here. */
  readonly startedAt: number;
}

export interface RunHandle extends KnownProcess {
  /** Ends the run; the first call counts. `ended` resolves when nothing of it is left. */
  stop(why: 'stopped' | 'over-budget', summary: PlainFault | string): void;
  /** Gives the program what people say, where it can read that; what it was given before is not given again. */
  tell(words: readonly Words[]): void;
  /** Stops watching and leaves the process to itself, for Musher's own end; `ended` then never resolves. */
  release(): void;
  readonly ended: Promise<RunOutcome>;
}
