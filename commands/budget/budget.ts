import { amount, budgetOwner, type BudgetOwner } from '../../src/bot/parse/arguments-budget.ts';
import { command, type CommandContext, type Confirmation } from '../../src/bot/command.ts';
import { lacking } from '../../src/words/bot/access.ts';
import { findBudget, inRoom, type FoundBudget } from '../../src/bot/find-budget.ts';
import { amountWords, budgetTable, capWords, dayEnd, inUnit, ownerOf, usedOf } from '../../src/words/budget.ts';
import { itemTitle, sentence } from '../../src/words/item/item.ts';
import { outlook } from '../../src/words/item/step.ts';
import { projectOf } from '../../src/bot/of-item.ts';
import { answer, done, refused } from '../../src/words/replies.ts';
import { includes } from '../../src/bot/rights/rights.ts';
import { budgetsOf, dayBudget } from '../../src/decide/budgets.ts';
import { command as typed, doc, heading, list, paragraph, phrase } from '../../src/message/build.ts';
import { left, topped, UNITS, type Amount, type Budget } from '../../src/pipeline/budget/budget.ts';
import type { WorkItem } from '../../src/pipeline/types.ts';
import { err, type Result } from '../../src/result.ts';
import type { Reply } from '../../src/words/reply.ts';
import { readerOf } from '../../src/words/reader.ts';

export const budget = command({
  words: ['budget'],
  summary: 'Shows what agents may still spend, for an item, a day or a person. Can raise it.',
  details:
    'When a budget runs out, agents stop and their work waits. Raising an item’s budget is permanent; raising a day’s budget ends with the day. ' +
    'Raising asks for confirmation. It takes an operator for an item and an admin for a day.',
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

/** The budget to raise, if the sender may raise it and it has a cap. */
function toRaise(context: CommandContext, of: BudgetOwner | null, more: Amount): Result<FoundBudget, Reply> {
  if (of === null)
    return err(refused('whose-budget', 'Which budget? For example ', typed('budget 42 +50k'), ' or ', typed('budget today +5usd'), '.'));
  const found = findBudget(context, of);
  if (!found.ok) return found;
  const { budget: one, item } = found.value;
  // A day's budget that projects share needs a role in all of them.
  const project = item?.project ?? (one.scope === 'project' ? one.name : null);
  const needs = item === null ? 'admin' : 'operator';
  const role = context.roleIn({ project });
  if (!includes(role, needs)) return err(refused('not-allowed', `Raising ${which(one, context)}`, ...lacking(needs, project, role)));
  if (UNITS.some((unit) => more[unit] > 0 && one.caps[unit] !== null)) return found;
  return err(
    refused(
      'no-cap',
      `There is nothing to raise: ${ownerOf(one, context.nameOf)} has no ${capKinds(more)} cap. `,
      typed('budget'),
      ' shows the caps.',
    ),
  );
}

/** The kinds of cap that an amount could raise: `token`, `dollar`, or both. */
function capKinds(more: Amount): string {
  return UNITS.filter((unit) => more[unit] > 0)
    .map((unit) => (unit === 'tokens' ? 'token' : 'dollar'))
    .join(' or ');
}

function question(context: CommandContext, { budget: one, item }: FoundBudget, more: Amount): Confirmation {
  const caps = topped(one.caps, more);
  const lines = UNITS.filter((unit) => more[unit] > 0 && one.caps[unit] !== null).map(
    (unit) => `${sentence(usedOf(one, unit, context.nameOf))} New cap: ${inUnit(caps[unit] ?? 0, unit)}.`,
  );
  return {
    question: doc(
      paragraph(`Add ${amountWords(more)} to ${which(one, context)}?`),
      list(one.until === null ? lines : [...lines, phrase`The raise ends with the day, at ${dayEnd(context, one.until)}.`]),
    ),
    // A run that stops for lack of budget may end before the answer arrives. That must not void the question.
    items: item === null ? [] : [{ project: item.project, number: item.number, version: item.version, despite: 'its runs' }],
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
      `Added ${amountWords(more)} to ${which(one, context)}: ${rest.join(' and ')} left. `,
      ...(after === null ? [] : outlook(after, tx.step(after), readerOf(context))),
    );
  });
}

function which(one: Budget, { nameOf }: CommandContext): string {
  return `${one.until === null ? 'the budget' : 'today’s budget'} of ${ownerOf(one, nameOf)}`;
}

function show(context: CommandContext, of: BudgetOwner | null): Reply {
  if (of === null) return overview(context);
  const found = findBudget(context, of);
  if (!found.ok) return found.error;
  const { budget: one, item } = found.value;
  if (item !== null) return ofItem(context, item);
  return answer(doc(budgetTable([one], context.nameOf), paragraph(...phrase`The day ends at ${dayEnd(context, one.until ?? 0)}.`)));
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
      heading('Today’s budget'),
      budgetTable([all, ...projects, ...people], context.nameOf),
      paragraph(...phrase`The day ends at ${dayEnd(context, all.until ?? 0)}.`),
      paragraph(
        `Each item of ${project.name} may use ${capWords(settings.item)} in total. `,
        typed('budget 42'),
        ' shows the budget of item 42, ',
        typed('budget 42 +5usd'),
        ' raises it.',
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
        `${itemTitle(item, reader.current)}: ${item.payer === null ? 'its runs count towards no person’s daily budget' : `its runs count towards the daily budget of ${reader.nameOf(item.payer)}`}.`,
      ),
      budgetTable(budgets, reader.nameOf),
      paragraph(...phrase`The day ends at ${dayEnd(context, budgets.at(-1)?.until ?? 0)}.`),
      step.do === 'wait' && step.for === 'budget' && paragraph(...outlook(item, step, reader)),
    ),
  );
}
