import { amount, budgetOwner, type BudgetOwner } from '../../src/bot/parse/arguments-budget.ts';
import { command, type CommandContext, type Confirmation, type Reply } from '../../src/bot/command.ts';
import { lacking } from '../../src/bot/rights/authorise.ts';
import { findBudget, inRoom, type FoundBudget } from '../../src/bot/find-budget.ts';
import { budgetTable, dayEnd } from '../../src/words/budget.ts';
import { itemTitle, sentence } from '../../src/words/item.ts';
import { outlook, readerOf } from '../../src/words/step.ts';
import { projectOf } from '../../src/bot/of-item.ts';
import { answer, done, refused } from '../../src/words/replies.ts';
import { includes } from '../../src/bot/rights/rights.ts';
import { budgetsOf, dayBudget } from '../../src/decide/budgets.ts';
import { code, doc, heading, list, paragraph } from '../../src/message/build.ts';
import { left, topped, UNITS, type Amount, type Budget } from '../../src/pipeline/budget/budget.ts';
import { amountWords, capWords, inUnit, ownerOf, usedOf } from '../../src/pipeline/budget/budget-words.ts';
import type { WorkItem } from '../../src/pipeline/types.ts';
import { err, type Result } from '../../src/result.ts';
import { actorName } from '../../src/pipeline/actor.ts';

export const budget = command({
  words: ['budget'],
  summary: 'Shows what agents may still use: for an item, in a day, for a person; and adds to it.',
  details:
    'Agents are stopped at the line and their work waits. What is added to an item is its own for good, what is added to a day ends with it. ' +
    'Adding asks first; it takes an operator for an item, an admin for a day.',
  examples: ['budget', 'budget 42', 'budget 42 +50k', 'budget today +5usd', 'budget all +20usd'],
  args: { of: budgetOwner().optional(), more: amount().optional() },
  role: 'viewer',
  confirm(context, { of, more }) {
    if (more === null) return show(context, of);
    const found = toRaise(context, of, more);
    return found.ok ? question(context, found.value, more) : found.error;
  },
  run(context, { of, more }) {
    if (more === null) return show(context, of);
    const found = toRaise(context, of, more);
    return found.ok ? raise(context, found.value, more) : found.error;
  },
});

/** The budget that is to be added to, where the sender may and it has a cap. */
function toRaise(context: CommandContext, of: BudgetOwner | null, more: Amount): Result<FoundBudget, Reply> {
  if (of === null)
    return err(refused('whose-budget', 'Say whose budget: ', code('budget 42 +50k'), ' or ', code('budget today +5usd'), '.'));
  const found = findBudget(context, of);
  if (!found.ok) return found;
  const { budget: one, item } = found.value;
  // A day that projects share is a matter of all of them.
  const project = item?.project ?? (one.scope === 'project' ? one.name : null);
  const needs = item === null ? 'admin' : 'operator';
  const role = context.roleIn({ project });
  if (!includes(role, needs)) return err(refused('not-allowed', `Adding to ${which(one)}`, ...lacking(needs, project, role)));
  if (UNITS.some((unit) => more[unit] > 0 && one.caps[unit] !== null)) return found;
  return err(
    refused('no-cap', `Nothing caps ${ownerOf(one)} in that, so there is nothing to add to. `, code('budget'), ' shows the caps.'),
  );
}

function question(context: CommandContext, { budget: one, item }: FoundBudget, more: Amount): Confirmation {
  const caps = topped(one.caps, more);
  const lines = UNITS.filter((unit) => more[unit] > 0 && one.caps[unit] !== null).map(
    (unit) => `${sentence(usedOf(one, unit))} It would be ${inUnit(caps[unit] ?? 0, unit)}.`,
  );
  return {
    question: doc(
      paragraph(`Add ${amountWords(more)} to ${which(one)}?`),
      list(one.until === null ? lines : [...lines, `What is added ends with the day, at ${dayEnd(context, one.until)}.`]),
    ),
    // The run that is stopped for want of it may end before the answer: what is added counts all the same.
    item: item === null ? null : { project: item.project, number: item.number, version: item.version, despite: 'its runs' },
  };
}

function raise(context: CommandContext, { budget: one, item }: FoundBudget, more: Amount): Reply {
  return context.change((tx) => {
    const { scope, name, until } = one;
    if (scope !== 'item' && until !== null) tx.raiseDay(context.project.name, { scope, name, until, ...more });
    const after = item === null ? null : tx.append(tx.find(item), 'item.budget_raised', more);
    const now = { ...one, caps: topped(one.caps, more) };
    const rest = UNITS.filter((unit) => more[unit] > 0 && now.caps[unit] !== null).map((unit) => inUnit(left(now, unit) ?? 0, unit));
    return done(
      `Added ${amountWords(more)} to ${which(one)}: ${rest.join(' and ')} left. `,
      ...(after === null ? [] : outlook(after, tx.step(after), readerOf(context))),
    );
  });
}

function which(one: Budget): string {
  return `${one.until === null ? 'the budget' : "today's budget"} of ${ownerOf(one)}`;
}

function show(context: CommandContext, of: BudgetOwner | null): Reply {
  if (of === null) return overview(context);
  const found = findBudget(context, of);
  if (!found.ok) return found.error;
  const { budget: one, item } = found.value;
  if (item !== null) return ofItem(context, item);
  return answer(doc(budgetTable([one]), paragraph(`The day ends at ${dayEnd(context, one.until ?? 0)}.`)));
}

function overview(context: CommandContext): Reply {
  const now = context.clock.now();
  const { reads, project } = context;
  const { budget: settings } = project.settings;
  const all = dayBudget(reads, { scope: 'bot', name: '' }, settings, now);
  const projects = context.projects.map((one) => dayBudget(reads, { scope: 'project', name: one.name }, one.settings.budget, now));
  const people = settings.people.map(({ actor }) => dayBudget(reads, { scope: 'person', name: actor }, settings, now));
  return answer(
    doc(
      heading('Budget of today'),
      budgetTable([all, ...projects, ...people]),
      paragraph(`The day ends at ${dayEnd(context, all.until ?? 0)}.`),
      paragraph(
        `In its whole life an item of ${project.name} may use ${capWords(settings.item)}; `,
        code('budget 42'),
        ' shows one, ',
        code('budget 42 +5usd'),
        ' adds to it.',
      ),
    ),
  );
}

function ofItem(context: CommandContext, item: WorkItem): Reply {
  const { settings } = projectOf(context, item);
  const reader = readerOf(context);
  const budgets = budgetsOf(context.reads, item, settings, context.clock.now()).map((one) => inRoom(one, item, reader.current));
  const step = context.step(item);
  return answer(
    doc(
      paragraph(
        `${itemTitle(item, reader.current)}: its runs count for ${item.payer === null ? "nobody's day" : `the day of ${actorName(item.payer)}`}.`,
      ),
      budgetTable(budgets),
      paragraph(`The day ends at ${dayEnd(context, budgets.at(-1)?.until ?? 0)}.`),
      step.do === 'wait' && step.for === 'budget' && paragraph(...outlook(item, step, reader)),
    ),
  );
}
