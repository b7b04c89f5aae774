import type { IncomingMessage } from '../../../src/message/address.ts';
import { askedAt, askedBy, type Asked } from './asking.ts';
import { encodeHandle, type AnswerHandle } from '../handle.ts';
import { BELOW, FORM, formFor, formText, type FormCommand } from './form-command.ts';
import { isDirect, senderOf } from './messages.ts';
import { typedText } from '../render/mrkdwn.ts';
import { objectOf, listOf, textOf, type Payload } from './payload.ts';
import { FIELD } from '../render/field.ts';
import { ACTION_PREFIX, ASKING_PREFIX } from '../render/render.ts';
import type { Workspace } from '../workspace.ts';

/** What came in by a slash command, a button or a form. */
export type Interaction =
  | {
      readonly kind: 'message';
      readonly message: IncomingMessage;
      /** The field of a form that an error is shown at. */
      readonly field?: string;
    }
  /** A command without its last option: its form is to be shown instead. */
  | {
      readonly kind: 'form';
      readonly trigger: string;
      readonly command: FormCommand;
      readonly given: readonly string[];
      readonly message: IncomingMessage;
    }
  /** A button that asks for a text: its form is to be shown. */
  | { readonly kind: 'field'; readonly trigger: string; readonly asked: Asked; readonly message: IncomingMessage }
  | { readonly kind: 'nothing' };

/** Makes the answer public. Stripped here, for no command knows it. */
const PUBLIC = /\s*(?:^|\s)(?:--|—)public\s*$/;

export interface InteractionRules {
  /** `/musher`: the name of the slash command, and the beginning of the single-word forms. */
  readonly command: string;
  /** Commands that have a form of their own (`musher-timer-list`), as they are typed. */
  readonly phrases: ReadonlyMap<string, string>;
  readonly forms: readonly FormCommand[];
  readonly now: number;
}

/** A slash command as the text that a person would have typed. */
export function slashCommand(body: Payload, workspace: Workspace, rules: InteractionRules): Interaction {
  const [trigger, channel, user] = [textOf(body, 'trigger_id'), textOf(body, 'channel_id'), textOf(body, 'user_id')];
  const command = textOf(body, 'command');
  if (trigger === null || channel === null || user === null || command === null) return { kind: 'nothing' };
  const typed = typedText(textOf(body, 'text') ?? '').trim();
  const isPublic = PUBLIC.test(typed);
  const whole = `${wordsOf(command, rules)} ${typed.replace(PUBLIC, '')}`.trim();
  const handle: AnswerHandle = { kind: 'answer', url: textOf(body, 'response_url'), user, at: rules.now, public: isPublic, thread: null };
  const message: IncomingMessage = {
    id: `slash:${trigger}`,
    at: { transport: 'slack', room: channel, thread: encodeHandle(handle) },
    sender: senderOf(textOf(body, 'team_id') ?? workspace.team, user, textOf(body, 'user_name') ?? user),
    ingress: 'slash',
    direct: isDirect(channel),
    text: whole === '' ? 'help' : whole,
  };
  const asked = formFor(whole, rules.forms);
  return asked === null ? { kind: 'message', message } : { kind: 'form', trigger, ...asked, message };
}

function wordsOf(command: string, { command: name, phrases }: InteractionRules): string {
  const given = command.toLowerCase();
  if (!given.startsWith(`${name}-`)) return '';
  const form = given.slice(name.length + 1);
  return phrases.get(form) ?? form;
}

/** A button that was pressed, or a form that was sent. */
export function interaction(body: Payload, workspace: Workspace, { now, forms }: Pick<InteractionRules, 'now' | 'forms'>): Interaction {
  const type = textOf(body, 'type');
  if (type === 'block_actions') return pressed(body, workspace, now);
  if (type === 'view_submission' && textOf(objectOf(body, 'view'), 'callback_id') === FIELD) return answered(body, workspace);
  if (type === 'view_submission') return submitted(body, workspace, forms);
  return { kind: 'nothing' };
}

function pressed(body: Payload, workspace: Workspace, now: number): Interaction {
  const [action] = listOf(body, 'actions');
  const [user, container] = [objectOf(body, 'user'), objectOf(body, 'container')];
  const [id, channel] = [textOf(user, 'id'), textOf(objectOf(body, 'channel'), 'id') ?? textOf(container, 'channel_id')];
  if (action === undefined || id === null || channel === null || textOf(action, 'action_id')?.startsWith(ACTION_PREFIX) !== true)
    return { kind: 'nothing' };
  const [value, at] = [textOf(action, 'value'), textOf(action, 'action_ts')];
  if (value === null || at === null) return { kind: 'nothing' };
  const thread = textOf(container, 'thread_ts') ?? textOf(objectOf(body, 'message'), 'thread_ts');
  // A button in an answer that one person alone sees is answered to that person alone.
  const answer: AnswerHandle = { kind: 'answer', url: textOf(body, 'response_url'), user: id, at: now, public: false, thread };
  const handle =
    container['is_ephemeral'] === true ? encodeHandle(answer) : thread === null ? null : encodeHandle({ kind: 'thread', ts: thread });
  const message: IncomingMessage = {
    id: `button:${at}:${id}`,
    at: { transport: 'slack', room: channel, thread: handle },
    sender: senderOf(teamOf(body, workspace), id, textOf(user, 'username') ?? textOf(user, 'name') ?? id),
    ingress: 'button',
    direct: isDirect(channel),
    text: value,
  };
  if (textOf(action, 'action_id')?.startsWith(ASKING_PREFIX) !== true) return { kind: 'message', message };
  const [asked, trigger] = [askedBy(value), textOf(body, 'trigger_id')];
  return asked === null || trigger === null ? { kind: 'nothing' } : { kind: 'field', trigger, asked, message };
}

/** The text that somebody was asked for by a button, behind its command. */
function answered(body: Payload, workspace: Workspace): Interaction {
  const [view, user] = [objectOf(body, 'view'), objectOf(body, 'user')];
  const [id, viewId, asked] = [textOf(user, 'id'), textOf(view, 'id'), askedAt(textOf(view, 'private_metadata'))];
  if (id === null || viewId === null || asked === null) return { kind: 'nothing' };
  const values = objectOf(objectOf(objectOf(view, 'state'), 'values'), FIELD);
  return {
    kind: 'message',
    message: {
      id: `modal:${viewId}`,
      at: { transport: 'slack', room: asked.room, thread: asked.thread },
      sender: senderOf(teamOf(body, workspace), id, textOf(user, 'username') ?? textOf(user, 'name') ?? id),
      ingress: 'modal',
      direct: isDirect(asked.room),
      text: `${asked.command} ${textOf(objectOf(values, FIELD), 'value') ?? ''}`,
    },
    field: FIELD,
  };
}

function submitted(body: Payload, workspace: Workspace, forms: readonly FormCommand[]): Interaction {
  const [view, user] = [objectOf(body, 'view'), objectOf(body, 'user')];
  const [id, viewId] = [textOf(user, 'id'), textOf(view, 'id')];
  const origin = originOf(textOf(view, 'private_metadata'));
  const command = forms.find(({ words }) => words.join(' ') === origin?.words);
  if (textOf(view, 'callback_id') !== FORM || id === null || viewId === null || origin === null || command === undefined)
    return { kind: 'nothing' };
  const filledIn = objectOf(objectOf(view, 'state'), 'values');
  const field = (name: string): Payload => objectOf(objectOf(filledIn, name), name);
  const values = new Map(
    command.options.map(({ name, choices }) => {
      const value = choices.length > 0 ? textOf(objectOf(field(name), 'selected_option'), 'value') : textOf(field(name), 'value');
      return [name, (value ?? '').replaceAll(/\s+/g, ' ').trim()] as const;
    }),
  );
  return {
    kind: 'message',
    message: {
      id: `modal:${viewId}`,
      at: { transport: 'slack', room: origin.room, thread: origin.thread },
      sender: senderOf(teamOf(body, workspace), id, textOf(user, 'username') ?? textOf(user, 'name') ?? id),
      ingress: 'modal',
      direct: isDirect(origin.room),
      text: formText(command, values, textOf(field(BELOW), 'value') ?? ''),
    },
    field: command.options.at(-1)?.name ?? BELOW,
  };
}

/** Where the form was asked for: Slack gives back, signed, what the form was opened with. */
function originOf(metadata: string | null): { readonly room: string; readonly thread: string | null; readonly words: string } | null {
  try {
    const value: unknown = JSON.parse(metadata ?? '');
    if (typeof value !== 'object' || value === null || !('room' in value) || typeof value.room !== 'string') return null;
    const words = 'words' in value && Array.isArray(value.words) ? value.words.join(' ') : '';
    return { room: value.room, thread: 'thread' in value && typeof value.thread === 'string' ? value.thread : null, words };
  } catch {
    return null;
  }
}

function teamOf(body: Payload, workspace: Workspace): string {
  return textOf(objectOf(body, 'user'), 'team_id') ?? textOf(objectOf(body, 'team'), 'id') ?? workspace.team;
}
