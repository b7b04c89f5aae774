import type { types } from '@slack/bolt';
import type { Address } from '../../../src/message/address.ts';
import { CREATE_FORM, FORM_FIELDS } from '../intake/interactions.ts';
import { SLACK_LIMITS } from '../limits.ts';

/** The form for a new item. `at`: where the command was typed, and where the answer to it goes. */
export function createForm(at: Address, itemTypes: readonly string[], chosen: string | null): types.ModalView {
  const options = itemTypes.map((type) => ({ text: { type: 'plain_text' as const, text: type }, value: type }));
  const initial = options.find(({ value }) => value === chosen) ?? options[0];
  return {
    type: 'modal',
    callback_id: CREATE_FORM,
    private_metadata: JSON.stringify({ room: at.room, thread: at.thread }),
    title: { type: 'plain_text', text: 'New item' },
    submit: { type: 'plain_text', text: 'Create' },
    close: { type: 'plain_text', text: 'Cancel' },
    blocks: [
      {
        type: 'input',
        block_id: FORM_FIELDS.type,
        label: { type: 'plain_text', text: 'Kind of work' },
        element: {
          type: 'static_select',
          action_id: FORM_FIELDS.type,
          options,
          ...(initial === undefined ? {} : { initial_option: initial }),
        },
      },
      {
        type: 'input',
        block_id: FORM_FIELDS.title,
        label: { type: 'plain_text', text: 'Title' },
        element: { type: 'plain_text_input', action_id: FORM_FIELDS.title, max_length: 200 },
      },
      {
        type: 'input',
        block_id: FORM_FIELDS.body,
        optional: true,
        label: { type: 'plain_text', text: 'Description' },
        hint: { type: 'plain_text', text: 'Lines like "- [ ] the page loads" become acceptance criteria.' },
        element: { type: 'plain_text_input', action_id: FORM_FIELDS.body, multiline: true, max_length: SLACK_LIMITS.modalInput },
      },
    ],
  };
}
