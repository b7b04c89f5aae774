import { command as typed, doc, paragraph, type Content } from '../../message/build.ts';
import type { Reply } from '../reply.ts';

/** To a greeting: one line with commands to begin with, which its reader may use. */
export function hello(commands: readonly string[]): Reply {
  return { ok: true, code: null, body: doc(paragraph('Hello! Try ', ...oneOf(commands), '.')) };
}

/** To what may mean a command that changes something: the command, which was not run. */
export function onlyShown(commands: readonly string[]): Reply {
  const body = doc(paragraph('Did you mean ', ...oneOf(commands), '? Nothing has run yet.'));
  return { ok: false, code: 'unknown-command', body };
}

function oneOf(commands: readonly string[]): Content[] {
  return commands.flatMap((one, index): Content[] => [index === 0 ? '' : index === commands.length - 1 ? ' or ' : ', ', typed(one)]);
}

/** To a remark that asks for nothing. */
export function noted(): Reply {
  return { ok: true, code: null, body: doc(paragraph('All right.')) };
}

/** To thanks. */
export function welcome(): Reply {
  return { ok: true, code: null, body: doc(paragraph('You’re welcome.')) };
}
