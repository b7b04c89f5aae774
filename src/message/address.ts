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

/** The id of the message that a timer makes when it is due: it can be made but once. */
export function timerMessageId(project: string, timer: number): string {
  return `timer:${project}:${timer}`;
}

/** The number of the timer that made a message; null for one that a person wrote at this moment. */
export function timerOf({ id }: Pick<IncomingMessage, 'id'>): number | null {
  const [, number] = /^timer:.*:(\d+)$/s.exec(id) ?? [];
  return number === undefined ? null : Number(number);
}

/** The id of the message that a routine makes at one of its times. */
export function routineMessageId(project: string, routine: number, due: number): string {
  return `routine:${project}:${routine}:${due}`;
}

/** The routine that made a message; null for one that it did not. */
export function routineOf({ id }: Pick<IncomingMessage, 'id'>): { readonly project: string; readonly routine: number } | null {
  const [, project, routine] = /^routine:(.*):(\d+):\d+$/s.exec(id) ?? [];
  return project === undefined || routine === undefined ? null : { project, routine: Number(routine) };
}

/** Whether nobody has typed a message at this moment: a timer or a routine made it. */
export function isByItself(message: Pick<IncomingMessage, 'id'>): boolean {
  return timerOf(message) !== null || routineOf(message) !== null;
}

/**
 * Why a file of a message is not kept. `forbidden`: its network does not let Musher read it; `elsewhere`: it is at an address that is
 * not the network's own; `unreadable`: it is encrypted, and not by the key that came with it.
 */
export type FileTrouble =
  | 'too-large'
  | 'too-many'
  | 'item-full'
  | 'forbidden'
  | 'elsewhere'
  | 'gone'
  | 'no-answer'
  | 'unreadable'
  | 'not-stored';

/** A file that came with a message. */
export interface MessageFile {
  /** As its sender's device named it: never a path, and not shown before it was made safe. */
  readonly name: string;
  /** Its media type and its bytes, as the network says; null: it does not say. */
  readonly type: string | null;
  readonly bytes: number | null;
  /** How its network gets it; opaque to everybody else. */
  readonly from: string;
}

export interface IncomingMessage {
  /** The network's id of the message or event: with the transport's name it is the key against doubles. */
  readonly id: string;
  readonly at: Address;
  readonly sender: Sender;
  readonly ingress: IngressKind;
  /** In a direct conversation with Musher, whatever the way in; `direct` implies it. */
  readonly direct?: boolean;
  readonly text: string;
  /** The network's name of the message that it replies to, as in `MessageRef.id`; missing: it replies to none. */
  readonly replyTo?: string;
  /** The same of the first message of the thread in which it is; missing: it is in the room itself. */
  readonly threadRoot?: string;
  /** The item that is meant where the text names none. The router fills it in, from what the message replies to or the thread's item. */
  readonly about?: { readonly project: string; readonly number: number };
  /** Missing: none. */
  readonly files?: readonly MessageFile[];
}
