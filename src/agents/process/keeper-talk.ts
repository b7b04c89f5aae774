import type { Seal } from './seal.ts';

/** Once for each output: the connection that begins with this token is written to this file. */
export interface Expected {
  /** Of `TOKEN_BYTES` characters, given to nobody but the keeper. */
  readonly token: string;
  /** Absolute. */
  readonly file: string;
  /** No more than this is written. */
  readonly bytes: number;
}

/** What Musher says to the program that keeps outputs. */
export type KeeperOrder =
  | ({ readonly order: 'expect' } & Expected)
  /** What was received so far is all that counts: somebody who is no part of the run any more holds the output open. */
  | { readonly order: 'settle'; readonly token: string };

/** And what that answers. */
export type KeeperSaid =
  | { readonly said: 'listening'; readonly path: string }
  /** `problem`: the system's code; null: it may begin. */
  | { readonly said: 'ready'; readonly token: string; readonly problem: string | null }
  | { readonly said: 'sealed'; readonly token: string; readonly seal: Seal };

export const TOKEN_BYTES = 32;
/** What a connection is answered before its other end is handed to the agent. */
export const TAKEN = 'ok';
