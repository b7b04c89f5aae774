/**
 * Where a message stands. `thread` is the transport's own name of a thread in the room, or of another way in which a
 * reply has to go (an interaction's token, a response address): opaque to everybody else, and kept with the message.
 */
export interface Address {
  readonly transport: string;
  readonly room: string;
  readonly thread: string | null;
}

/** Who wrote a message. `id` is the network's stable id and the only thing that rights hang on; `name` is for people's eyes. */
export interface Sender {
  readonly transport: string;
  readonly id: string;
  readonly name: string;
}

/** How a message came in. Authorisation lists every kind; a new one is refused until listed. */
export const INGRESS_KINDS = ['message', 'direct', 'mention', 'slash', 'button', 'reaction', 'select', 'modal', 'terminal'] as const;
export type IngressKind = (typeof INGRESS_KINDS)[number];

export interface IncomingMessage {
  /** The network's id of the message or event: with the transport's name it is the key against doubles. */
  readonly id: string;
  readonly at: Address;
  readonly sender: Sender;
  readonly ingress: IngressKind;
  /** In a conversation with Musher alone, whatever the way in: `direct` is that by itself. */
  readonly direct?: boolean;
  readonly text: string;
}
