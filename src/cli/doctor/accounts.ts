import { existsSync } from 'node:fs';
import { RUNTIMES } from '../../agents/runtimes/index.ts';
import { findRuntime } from '../../agents/runtimes/runtime.ts';
import { good, warning } from './check.ts';
import type { Check } from './check.ts';

/** Each account's login exists: without it a run fails, and its item with it. */
export const accounts: Check = ({ settings }) => {
  const all = (settings?.projects ?? []).flatMap(({ agents }) =>
    agents.flatMap(({ runtime, accounts: own = [] }) => own.map((account) => ({ ...account, runtime }))),
  );
  const byName = new Map(all.map((account) => [account.name, account]));
  return [...byName.values()].map(({ name, env, runtime }) => {
    const { needs, doctor } = findRuntime(RUNTIMES, runtime);
    const [variable] = needs.folders.map((folder) => folder.variable);
    const folder = variable === undefined ? undefined : env[variable];
    if (folder === undefined) return good(`account ${name}`, `uses ${Object.keys(env).join(', ')}`);
    if (existsSync(folder)) return good(`account ${name}`, folder);
    const signIn = doctor.signIn?.(env);
    return warning(`account ${name}`, `${folder} does not exist`, signIn === undefined ? 'Sign in once.' : `Sign in once: ${signIn}`);
  });
};
