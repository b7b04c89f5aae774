import type { Clock } from '../../../src/clock.ts';
import type { IncomingMessage } from '../../../src/message/address.ts';
import type { Sink } from '../../transport.ts';
import { interaction, slashCommand, type Interaction, type InteractionRules } from './interactions.ts';
import { writtenMessage } from './messages.ts';
import { objectOf, textOf, type Payload } from './payload.ts';
import { isForUs, type Workspace } from '../workspace.ts';

export interface IntakeParts {
  readonly sink: Sink;
  readonly workspace: Workspace;
  readonly rules: Omit<InteractionRules, 'now'>;
  readonly clock: Clock;
  /** How a person is called, by workspace and id; null: not known yet. */
  readonly nameOf: (person: string) => string | null;
  /** Shows the form of a command. The trigger is good for three seconds. */
  readonly openForm: (form: Extract<Interaction, { kind: 'form' }>) => void;
  /** The same for a button that asks for a text. */
  readonly openField: (field: Extract<Interaction, { kind: 'field' }>) => void;
  /** Tells the room that a message could not be stored; called once for each message. */
  readonly tellNotStored: (message: IncomingMessage) => void;
  /** `thread`: the first message of the thread that it stands in. */
  readonly saw: (channel: string, ts: string, thread: string | null) => void;
  readonly lost: (channel: string, ts: string) => void;
  /** Told of everything that came in. */
  readonly onEvent: () => void;
  readonly report: (error: unknown) => void;
}

/** Messages whose room was told that they could not be stored. */
const MOST_TOLD = 1_000;
export const NOT_STORED = 'Your message could not be stored, so nothing was done. Send it again in a moment; the log file has the details.';

/** From what Slack sends to messages for Musher. Synchronous to the durable end, so that acknowledging can wait for it. */
export class Intake {
  readonly #parts: IntakeParts;
  readonly #told = new Set<string>();
  #open = true;

  constructor(parts: IntakeParts) {
    this.#parts = parts;
  }

  /** Takes nothing from now on, and acknowledges nothing. */
  close(): void {
    this.#open = false;
  }

  /** Gives what Slack is to be answered, or null if it is to send the same again. */
  take(kind: string, body: Payload): Payload | null {
    if (!this.#open) return null;
    const { workspace, rules, clock } = this.#parts;
    this.#parts.onEvent();
    if (!isForUs(body, workspace)) {
      this.#parts.report(
        new Error(`Slack sent an event for another app or workspace (${textOf(body, 'team_id') ?? 'none'}); it was skipped.`),
      );
      return {};
    }
    if (kind === 'events_api') return this.#event(objectOf(body, 'event'));
    if (kind === 'slash_commands') return this.#interaction(slashCommand(body, workspace, { ...rules, now: clock.now() }));
    if (kind === 'interactive') return this.#interaction(interaction(body, workspace, { ...rules, now: clock.now() }));
    return {};
  }

  /** Takes a message of a channel's history; false where it could not be stored. */
  takeFromHistory(channel: string, message: Payload): boolean {
    return this.#open && this.#written(channel, message);
  }

  #event(event: Payload): Payload | null {
    const [type, channel] = [textOf(event, 'type'), textOf(event, 'channel')];
    if ((type !== 'message' && type !== 'app_mention') || channel === null) return {};
    return this.#written(channel, event) ? {} : null;
  }

  #written(channel: string, event: Payload): boolean {
    const { workspace, nameOf, saw, lost } = this.#parts;
    const message = writtenMessage(channel, event, workspace, nameOf);
    const ts = textOf(event, 'ts');
    const stored = message === null || this.#give(message);
    if (ts !== null && stored) saw(channel, ts, textOf(event, 'thread_ts'));
    if (ts !== null && !stored) lost(channel, ts);
    return stored;
  }

  #interaction(came: Interaction): Payload | null {
    if (came.kind === 'nothing') return {};
    if (came.kind === 'form') {
      this.#parts.openForm(came);
      return {};
    }
    if (came.kind === 'field') {
      this.#parts.openField(came);
      return {};
    }
    const { sender } = came.message;
    const name = this.#parts.nameOf(sender.id);
    if (this.#give(name === null ? came.message : { ...came.message, sender: { ...sender, name } })) return {};
    // The form stays open with what was typed into it.
    return came.field === undefined ? null : { response_action: 'errors', errors: { [came.field]: NOT_STORED } };
  }

  #give(message: IncomingMessage): boolean {
    try {
      this.#parts.sink(message);
      return true;
    } catch (error) {
      this.#parts.report(error);
      if (!this.#told.has(message.id)) {
        if (this.#told.size >= MOST_TOLD) this.#told.clear();
        this.#told.add(message.id);
        if (message.ingress !== 'modal') this.#parts.tellNotStored(message);
      }
      return false;
    }
  }
}
