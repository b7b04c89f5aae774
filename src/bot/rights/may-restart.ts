import { adminEverywhere, scriptRuns } from '../../words/bot/restarting.ts';
import type { Reply } from '../../words/reply.ts';
import type { CommandContext } from '../command.ts';
import { err, ok, type Result } from '../../result.ts';
import { includes } from './rights.ts';

/** How Musher is ended for a moment, which every project notices; an error says why the sender may not. */
export function mayRestart({ roleIn, restart }: Pick<CommandContext, 'roleIn' | 'restart'>, words: string): Result<() => void, Reply> {
  if (!includes(roleIn({ project: null }), 'admin')) return err(adminEverywhere(words));
  return restart === null ? err(scriptRuns()) : ok(restart);
}
