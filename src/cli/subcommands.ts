import { NETWORKS } from '../../transports/index.ts';
import type { Terminal } from './terminal.ts';

/** An option of a subcommand: a switch, or one with a value (`value` says in the help what it is). */
export interface Option {
  readonly name: string;
  readonly value: string | null;
  readonly summary: string;
}

/** What was typed after the subcommand, checked against its declaration. */
export interface Typed {
  readonly positionals: readonly string[];
  /** Values of options by name; a switch that was given is `true`. */
  readonly options: ReadonlyMap<string, string | true>;
}

/** Runs a subcommand and resolves to the exit code. Throws MusherError for what the person can mend. */
export type Run = (typed: Typed, terminal: Terminal) => Promise<number>;

export interface Subcommand {
  readonly name: string;
  readonly summary: string;
  /** Names of arguments, all required. */
  readonly positionals: readonly string[];
  /** Names of those that may follow. */
  readonly more?: readonly string[];
  readonly options: readonly Option[];
  /** Loaded only when it is called: a start pays for nothing else. */
  readonly load: () => Promise<{ readonly run: Run }>;
}

const CONFIG: Option = { name: 'config', value: 'FILE', summary: 'bot.toml, or another file of that kind' };
const DATA: Option = { name: 'data', value: 'DIR', summary: 'keep log, worktrees and run logs there, whatever the file says' };

export const SUBCOMMANDS: readonly Subcommand[] = [
  {
    name: 'run',
    summary: 'start Musher; without --config: ./bot.toml, and where there is none, the demo',
    positionals: [],
    options: [CONFIG, DATA, { name: 'batch', value: null, summary: 'one message a line from the standard input, then exit' }],
    load: () => import('./run.ts'),
  },
  {
    name: 'init',
    summary: 'write bot.toml and .musher/project.toml into a git repository of yours',
    positionals: ['DIR'],
    options: [],
    load: () => import('./init.ts'),
  },
  {
    name: 'doctor',
    summary: 'check everything that a start needs, one line a check with the mend',
    positionals: [],
    options: [CONFIG, DATA],
    load: () => import('./doctor.ts'),
  },
  {
    name: 'verify',
    summary: 'replay the log against the projections; fails on any difference',
    positionals: [],
    options: [CONFIG, DATA],
    load: () => import('./verify.ts'),
  },
  {
    name: 'backup',
    summary: 'copy the log of a stopped Musher; a running one takes `backup` in a room',
    positionals: [],
    options: [CONFIG, DATA],
    load: () => import('./copies/backup.ts'),
  },
  {
    name: 'restore',
    summary: 'put a backup in the place of the log, which is kept beside it',
    positionals: ['FILE'],
    options: [CONFIG, DATA],
    load: () => import('./copies/restore.ts'),
  },
  {
    name: 'export',
    summary: 'print the whole log as JSON lines',
    positionals: [],
    options: [CONFIG, DATA],
    load: () => import('./copies/export.ts'),
  },
  {
    name: 'dump',
    summary: 'print what the log of a stopped Musher holds, of one item or of all, as JSON',
    positionals: [],
    more: ['ITEM'],
    options: [CONFIG, DATA],
    load: () => import('./copies/dump.ts'),
  },
  {
    name: 'import',
    summary: 'fill an empty data directory from an export',
    positionals: ['FILE'],
    options: [CONFIG, DATA],
    load: () => import('./copies/import.ts'),
  },
  ...NETWORKS.flatMap(({ tools = [] }) => tools).map((tool): Subcommand => ({
    name: tool.name,
    summary: tool.summary,
    positionals: [],
    options: tool.options,
    load: async () => (await import('./network-tool.ts')).forTool(tool),
  })),
];
