import { isSameFailure } from '../../pipeline/refused.ts';
import * as z from 'zod';
import { fenced } from '../data.ts';
import { change, write } from '../events.ts';
import { refusal, said, tool } from '../tool.ts';

export const item = tool({
  name: 'item',
  description:
    'Shows the work item of this run: its text, its criteria with their numbers, its stage, and the evidence of the last failure.',
  input: {},
  run(parts, { caller }) {
    const { item: mine, run, project } = caller;
    const criteria = mine.criteria.map(({ text, checked }, i) => `${i + 1}. [${checked ? 'x' : ' '}] ${text}`);
    const rejected = mine.refused?.why ?? null;
    const open = mine.criteria.filter(({ checked }) => !checked).length;
    return said(
      [
        `Item ${mine.number} of ${mine.project}, a ${mine.type}, in ${mine.stage.name}. Run ${run.run}, attempt ${run.attempt} of ${project.settings.maxRetries + 1}.`,
        fenced('item', [mine.title, mine.description, ...criteria].filter((text) => text !== '').join('\n\n')),
        `${open} of ${mine.criteria.length} criteria are open.`,
        ...(mine.failure === null ? [] : [fenced('last failure', `${parts.failureText(mine.failure)}\n\n${mine.failure.evidence}`)]),
        ...(rejected === null || isSameFailure(rejected, mine.failure)
          ? []
          : [fenced('reason of the last rejection', `${parts.failureText(rejected)}\n\n${rejected.evidence}`)]),
      ].join('\n'),
    );
  },
});

export const checkCriterion = tool({
  name: 'check_criterion',
  description: 'Checks an acceptance criterion that is met, or unchecks it. This does not move the item: the gates and people decide.',
  input: {
    number: z.int().min(1).describe('The number in the tool item, from 1.'),
    checked: z.boolean().default(true),
  },
  run(parts, { caller }, { number, checked }) {
    return (
      change(parts, caller, (tx, now) => {
        const criterion = now.item.criteria[number - 1];
        if (criterion === undefined) return refusal(`The item has ${now.item.criteria.length} criteria, not ${number}.`);
        const news = criterion.checked !== checked;
        if (news && !write(tx, now, 'item.criterion_set', { index: number - 1, checked })) return refusal('That is not possible now.');
        return said(`Criterion ${number} is ${checked ? 'checked' : 'unchecked'}.`);
      }) ?? refusal('The run has ended.')
    );
  },
});
