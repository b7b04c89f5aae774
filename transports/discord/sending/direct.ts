import type { APIDMChannel, REST } from 'discord.js';
import { sendFailure, type Library } from '../rest.ts';

/** The channel of the conversation with a person. Discord gives the one that there is. */
export async function openDirect(library: Library, rest: REST, person: string): Promise<APIDMChannel> {
  try {
    return (await rest.post(library.Routes.userChannels(), { body: { recipient_id: person } })) as APIDMChannel;
  } catch (error) {
    throw sendFailure(error);
  }
}
