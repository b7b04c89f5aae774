import { randomUUID } from 'node:crypto';

/** A message as everybody in the room sees it. */
export interface Shown {
  readonly id: string;
  readonly room: string;
  readonly thread: string | null;
  readonly from: string;
  text: string;
  buttons: readonly { readonly label: string; readonly command: string }[];
}

/** What somebody said or pressed, as it is delivered. */
export interface Delivered {
  readonly id: string;
  readonly room: string;
  readonly thread: string | null;
  readonly from: string;
  /** The message that it replies to. */
  readonly replyTo: string | null;
  readonly way: 'said' | 'pressed';
  readonly text: string;
}

/** The whole network, in this process: rooms, and one line to Musher that can be cut. */
export class Switchboard {
  readonly token = 'dummy_00000000000000000000';
  readonly rooms = new Set<string>();
  readonly shown: Shown[] = [];
  readonly #sent = new Map<string, Shown>();
  #listener: { readonly take: (message: Delivered) => void; readonly onCut: () => void } | null = null;
  #last: Delivered | null = null;
  #away = false;

  /** Throws while the network is away. */
  connect(take: (message: Delivered) => void, onCut: () => void): void {
    if (this.#away) throw new Error('nobody answers');
    this.#listener = { take, onCut };
  }

  hangUp(): void {
    this.#listener = null;
  }

  /** Shows a message once for each key; the same again gives the one that stands there. */
  post(message: Omit<Shown, 'id' | 'from'>, key: string): Shown {
    const before = this.#sent.get(key);
    if (before !== undefined) return before;
    const made = { ...message, id: randomUUID(), from: 'musher' };
    this.shown.push(made);
    this.#sent.set(key, made);
    return made;
  }

  find(id: string): Shown | undefined {
    return this.shown.find((one) => one.id === id);
  }

  /** A person says something. */
  say(room: string, text: string, from = 'p-1', thread: string | null = null, replyTo: string | null = null): void {
    this.#deliver({ id: randomUUID(), room, thread, from, replyTo, way: 'said', text });
  }

  redeliver(): void {
    if (this.#last !== null) this.#listener?.take(this.#last);
  }

  cut(): void {
    this.#away = true;
    const cut = this.#listener;
    this.#listener = null;
    cut?.onCut();
  }

  mend(): void {
    this.#away = false;
  }

  #deliver(message: Delivered): void {
    this.#last = message;
    this.#listener?.take(message);
  }
}

const boards = new Map<string, Switchboard>();

/** Opens a switchboard under a name; a test closes what it has opened. */
export function openSwitchboard(name: string): { readonly board: Switchboard; readonly close: () => void } {
  const board = new Switchboard();
  boards.set(name, board);
  return { board, close: () => void boards.delete(name) };
}

export function switchboardAt(name: string): Switchboard | undefined {
  return boards.get(name);
}
