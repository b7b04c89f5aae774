import type { Clock } from '../clock.ts';
import type { AccessRole } from '../config/choices.ts';
import type { Document } from '../message/document.ts';
import type { Address, Sender } from '../message/address.ts';
import type { Millis } from '../pipeline/values.ts';
import type { ArgumentTypes, ArgumentValues } from './parse/arguments.ts';
import type { Capabilities } from './capabilities.ts';
import type { Actor, NameOf } from '../pipeline/actor.ts';
import type { Reply } from '../words/reply.ts';

/** What a command returns: a reply, or a live one whose last document is the final reply. */
export type CommandResult = Reply | Promise<Reply> | AsyncGenerator<Document, Document>;

/** All that a command gets: never the bot, never a transport. */
export interface CommandContext extends Capabilities {
  readonly clock: Clock;
  readonly sender: Sender;
  /** Who acts, as the log names them. */
  readonly actor: Actor;
  readonly at: Address;
  /** When the message was received. */
  readonly receivedAt: Millis;
  /** IANA time zone for showing times. */
  readonly timezone: string;
  /** How people are called in texts. */
  readonly nameOf: NameOf;
  /** Aborts when Musher stops. */
  readonly signal: AbortSignal;
}

/** A destructive command: what is asked before it runs. */
export interface Confirmation {
  readonly question: Document;
  /** The items it is about. The answer is void if one of them has changed since, apart from what its runs do if `despite` is set. */
  readonly items: readonly {
    readonly project: string;
    readonly number: number;
    readonly version: number;
    readonly despite?: 'its runs';
  }[];
  /** The command that a yes runs, where what was typed could mean more by then: `delete 7 8` for `delete 7-20`. */
  readonly text?: string;
}

/**
 * One command is one declaration: help, usage errors, completion, slash options and `docs/commands.md` come from it.
 */
export type Command<A extends ArgumentTypes = ArgumentTypes> = Declared<A> & Run<A>;

/** What is known of a command before it runs. */
interface Declared<A extends ArgumentTypes> {
  /** The words that call it; `['timer', 'list']` is typed `timer list`. */
  readonly words: readonly [string, ...string[]];
  readonly aliases?: readonly (readonly [string, ...string[]])[];
  readonly summary: string;
  /** More about it, for `help <command>` and the docs; plain sentences. */
  readonly details?: string;
  /** Texts that a person would type, each valid by the command's own arguments. */
  readonly examples: readonly [string, ...string[]];
  /** In the order in which they are typed. */
  readonly args: A;
  /** Networks with forms ask for the arguments in one when the command is typed without its last argument, which continues below its first line. */
  readonly form?: { readonly title: string; readonly submit: string; readonly below: { readonly label: string; readonly hint: string } };
  readonly role: AccessRole;
  /**
   * It takes the files of its message, for each item that it changes. `instead of text`: where its text is missing, their names stand
   * for it. Missing: it takes none, and its reply says so.
   */
  readonly files?: 'beside text' | 'instead of text';
  /** About Musher itself and not a project: the role in any project is enough. */
  readonly about?: 'musher';
  /** It asks only in some cases, so a timer may run it: in those cases it does nothing. */
  readonly asks?: 'sometimes';
  /** Present on destructive commands. Returns the reply if there is nothing to confirm, null if this call destroys nothing. */
  // Methods, not properties: so that commands of different arguments fit in one list.
  confirm?(context: CommandContext, args: ArgumentValues<A>): Confirmation | Reply | null;
}

/**
 * A command whose reply is there when `run` returns is handled in the very commit that stores its message: it must change
 * nothing outside of the log. One that `waits` (for git, a process, or for what the engine makes of it) begins after that commit.
 */
type Run<A extends ArgumentTypes> =
  | { readonly waits?: false; run(context: CommandContext, args: ArgumentValues<A>): Reply }
  | { readonly waits: true; run(context: CommandContext, args: ArgumentValues<A>): CommandResult };

/** Gives a declaration its types. */
export function command<const A extends ArgumentTypes>(declaration: Command<A>): Command<A> {
  return declaration;
}
