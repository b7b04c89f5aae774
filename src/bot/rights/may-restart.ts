import { adminEverywhere } from '../../words/bot/restarting.ts';
import type { Reply } from '../../words/reply.ts';
import type { CommandContext } from '../command.ts';
import { includes } from './rights.ts';

/** Whether the sender may end Musher for a moment, which every project notices; null: yes. */
export function mayRestart({ roleIn }: Pick<CommandContext, 'roleIn'>, words: string): Reply | null {
  return includes(roleIn({ project: null }), 'admin') ? null : adminEverywhere(words);
}
