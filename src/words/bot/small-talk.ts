import { command as typed, doc, paragraph, type Content } from '../../message/build.ts';
import type { Reply } from '../reply.ts';

/** To a greeting: one line with commands to begin with, which its reader may use. */
export function hello(commands: readonly string[]): Reply {
  const named = commands.flatMap((one, index): Content[] => [index === 0 ? '' : index === commands.length - 1 ? ' or ' : ', ', typed(one)]);
  return { ok: true, code: null, body: doc(paragraph('Hello! Try ', ...named, '.')) };
}

/** To thanks. */
export function welcome(): Reply {
  return { ok: true, code: null, body: doc(paragraph('You’re welcome.')) };
}
