import type { Unconfigured } from '../decide/unconfigured.ts';
import { counted } from './amounts.ts';

/** That the log has items of a project that nobody configured, without a full stop: `the log has 3 items of project “shop” (2 open), which is not in bot.toml`. */
export function unconfiguredWords({ project, items, open }: Unconfigured): string {
  return `the log has ${counted(items, 'item')} of project “${project}” (${open} open), which is not in bot.toml`;
}

/** The way back, as a sentence. */
export function wayBack({ project }: Pick<Unconfigured, 'project'>): string {
  return `To work on them, add a [[project]] named "${project}" to bot.toml and restart. Projects can’t be renamed, because items belong to the name.`;
}
