import { z } from 'zod';
import { absolutePath } from '../read/references.ts';

/** `example.org`, `*.example.org`, or either with a port; an address with a port for this machine. */
const HOST = /^(?:\*\.)?[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\d{1,5})?$/;

/**
 * The keys of a `[[project]]` section in `bot.toml` that say what may reach its agents' processes and gates. They stand
 * there alone: a repository's own file can't weaken them.
 */
export const sandboxKeys = {
  sandbox: z.enum(['bubblewrap', 'none']).default('none').meta({
    description: 'Sandbox for agents, gates and setup: `bubblewrap`, or `none`, which lets them do anything you can (docs/security.md).',
  }),
  allow_hosts: z
    .array(
      z.string().regex(HOST, 'must be a host such as "registry.npmjs.org", "*.example.org" or "localhost:8080", without scheme or path'),
    )
    .default([])
    .meta({
      description: 'Hosts that a sandboxed process may reach, besides what its runtime needs. Ports 443 and 80 unless one is given.',
      example: ['registry.npmjs.org'],
    }),
  sandbox_read: z
    .array(z.string().min(1))
    .default([])
    .meta({
      description: 'More folders that a sandboxed process may read, such as toolchains in your home. `~` is your home.',
      example: ['~/.nvm'],
    }),
  sandbox_write: z
    .array(z.string().min(1))
    .default([])
    .meta({
      description: 'More folders that it may write, such as a package cache that nothing else uses.',
      example: ['~/.cache/musher-npm'],
    }),
};

const entry = z.strictObject(sandboxKeys);

/** What holds a project's processes. */
export interface SandboxSettings {
  readonly kind: z.output<typeof entry>['sandbox'];
  /** `host`, `*.host`, either with `:port`; lower case. */
  readonly allowHosts: readonly string[];
  /** Absolute. */
  readonly read: readonly string[];
  /** Absolute. */
  readonly write: readonly string[];
  /** Why nothing may run: what the trial at the start of Musher found. Null: it holds, or none is asked for. */
  readonly problem: string | null;
}

/** The keys of one project as settings; relative paths count from `folder`. */
export function sandboxSettings(keys: z.output<typeof entry>, folder: string, env: NodeJS.ProcessEnv): SandboxSettings {
  const absolute = (path: string): string => absolutePath(path, folder, env);
  return {
    kind: keys.sandbox,
    allowHosts: keys.allow_hosts.map((host) => host.toLowerCase()),
    read: keys.sandbox_read.map(absolute),
    write: keys.sandbox_write.map(absolute),
    problem: null,
  };
}

/** Nothing is held: the demo, and whoever wants it so. */
export const NO_SANDBOX: SandboxSettings = { kind: 'none', allowHosts: [], read: [], write: [], problem: null };
