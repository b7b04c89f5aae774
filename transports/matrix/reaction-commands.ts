import type { Action, Document } from '../../src/message/document.ts';
import { MATRIX_LIMITS } from './limits.ts';
import { asObject, textAt } from './json.ts';
import { BoundedMap, STATE_KEYS, type StateStore } from './state.ts';

const YES = '👍';
const NO = '👎';
const SAME: ReadonlyMap<string, string> = new Map([
  ['✅', YES],
  ['✔', YES],
  ['❌', NO],
  ['✖', NO],
]);

/**
 * The reaction for an action: of one or two, thumbs up is the first and thumbs down the second; of more
 * their numbers.
 */
export function reactionFor(index: number, of: number): string {
  if (of <= 2) return index === 0 ? YES : NO;
  return index < 9 ? `${index + 1}\ufe0f\u20e3` : '•';
}

/** The actions that a reaction can stand for: it has no words, so those that ask for some are typed. */
export function reactable(actions: readonly Action[]): readonly Action[] {
  return actions.filter(({ asks }) => asks === undefined);
}

/** What reactions to our messages mean, stored durably, so that a question from before a restart can be answered after it. */
export interface ReactionCommands {
  /** Keeps what a message offers before it is sent: people may react to it before its sender knows that it arrived. */
  expect(transaction: string, thread: string | null, body: Document): void;
  /** The message of that transaction is there, under this id. */
  settle(transaction: string, eventId: string): void;
  /** Replaces the message's earlier actions; a document without actions removes them. */
  put(eventId: string, thread: string | null, body: Document): void;
  /** The command that a reaction means, and the thread of the message; null if it means nothing. */
  find(eventId: string, reaction: string): { readonly command: string; readonly thread: string | null } | null;
}

interface Reactable {
  readonly thread: string | null;
  readonly commands: readonly string[];
}

export function reactionCommands(state: StateStore): ReactionCommands {
  const known = new BoundedMap<Reactable>(MATRIX_LIMITS.reactionCommands);
  for (const [id, kept] of readAll(state.get(STATE_KEYS.reactionCommands))) known.set(id, kept);
  const keep = (): void => state.set(STATE_KEYS.reactionCommands, JSON.stringify(known.entries()));
  const put = (name: string, thread: string | null, body: Document): void => {
    const commands = body.blocks.flatMap((block) =>
      block.kind === 'actions' ? reactable(block.actions).map(({ command }) => command) : [],
    );
    if (commands.length > 0) known.set(name, { thread, commands });
    else if (!known.delete(name)) return;
    keep();
  };
  return {
    put,
    expect: (transaction, thread, body) => put(expected(transaction), thread, body),
    settle(transaction, eventId) {
      const expectedOne = known.get(expected(transaction));
      if (expectedOne === undefined) return;
      known.delete(expected(transaction));
      known.set(eventId, expectedOne);
      keep();
    },
    find(eventId, reaction) {
      const found = known.get(eventId);
      if (found === undefined) return null;
      const key = plainReaction(reaction);
      const { commands, thread } = found;
      const index = commands.findIndex((_, at) => plainReaction(reactionFor(at, commands.length)) === key);
      const command = commands[index];
      return command === undefined ? null : { command, thread };
    },
  };
}

/** No event's id begins like this. */
const expected = (transaction: string): string => `transaction ${transaction}`;

/** Without skin tones and variation selectors, and one sign for those that mean the same. */
function plainReaction(reaction: string): string {
  const plain = reaction.replaceAll(/[\u{1f3fb}-\u{1f3ff}]|\ufe0f/gu, '');
  return SAME.get(plain) ?? plain;
}

function readAll(text: string | null): [string, Reactable][] {
  if (text === null) return [];
  const all = JSON.parse(text) as unknown;
  if (!Array.isArray(all)) return [];
  return all.flatMap((entry: unknown): [string, Reactable][] => {
    if (!Array.isArray(entry)) return [];
    const [id, kept] = entry as unknown[];
    const commands = asObject(kept)['commands'];
    if (typeof id !== 'string' || !Array.isArray(commands)) return [];
    return [[id, { thread: textAt(kept, 'thread'), commands: commands.filter((one): one is string => typeof one === 'string') }]];
  });
}
