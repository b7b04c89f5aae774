import type { Where } from '../network.ts';

/** `!start 1` in rooms and their threads; `start 1` in a direct conversation. */
export function commandForm(command: string, { direct }: Pick<Where, 'direct'>): string {
  return direct ? command : `!${command}`;
}
