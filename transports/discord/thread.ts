import type { REST } from 'discord.js';
import { SendFailure, type MessageRef } from '../transport.ts';
import { shortened } from './commands.ts';
import { LIMITS } from './limits.ts';
import { apiCode, sendFailure, type Library } from './rest.ts';

/** Discord's number of the error that a message has its thread already. */
const HAS_THREAD = 160004;

/** Opens a thread under a message and gives what stands in `Address.thread`. It has the message's id, so once is enough. */
export async function threadUnder(library: Library, rest: REST, ref: MessageRef, name: string): Promise<string> {
  const [first = '', second] = ref.id.split('/');
  if (second !== undefined || !/^\d+$/.test(first)) {
    throw new SendFailure('rejected', 'A thread can be opened only under a message of a channel.');
  }
  try {
    await rest.post(library.Routes.threads(ref.room, first), { body: { name: shortened(name, LIMITS.threadName) || '…' } });
  } catch (error) {
    if (apiCode(error) !== HAS_THREAD) throw sendFailure(error);
  }
  return `t|${first}`;
}
