import type { Document } from '../../../src/message/document.ts';
import type { MessageRef } from '../../transport.ts';
import { sendFailure, slackError } from '../failure.ts';
import { update } from './post.ts';
import type { SlackBody } from '../render/render.ts';
import type { CallSlack } from '../web-api.ts';

/** It was deleted, or can't be changed any more: then nobody presses its buttons, or the press is answered. */
const LEFT = new Set(['message_not_found', 'cant_update_message', 'edit_window_closed']);

/** How a text becomes messages, and how one with pictures is shown. */
interface RetireParts {
  readonly rendered: (typed: Document) => Promise<SlackBody[]>;
  readonly shown: (message: SlackBody, send: (message: SlackBody) => Promise<void>) => Promise<void>;
}

/** Replaces a message without its buttons. Private messages can't be changed. `typed`: with commands as they are typed there. */
export async function retire(call: CallSlack, { room, id }: MessageRef, typed: Document, { rendered, shown }: RetireParts): Promise<void> {
  const [message, ...more] = await rendered(typed);
  if (!/^\d+\.\d+$/.test(id) || message === undefined || more.length > 0) return;
  try {
    await shown(message, (one) => update(call, room, id, one));
  } catch (error) {
    if (!LEFT.has(slackError(error) ?? '')) throw sendFailure(error);
  }
}
