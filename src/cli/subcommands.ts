import { NETWORKS } from '../../transports/index.ts';
import type { Option, Subcommand } from './subcommand.ts';

const CONFIG: Option = { name: 'config', value: 'FILE', summary: 'the configuration; default: ./bot.toml' };
const DATA: Option = { name: 'data', value: 'DIR', summary: 'use this data directory instead of the configured one' };

export const SUBCOMMANDS: readonly Subcommand[] = [
  {
    name: 'run',
    summary: 'start Musher with ./bot.toml, or the demo if there is none',
    positionals: [],
    options: [CONFIG, DATA, { name: 'batch', value: null, summary: 'read one message per line from standard input, then exit' }],
    load: () => import('./run.ts'),
  },
  {
    name: 'init',
    summary: 'write bot.toml and .musher/project.toml into your git repository',
    positionals: ['DIR'],
    options: [],
    load: () => import('./init.ts'),
  },
  {
    name: 'doctor',
    summary: 'check everything that Musher needs and suggest fixes',
    positionals: [],
    options: [CONFIG, DATA],
    load: () => import('./doctor.ts'),
  },
  {
    name: 'catch-up',
    summary: 'update your checkout to the base branch after merges that could not; keeps your changes',
    positionals: [],
    more: ['DIR'],
    options: [],
    load: () => import('./catch-up.ts'),
  },
  {
    name: 'verify',
    summary: 'check the log against the projections; fails on any difference',
    positionals: [],
    options: [CONFIG, DATA],
    load: () => import('./verify.ts'),
  },
  {
    name: 'backup',
    summary: 'back up the log of a stopped Musher; a running one has the command `backup`',
    positionals: [],
    options: [CONFIG, DATA],
    load: () => import('./copies/backup.ts'),
  },
  {
    name: 'restore',
    summary: 'replace the log with a backup; the old log is kept beside it',
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
    summary: 'print what the log of a stopped Musher holds, for one item or all, as JSON',
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
    options: [CONFIG, ...tool.options],
    load: async () => (await import('./network-tool.ts')).forTool(tool),
  })),
];
