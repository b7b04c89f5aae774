import type { AgentSettings } from '../../config/settings.ts';
import type { EndReason } from '../../pipeline/types.ts';
import type { RunAccess } from '../access.ts';
import type { Millis } from '../../pipeline/values.ts';
import type { Signal } from '../supervision/signals.ts';
import type { TemplateValues } from '../template.ts';

/** What a runtime needs to know to say how the program is started. */
export interface Launch {
  readonly agent: AgentSettings;
  readonly variables: TemplateValues;
  readonly prompt: string;
  /** Absolute path of a file that holds the prompt. */
  readonly promptFile: string;
  /** Absolute path of a file that holds the system prompt; null: none. */
  readonly systemPromptFile: string | null;
  readonly resumeSession: string | null;
  /** What that session has spent before, in millionths of a dollar. */
  readonly resumedMicroUsd: number;
  /** Where the program reaches Musher, also as a file in the form that most programs take; null: it does not. */
  readonly access: (RunAccess & { readonly configFile: string }) | null;
}

/** How the program is started. Arguments are data: no shell ever reads them. */
export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  /** Besides the allow-list and the agent's own environment, which wins over this. */
  readonly env: Readonly<Record<string, string>>;
  /** Names that may pass from Musher's own environment besides the common allow-list. */
  readonly inherit: readonly string[];
  /** Given to the program on standard input; null: nothing. */
  readonly stdin: string | null;
}

/** How the program ended, as far as the system knows. */
export interface ProcessExit {
  /** 128 + the signal's number where a signal ended it; null where nobody recorded it. */
  readonly code: number | null;
}

/** What the output says about the end; Musher's own reasons (stop, limits) come before it. */
export interface Conclusion {
  readonly reason: Extract<EndReason, 'finished' | 'failed' | 'rate-limited' | 'over-budget'>;
  /** One line. */
  readonly summary: string;
  readonly resumeAt: Millis | null;
}

/** Reads one run's output, line by line. Pure but for its own memory: the same lines give the same signals. */
export interface OutputParser {
  line(text: string): readonly Signal[];
  end(exit: ProcessExit): Conclusion;
}

export interface ParserContext {
  readonly model: string | null;
  /** The run goes on with an older session, so totals in its output may include that session's. */
  readonly resumed: boolean;
  /** Times such as "resets 3pm" are read relative to this. */
  readonly now: () => Millis;
}

export interface Runtime {
  readonly name: string;
  prepare(launch: Launch): Command;
  parser(context: ParserContext): OutputParser;
}
