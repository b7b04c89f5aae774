import { flag, type Argument } from './parse/arguments.ts';
import type { CommandContext } from './command.ts';

/** The argument of commands whose answer can be a picture as well. */
export function pictureFlag(): Argument<boolean> {
  return flag('picture', 'Adds a picture, where the network shows any.');
}

/** Whether the answer has a picture: somebody asked for it, or the room has them always. */
export function wantsPicture(context: Pick<CommandContext, 'pictures'>, asked: boolean): boolean {
  return asked || context.pictures();
}
