import type { types } from '@slack/bolt';
import type { Address } from '../../../src/message/address.ts';
import type { CatalogueForm, CatalogueOption } from '../../command-catalogue.ts';
import { BELOW, FORM, type FormCommand } from '../intake/form-command.ts';
import { SLACK_LIMITS } from '../limits.ts';

/** The longest title of an item, and more than any other single line needs. */
const LONGEST_LINE = 200;

/** The form in which a command's options are asked for. `at`: where it was typed, and where the answer goes; `given`: what was typed already. */
export function formView(at: Address, { words, options, form }: FormCommand, given: readonly string[]): types.ModalView {
  return {
    type: 'modal',
    callback_id: FORM,
    private_metadata: JSON.stringify({ room: at.room, thread: at.thread, words }),
    title: { type: 'plain_text', text: form.title.slice(0, SLACK_LIMITS.modalTitle) },
    submit: { type: 'plain_text', text: form.submit.slice(0, SLACK_LIMITS.modalTitle) },
    close: { type: 'plain_text', text: 'Cancel' },
    blocks: [...options.map((option, index) => field(option, given[index] ?? null)), below(form)],
  };
}

function field(option: CatalogueOption, given: string | null): types.InputBlock {
  const { name, description, choices } = option;
  const block = { type: 'input' as const, block_id: name, label: { type: 'plain_text' as const, text: labelOf(name) } };
  if (choices.length === 0) return { ...block, element: { type: 'plain_text_input', action_id: name, max_length: LONGEST_LINE } };
  const all = choices.map((value) => ({ text: { type: 'plain_text' as const, text: value }, value }));
  const initial = all.find(({ value }) => value === given) ?? all[0];
  return {
    ...block,
    hint: { type: 'plain_text', text: description.slice(0, SLACK_LIMITS.hint) },
    element: { type: 'static_select', action_id: name, options: all, ...(initial === undefined ? {} : { initial_option: initial }) },
  };
}

/** What continues the lines below the last option. */
function below({ below: { label, hint } }: CatalogueForm): types.InputBlock {
  return {
    type: 'input',
    block_id: BELOW,
    optional: true,
    label: { type: 'plain_text', text: label },
    hint: { type: 'plain_text', text: hint.slice(0, SLACK_LIMITS.hint) },
    element: { type: 'plain_text_input', action_id: BELOW, multiline: true, max_length: SLACK_LIMITS.modalInput },
  };
}

/** `due_date` -> `Due date`. */
function labelOf(name: string): string {
  const words = name.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
