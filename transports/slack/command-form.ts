import type { Where } from '../network.ts';
import { DEFAULT_COMMAND } from './options.ts';

/** `/musher start 1`; in a thread, where Slack takes no slash commands, `!start 1`; in a direct conversation `start 1`. */
export function commandForm(command: string, { direct, thread }: Omit<Where, 'catalogue'>): string {
  if (thread === 'within') return `!${command}`;
  // A private answer may appear in a conversation between two other people.
  return direct && thread === 'none' ? command : `${DEFAULT_COMMAND} ${command}`;
}
