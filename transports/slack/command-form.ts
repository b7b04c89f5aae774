import type { Where } from '../network.ts';
import { DEFAULT_COMMAND } from './options.ts';

/** `/musher start 1`; in a thread, where Slack takes no slash commands, `!start 1`; in the conversation with Musher `start 1`. */
export function commandForm(command: string, { direct, thread }: Omit<Where, 'catalogue'>): string {
  if (thread === 'within') return `!${command}`;
  // An answer that one person alone sees may stand in a conversation of two other people.
  return direct && thread === 'none' ? command : `${DEFAULT_COMMAND} ${command}`;
}
