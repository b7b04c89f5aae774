import { existsSync } from 'node:fs';
import { good, warning } from './check.ts';
import type { Check } from './check.ts';

/** The login of each account is where the configuration says: a run that finds none fails, and its item with it. */
export const accounts: Check = ({ settings }) => {
  const all = (settings?.projects ?? []).flatMap(({ agents }) => agents.flatMap((agent) => agent.accounts ?? []));
  const byName = new Map(all.map((account) => [account.name, account]));
  return [...byName.values()].map(({ name, env }) => {
    const folder = env['CLAUDE_CONFIG_DIR'];
    if (folder === undefined) return good(`account ${name}`, `by ${Object.keys(env).join(', ')}`);
    if (existsSync(folder)) return good(`account ${name}`, folder);
    return warning(`account ${name}`, `${folder} is not there`, `Log in once: CLAUDE_CONFIG_DIR='${folder}' claude, then /login.`);
  });
};
