import type { Sender } from '../src/message/address.ts';
import type { Document } from '../src/message/document.ts';
import type { Answer } from './views.ts';

/**
 * What the web network keeps across restarts: who came in by which link, and what they were answered. Musher's composition
 * gives it. A session is a window on the room where its person asked for it, and its rights are those of that place.
 */
export interface Sessions {
  /** Begins a session by the token of a link, which is used up; null: there is no such link, or no longer. */
  enter(token: string, browser: string): { readonly secret: string; readonly session: Session } | null;
  /** The session whose secret a browser has; null: there is none, or no longer. */
  bySecret(secret: string): Session | null;
  /** The session that is this room; null: there is none, or no longer. */
  byRoom(room: string): Session | null;
  /** Ends a session: its link, its cookie and its answers are gone. */
  end(room: string): void;
  /** Calls back with the room of each session that somebody ends; returns how to stop that. */
  onEnded(listener: (room: string) => void): () => void;
  /** Keeps a message, in parts, under a key: the same key once. Gives what is kept; null where the session is over. */
  keep(room: string, key: string, parts: readonly Document[]): readonly Answer[] | null;
  /** Shows something else in place of a message; null where it is gone. */
  change(id: string, body: Document): Answer | null;
  /** The newest messages of a session, the oldest of them first. */
  answers(room: string): readonly Answer[];
}

/** Somebody's session in one browser. */
export interface Session {
  /** Its id, and the room of its messages. */
  readonly room: string;
  /** Who it is on this network. */
  readonly sender: Sender;
}
