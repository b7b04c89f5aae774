import type * as z from 'zod';
import type { Clock } from '../src/clock.ts';
import type { NetworkCrashPoint } from '../src/crash-point.ts';
import type { Finding } from '../src/finding.ts';
import type { Address } from '../src/message/address.ts';
import type { DrawPicture } from '../src/message/picture/picture.ts';
import type { CommandCatalogue } from './command-catalogue.ts';
import type { Sessions } from './sessions.ts';
import type { PeopleNames } from './people.ts';
import type { Transport } from './transport.ts';
import type { Views } from './views.ts';

/**
 * Everything that Musher knows of a network before it is used: a folder has one, and `transports/index.ts` lists them.
 * Configuration, `doctor`, redaction, notices and documentation go over that list. A `network.ts` must not import its SDK
 * statically, nor anything that does: a start pays only for the networks that are configured.
 */
export interface Network<Keys extends z.ZodObject = z.ZodObject> {
  /** The section of `bot.toml`, and what ids begin with: `matrix`. */
  readonly name: string;
  /** As people write it: `Matrix`. */
  readonly title: string;
  /** What its section is for, with the page that says more. */
  readonly about: string;
  /** The keys of its section. */
  readonly keys: Keys;
  /**
   * How ids look. A name in the place of one would never be met, and everybody be refused without a word why. Null: it has no
   * rooms and people of its own. Each of its rooms is a session, with the rights that its person has where they asked for it.
   */
  readonly ids: { readonly room: IdShape; readonly person: IdShape } | null;
  /** Secrets that are known by their form, for any account. */
  readonly secrets: readonly SecretShape[];
  /** Its own places in `src/crash-point.ts`. */
  readonly crashPoints: readonly NetworkCrashPoint[];
  /** Subcommands of `musher` that help to set it up. */
  readonly tools?: readonly NetworkTool[];
  // Methods, so that a list holds networks with keys of all kinds: what they take was checked by their own keys.
  /** What is wrong with a section beyond what each key says for itself. */
  problems?(section: z.output<Keys>): readonly SectionProblem[];
  /** Looks at the network as a start would, without connecting: token, permissions, rooms. Changes nothing there. */
  doctor(section: z.output<Keys>, rooms: readonly string[], signal: AbortSignal): Promise<readonly Finding[]>;
  /** A command in the form that is understood when somebody types it there: `!start 1`, `/musher start 1`. */
  commandForm(command: string, where: Where): string;
  /** Whether an answer at this address is seen by the asker alone; missing: the network has no such answers. */
  isPrivate?(to: Address): boolean;
  /** The address of the same answer, for everybody in the room to see; has to be there where `isPrivate` is. */
  inPublic?(to: Address): Address;
  /** The id of the first message of the thread in which a message at this address is seen, null for the room itself; missing: the address has it. */
  threadOf?(to: Address): string | null;
  /** Makes the transport; this is where the SDK is loaded. */
  open(section: z.output<Keys>, parts: NetworkParts): Promise<Transport>;
}

/**
 * The network that every Musher has: it needs no account and no section, has one room, and the person in it owns the process.
 * The same rule holds for its `network.ts`: what shows messages is loaded when it is opened.
 */
export interface LocalNetwork<Options> {
  /** What ids begin with. */
  readonly name: string;
  /** As people write it, at the start of a sentence. */
  readonly title: string;
  readonly address: Address;
  /** What its room is called in commands. */
  readonly roomName: string;
  /** The id of the person in it. */
  readonly owner: string;
  open(options: Options): Promise<Transport>;
}

/** Where a command is read, and is typed. */
export interface Where {
  /** A conversation with Musher alone. */
  readonly direct: boolean;
  /** `within`: a thread of a room. `own`: an answer that one person alone sees. */
  readonly thread: 'none' | 'within' | 'own';
  /** What the network itself shows of the commands; null if it knows none. */
  readonly catalogue: CommandCatalogue | null;
}

export interface IdShape {
  readonly is: RegExp;
  /** Ends the sentence "must be …". */
  readonly should: string;
  /** For the documentation, in a few words: "Matrix `!…:server`". */
  readonly brief: string;
  readonly example: string;
}

/** A kind of secret. */
export interface SecretShape {
  /** What is in its place, and what people are told: "Slack token". */
  readonly name: string;
  /** Source of a regular expression without groups that capture. Each begins with letters that are rare elsewhere. */
  readonly pattern: string;
  /** One of these is in every text that holds such a secret, and in few others: a plain text is looked for much faster than the pattern. */
  readonly hints: readonly (string | RegExp)[];
}

/** Begins a pattern: nothing of a longer word, for base64 of something else holds any four letters sooner or later. */
export const WORD_START = '(?<![A-Za-z0-9_/+-])';

/** A key of the network's section, and what is wrong with it. */
export interface SectionProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** `musher NAME`: prints a text that somebody needs to set the network up. */
export interface NetworkTool {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly { readonly name: string; readonly value: string; readonly summary: string }[];
  /** Throws MusherError for a value that can't be right. */
  print(options: ReadonlyMap<string, string>, catalogue: CommandCatalogue): Promise<string>;
}

/** Small durable state: synchronous, on disk when `set` returns. */
export interface StateStore {
  get(key: string): string | null;
  set(key: string, value: string): void;
}

/** What a transport is given of the Musher that it works for. */
export interface NetworkParts {
  readonly clock: Clock;
  /** Its own, kept across restarts. */
  readonly state: StateStore;
  /** Ids of the rooms that are served. */
  readonly rooms: readonly string[];
  /** Whether the roles count in direct messages. */
  readonly directMessages: boolean;
  /** Whether a person, by their id on this network, may write direct messages. */
  readonly mayWriteDirect: (id: string) => boolean;
  readonly people: PeopleNames;
  readonly catalogue: CommandCatalogue;
  /** A folder of its own may be made in here; 0700. */
  readonly dataDir: string;
  /** Runs the taking of what arrives in one commit with all that arrives at the same moment; rejects where that fails. */
  readonly inSharedCommit: <T>(run: () => T) => Promise<T>;
  /** Draws the pictures of documents; missing: none are shown, and the text beside each says the same. */
  readonly draw?: DrawPicture;
  /** What went wrong within: for the log file. */
  readonly report: (error: unknown) => void;
  /** What a network without rooms of its own shows, and its sessions. */
  readonly page: () => Promise<PageParts>;
}

/** What is shown on the page, and to whom. */
export interface PageParts {
  readonly views: Views;
  readonly sessions: Sessions;
}

/** Keeps the types of a network's keys together while it is written down. */
export function defineNetwork<Keys extends z.ZodObject>(network: Network<Keys>): Network<Keys> {
  return network;
}
