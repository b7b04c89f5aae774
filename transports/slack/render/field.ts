import type { types } from '@slack/bolt';
import type { Address } from '../../../src/message/address.ts';
import type { Asked } from '../intake/asking.ts';
import { SLACK_LIMITS } from '../limits.ts';

/** Names the form of a button that asks for a text, and its one field. */
export const FIELD = 'musher-field';

/** The form of a button that asks for a text. `at`: where it was pressed, and where the answer goes. */
export function fieldView(at: Address, { command, title, label }: Asked): types.ModalView {
  return {
    type: 'modal',
    callback_id: FIELD,
    private_metadata: JSON.stringify({ room: at.room, thread: at.thread, command }),
    title: { type: 'plain_text', text: title.slice(0, SLACK_LIMITS.modalTitle) },
    submit: { type: 'plain_text', text: 'Send' },
    close: { type: 'plain_text', text: 'Cancel' },
    blocks: [
      {
        type: 'input',
        block_id: FIELD,
        label: { type: 'plain_text', text: label },
        element: { type: 'plain_text_input', action_id: FIELD, multiline: true, max_length: SLACK_LIMITS.modalInput },
      },
    ],
  };
}
