import { BOUNDS } from '../../bounds.ts';
import { err, ok, type Result } from '../../result.ts';
import { allOf, noneCalled, type Outcome } from '../../words/bot/several.ts';
import type { Reply } from '../../words/reply.ts';
import type { CommandTx } from '../capabilities.ts';
import type { CommandContext } from '../command.ts';
import type { ItemRef, SeveralItems } from '../parse/arguments.ts';
import type { CalledItems } from './called.ts';

/** Items that a word stands for at once; the rest is counted in the reply. */
const MOST_CALLED = BOUNDS.itemsCalled;

/** The items that a command is about, in order and each once. */
export interface Meant {
  readonly refs: readonly [ItemRef, ...ItemRef[]];
  /** How many more a word stands for than are taken at once. */
  readonly left: number;
}

/** What was typed as items that can be looked up; the error is the reply where a word stands for none. */
export function itemsMeant<W extends string>(
  context: CommandContext,
  named: SeveralItems<W>,
  called: CalledItems<W>,
): Result<Meant, Reply> {
  const found = new Map<string, ItemRef>();
  let left = 0;
  for (const one of named) {
    const all = 'called' in one ? called[one.called](context, one.project) : [one];
    left += Math.max(0, all.length - MOST_CALLED);
    for (const { project, number } of all.slice(0, MOST_CALLED)) found.set(`${project}#${number}`, { project, number });
  }
  const [first, ...others] = found.values();
  if (first !== undefined) return ok({ refs: [first, ...others], left });
  return err(
    noneCalled(
      named.flatMap((one) => ('called' in one ? [one.called] : [])),
      named[0]?.project ?? context.project.name,
    ),
  );
}

/**
 * Does the same to each item, in one transaction and each in a part of its own, so that what does not fit stops no other. One
 * reply: for a single item its own, for several a line for each.
 */
export function changeEach<W extends string>(
  context: CommandContext,
  named: SeveralItems<W>,
  called: CalledItems<W>,
  act: (tx: CommandTx, ref: ItemRef) => Reply,
): Reply {
  return context.change((tx) => {
    const meant = itemsMeant(context, named, called);
    if (!meant.ok) return tx.refuse(meant.error);
    const { refs, left } = meant.value;
    if (refs.length === 1) return act(tx, refs[0]);
    const outcomes = refs.map((ref): Outcome => {
      const result = tx.attempt(() => {
        const reply = act(tx, ref);
        return reply.ok ? reply : tx.refuse(reply);
      });
      return { ref, reply: result.ok ? result.value : result.error };
    });
    return allOf(outcomes, context.project.name, left);
  });
}

/**
 * As `changeEach`, for a command that waits for what comes of it: `begin` changes one item, `finish` waits and answers for it.
 * All begin in one transaction and are waited for side by side.
 */
export async function beginEach<T, W extends string>(
  context: CommandContext,
  named: SeveralItems<W>,
  called: CalledItems<W>,
  begin: (tx: CommandTx, ref: ItemRef) => T,
  finish: (begun: T) => Reply | Promise<Reply>,
): Promise<Reply> {
  const begun = context.begin((tx) => {
    const meant = itemsMeant(context, named, called);
    if (!meant.ok) return tx.refuse(meant.error);
    const { refs, left } = meant.value;
    if (refs.length === 1) return { left, parts: [{ ref: refs[0], result: ok<T>(begin(tx, refs[0])) }] };
    const parts = refs.map((ref) => ({ ref, result: tx.attempt(() => begin(tx, ref)) }));
    if (parts.some(({ result }) => result.ok)) return { left, parts };
    const refusals = parts.flatMap(({ ref, result }) => (result.ok ? [] : [{ ref, reply: result.error }]));
    return tx.refuse(allOf(refusals, context.project.name, left));
  });
  if (!begun.ok) return begun.error;
  const { left, parts } = begun.value;
  const outcomes = await Promise.all(
    parts.map(async ({ ref, result }): Promise<Outcome> => ({ ref, reply: result.ok ? await finish(result.value) : result.error })),
  );
  const [only, ...others] = outcomes;
  return only !== undefined && others.length === 0 ? only.reply : allOf(outcomes, context.project.name, left);
}
