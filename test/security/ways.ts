import type { IngressKind } from '../../src/message/address.ts';
import type { Address } from '../../src/message/address.ts';
import type { CommandCatalogue } from '../../transports/command-catalogue.ts';
import type { Transport } from '../../transports/transport.ts';

/** What else a network brings that is no message of its own kind for Musher. */
export const FURTHER_WAYS = ['edit', 'deletion', 'reply', 'thread', 'upload', 'other bot', 'own message', 'completion'] as const;
/** Every way in which something comes from a network. A new kind of ingress has no cell in the table, which then does not compile. */
export type Way = IngressKind | (typeof FURTHER_WAYS)[number];

/** One of two people: Anna is admin, Mallory is nobody. */
export type Who = 'anna' | 'mallory';

/** What a network does when somebody uses a way. */
export interface Act {
  /** Somebody tries `create story <title>` by it. */
  readonly does: (who: Who, title: string) => unknown;
  /** Where Anna's counts as a command; otherwise nobody's does. */
  readonly isCommand: boolean;
  /** Mallory's does not even reach Musher's door: why. Missing: it is refused there, with its row in the audit. */
  readonly dropped?: string;
}

/** Why a network has no such way. */
export interface Lacking {
  readonly lacking: string;
}

/** A network with Anna and Mallory, as the table needs it. */
export interface Net {
  readonly transport: Transport;
  readonly room: Address;
  readonly ids: Readonly<Record<Who, string>>;
  readonly ways: Readonly<Record<Way, Act | Lacking>>;
  /** Anna says something that is answered: all before it has come in. */
  readonly probe: () => unknown;
  /** The network delivers its last event once more. */
  readonly redeliver?: () => unknown;
  /** After the transport's start. */
  readonly started?: () => Promise<void>;
  readonly close: () => Promise<void>;
}

export type OpenNet = (catalogue: CommandCatalogue) => Promise<Net>;

/** Cells of the same reason. */
export function lack(lacking: string): Lacking {
  return { lacking };
}
