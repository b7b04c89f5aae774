import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Terminal } from './terminal.ts';
import type { Typed } from './subcommand.ts';

/** Which configuration and data a call is about, found the same way by every subcommand. Paths are absolute. */
export interface Choice {
  /** The `--config` that was named, else ./bot.toml if there is one; null: the demo. */
  readonly config: string | null;
  /** The configuration was found, not named, which is worth saying. */
  readonly isFound: boolean;
  /** The `--data` that was named, which wins over any configuration. */
  readonly data: string | null;
}

export function choose({ options }: Typed, { cwd }: Terminal): Choice {
  const [named, data] = ['config', 'data'].map((name) => {
    const value = options.get(name);
    return typeof value === 'string' ? resolve(cwd, value) : null;
  });
  const beside = resolve(cwd, 'bot.toml');
  const isFound = (named ?? null) === null && existsSync(beside);
  return { config: named ?? (isFound ? beside : null), isFound, data: data ?? null };
}
