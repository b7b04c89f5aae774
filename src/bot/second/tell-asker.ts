import type { Tx } from '../../log/tx.ts';
import type { IncomingMessage } from '../../message/address.ts';
import type { Document } from '../../message/document.ts';

/** Tells the asker's room, where that is not the room of the answer. */
export function tellAsker(
  tx: Tx,
  { at }: IncomingMessage,
  { transport, room }: { readonly transport: string; readonly room: string },
  body: Document,
  item: { readonly project: string; readonly number: number } | null,
): void {
  if (transport === at.transport && room === at.room) return;
  tx.outbox.add({ to: { transport, room, thread: null }, item, kind: 'notice', body, inbox: null }, tx.now);
}
