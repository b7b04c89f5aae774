import type { REST } from 'discord.js';
import type { MessageRef } from '../../transport.ts';
import { shortened } from '../intake/commands.ts';
import { LIMITS } from '../limits.ts';
import { apiCode, sendFailure, statusOf, type Library } from '../rest.ts';

/** Discord's numbers: the message has its thread already; it is gone; its channel is gone. */
const HAS_THREAD = 160004;
const GONE: ReadonlySet<number | null> = new Set([10008, 10003]);

/**
 * Opens a thread under a message and returns its `Address.thread`. The thread has the message's id, so opening it twice is harmless.
 * Null: the message is gone, is not in a channel, or the bot may not open threads there, which is reported.
 */
export async function threadUnder(
  library: Library,
  rest: REST,
  ref: MessageRef,
  name: string,
  report: (problem: Error) => void,
): Promise<string | null> {
  const [first = '', second] = ref.id.split('/');
  if (second !== undefined || !/^\d+$/.test(first)) return null;
  try {
    await rest.post(library.Routes.threads(ref.room, first), { body: { name: shortened(name, LIMITS.threadName) || '…' } });
  } catch (error) {
    if (GONE.has(apiCode(error))) return null;
    if (statusOf(error) === 403) {
      report(
        new Error(
          `Musher is not allowed to open threads in ${ref.room}. Give its role "Create Public Threads" and "Send Messages in Threads" there.`,
          {
            cause: error,
          },
        ),
      );
      return null;
    }
    if (apiCode(error) !== HAS_THREAD) throw sendFailure(error);
  }
  return `t|${first}`;
}
