import { asTyped } from '../../../src/message/as-typed.ts';
import type { Document } from '../../../src/message/document.ts';
import { commandForm } from '../command-form.ts';
import { isDirect } from '../intake/messages.ts';
import type { Where } from '../../network.ts';

/** A document with its commands as they are typed in a conversation. */
export function typedIn(room: string, thread: Where['thread'], body: Document): Document {
  return asTyped(body, (command) => commandForm(command, { direct: isDirect(room), thread }));
}
