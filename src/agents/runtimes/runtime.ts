import * as z from 'zod';
import type { EndReason } from '../../pipeline/types.ts';
import type { Millis } from '../../pipeline/values.ts';
import type { RunAccess } from '../access.ts';
import type { Signal } from '../supervision/signals.ts';
import type { TemplateValues } from '../template.ts';
import type { Provider } from './list-prices.ts';
import type { Pricing } from './pricing.ts';
import type { Usage } from '../../pipeline/usage.ts';
import type { Role } from '../../pipeline/role.ts';

/**
 * A runtime drives one kind of agent program. It is a folder `src/agents/runtimes/<name>/` and one line in `index.ts`;
 * nothing else in the code names it. Configuration, doctor, sandbox, supervisor and docs go over the list.
 *
 * To write one:
 *  1. `<name>.ts` exports `defineRuntime({ … })`; `parser.ts` reads the output; `limits.ts` holds the texts by which the
 *     program says that an allowance is used up.
 *  2. Record the real program (test/agents/recordings/<name>/) and add a table of these recordings to
 *     test/agents/conformance/: every runtime passes the same cases, and a case it can't have carries its reason.
 *  3. Describe it in docs/runtimes.md under a heading "Runtime `<name>`"; a test compares the page with the list.
 *
 * Nothing in this folder imports the configuration: the configuration imports the list.
 */
export interface RuntimeSpec<Keys extends z.ZodRawShape> {
  /** As `runtime = "…"` in an agent's section; lower case. */
  readonly name: string;
  /** What people call the program, such as "Claude Code". */
  readonly title: string;
  /**
   * Keys of `[[agent]]` that mean something to this runtime alone, each `.optional()` with a description. A key that
   * several runtimes know is the same schema in all of them (`keys.ts`). On an agent of another runtime the key is an error.
   */
  readonly keys: Keys;
  /** How the program is started where the agent has no `command`; null: it has to have one. */
  readonly command: readonly string[] | null;
  /** Whether `{{item}}` and its like are replaced in the agent's `command`. */
  readonly templates: boolean;
  readonly models: Models;
  /** Whether the output of every run tells what it used. Where it may not, only limits of time and of `[budget]` hold it. */
  readonly metered: boolean;
  /**
   * How the words of a person reach a run in progress. `interrupt`: it is stopped, and the next run continues its session with
   * them. `file`: they are appended to a file that the program may read.
   */
  readonly hears: 'interrupt' | 'file';
  /** What the program needs beside the system, in a sandbox and for an account of its own. */
  readonly needs: Needs;
  readonly doctor: Doctor;
  /** How the program is started for one run. Pure. */
  prepare(launch: Launch<z.output<z.ZodObject<Keys>>>): Command;
  /** A reader of one run's output. */
  parser(context: ParserContext): OutputParser;
}

/** What is set of a runtime's own keys, checked when the configuration was read. */
export type RuntimeOptions = Readonly<Record<string, unknown>>;

/** A runtime as the rest of the code sees it: its own keys are known to itself alone. */
export interface Runtime extends Omit<RuntimeSpec<z.ZodRawShape>, 'prepare'> {
  prepare(launch: Launch<RuntimeOptions>): Command;
}

/** Closes over the types of a runtime's own keys. */
export function defineRuntime<Keys extends z.ZodRawShape>(spec: RuntimeSpec<Keys>): Runtime {
  const options = z.object(spec.keys);
  return { ...spec, prepare: (launch) => spec.prepare({ ...launch, options: options.parse(launch.options) }) };
}

/** The runtime of that name. Throws if there is none, which is a bug: the configuration was checked against the same list. */
export function findRuntime(runtimes: readonly Runtime[], name: string): Runtime {
  const found = runtimes.find((runtime) => runtime.name === name);
  if (found === undefined) throw new Error(`there is no runtime "${name}"`);
  return found;
}

/** Which models the program is known to have: what a person chooses for an item goes to an agent that can take it. */
export interface Models {
  /** Whose models it runs, those with a list price; `any`: all of them, each with its provider in front; null: nobody knows. */
  readonly provider: Provider | 'any' | null;
  /** Short names that it knows besides, in lower case. */
  readonly aliases: readonly string[];
}

/** What the program needs to work at all. */
export interface Needs {
  /** Where it asks its model and renews its login; `host`, `*.host`, either with `:port`. Others come from `allow_hosts`. */
  readonly hosts: readonly string[];
  /** Folders in which it keeps logins, settings and sessions. The first one is what `config_dir` of an `[[account]]` sets. */
  readonly folders: readonly Folder[];
  /** The variable that takes a key of the model's provider; null: there is none that all its models share. */
  readonly keyVariable: string | null;
}

/** A folder of the program. In a sandbox it is replaced by an empty one for the run, except for `login` and a continued session. */
export interface Folder {
  /** The variable that names a folder, and which one it is in the home where the variable is not set ('' for the home itself). */
  readonly variable: string;
  readonly fallback: string;
  /** The program's folder below that one; '': that one itself. */
  readonly below: string;
  /** Files in it without which nobody is signed in. Writable, because a login is renewed in place. */
  readonly login: readonly string[];
  /** Files in it that the program has to read to know how it is signed in; never writable. Missing: none. */
  readonly reads?: readonly string[];
  /**
   * Files in it that hold a session, for the run that continues it; `*` is any part of a name, `{id}` the session's id. No
   * settings, hooks or memory: what one run writes there must not reach another. Missing: none.
   */
  readonly sessions?: readonly string[];
}

/** What `doctor` and the supervisor may ask before a run, without using a model. */
export interface Doctor {
  /** What a person types to install the program; null: nobody but its owner knows. */
  readonly install: string | null;
  /** Arguments that make the program print its version; null: it is not started to look. */
  readonly version: readonly string[] | null;
  /** What a person types to sign in, for this environment. Null: it has no login of its own. */
  readonly signIn: ((env: Readonly<Record<string, string>>) => string) | null;
  /** Whether somebody is signed in; null: it can't be asked, and the output alone tells. */
  readonly signedIn: ((probe: Probe) => Promise<SignedIn>) | null;
}

/** `unknown`: the program did not answer in time or in no form that is known. A run is then tried. */
export type SignedIn = 'in' | 'out' | 'unknown';

/** How a runtime looks whether somebody is signed in. */
export interface Probe {
  /** The environment that a run would get. */
  readonly env: Readonly<Record<string, string>>;
  /** Words of the agent's `command` behind the program; `ask` puts them first. */
  readonly args: readonly string[];
  /** Absolute path of the home. */
  readonly home: string;
  /** Starts the agent's program with these arguments; bounded in time. `code` is null where it did not end by itself. */
  readonly ask: (args: readonly string[]) => Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }>;
  /** The text of a file; null where it can't be read. */
  readonly read: (path: string) => string | null;
}

/** What a runtime needs to know to say how the program is started. */
export interface Launch<Options> {
  /** The program and its arguments as configured, or the runtime's default. */
  readonly command: readonly string[];
  readonly role: Role;
  /** As the program knows it; null: its own. */
  readonly model: string | null;
  readonly effort: string | null;
  readonly options: Options;
  /** What the program may hold itself to as well; Musher meters all of it anyway. Null: no limit. */
  readonly limits: { readonly turns: number | null; readonly microUsd: number | null };
  readonly variables: TemplateValues;
  readonly prompt: string;
  /** Null: none. */
  readonly systemPrompt: string | null;
  /** Absolute; `promptFile` and `systemPromptFile` (null: none) are in it, and so are the files that a command asks for. */
  readonly runDir: string;
  readonly promptFile: string;
  readonly systemPromptFile: string | null;
  /** Absolute; to which words are appended where it hears by a file. */
  readonly toldFile: string;
  /** Absolute, outside of the worktree: files that people sent are there, also later; to be read without asking. Null: none ever are. */
  readonly filesDir: string | null;
  /** Absolute; the program starts there. */
  readonly worktree: string;
  /** Folders beside the worktree that a commit in it has to write: the worktree's git directory and the repository's. */
  readonly gitDirs: readonly string[];
  readonly resumeSession: string | null;
  /** What that session has spent before, in millionths of a dollar. */
  readonly resumedMicroUsd: number;
  /** Where the program reaches Musher; null: it does not. */
  readonly access: RunAccess | null;
  /** Whether Musher's sandbox holds the process already. */
  readonly sandboxed: boolean;
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
  /** Files that are written into `runDir` before the start, 0600: the program's list of MCP servers, say. Names without a slash. */
  readonly files: readonly { readonly name: string; readonly text: string }[];
}

/** How the program ended, as far as the system knows. */
export interface ProcessExit {
  /** 128 + the signal's number where a signal ended it; null where nobody recorded it. */
  readonly code: number | null;
}

/** What the output says about the end; Musher's own reasons (stop, limits) come before it. */
export interface Conclusion {
  readonly reason: Extract<EndReason, 'finished' | 'failed' | 'rate-limited' | 'over-budget' | 'signed-out'>;
  /** One line. */
  readonly summary: string;
  /** All that the agent said at its end, by `closingText`, where it finished; missing: nothing. */
  readonly closing?: string;
  readonly resumeAt: Millis | null;
}

/**
 * Reads one run's output, line by line. Pure but for its own memory: the same lines give the same signals.
 *
 * - Success is an explicit end line that says success, never the exit code alone.
 * - Usage is a total of this run per model and never goes down; what a resumed session had before is not in it.
 * - `signed-out` and `fatal` end the run at once, so they come with the first line that shows it is hopeless.
 * - Lines may hold anything: escape sequences, half an object, a megabyte. None of it is an exception.
 */
export interface OutputParser {
  line(text: string): readonly Signal[];
  /** A line of the error output, for programs that tell of refusals and limits there alone. */
  complaint?(text: string): readonly Signal[];
  end(exit: ProcessExit): Conclusion;
}

export interface ParserContext {
  /** As configured; null: the program's own, which its output may name. */
  readonly model: string | null;
  /** The run continues with an older session, so totals in its output may include that session's. */
  readonly resumed: boolean;
  /** What that session had used before, all models together: what a program that counts over a whole session begins with. */
  readonly before: Usage;
  /** Times such as "resets 3pm" are read relative to this. */
  readonly now: () => Millis;
  /** What models cost. */
  readonly pricing: Pricing;
}
