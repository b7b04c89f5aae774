import type { Where } from '../network.ts';

/** `!start 1` in rooms and their threads; with Musher alone nobody has to say whom they mean. */
export function commandForm(command: string, { direct }: Pick<Where, 'direct'>): string {
  return direct ? command : `!${command}`;
}
