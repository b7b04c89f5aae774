import { crashPoint } from '../../crash-point.ts';
import type { FloodSettings } from '../../config/settings.ts';
import type { Confirmed, InboxRow } from '../../log/tables/inbox.ts';
import { isTransient } from '../../log/database.ts';
import { retryTransient } from '../../log/retry-transient.ts';
import type { Tx } from '../../log/tx.ts';
import type { Occasion } from '../../log/tables/button-messages.ts';
import { timerOf, type IncomingMessage } from '../../message/address.ts';
import { withoutActions } from '../../message/build.ts';
import type { Document } from '../../message/document.ts';
import { commandText, type AddressRules } from './address.ts';
import { itemsNamed, type ItemRef } from '../parse/arguments.ts';
import { authorise } from '../rights/authorise.ts';
import { commandTable, type CommandTable } from '../command-table.ts';
import type { Command, CommandContext, CommandResult } from '../command.ts';
import { answerIn, ask, takeAnswer } from './confirm.ts';
import { commandContext } from './context.ts';
import type { Project } from '../capabilities.ts';
import { parseCommand } from '../parse/parse.ts';
import type { Completion } from '../parse/complete.ts';
import { completionFor, parseContext } from '../parse/parse-context.ts';
import { afterRestart, incident, notByTimer, stranger, tooMany, withTimer } from '../../words/fixed-replies.ts';
import { projectGone } from '../../words/bot/confirming.ts';
import { problemDocument } from '../../words/bot/problem-document.ts';
import { closeRevoked } from '../rights/revoke.ts';
import { includes, type Origin } from '../rights/rights.ts';
import { Turns } from './turns.ts';
import { WorkSigns } from './work-signs.ts';
import { projectOf, type BotParts } from '../bot-parts.ts';
import type { Reply } from '../../words/reply.ts';
import { commandName } from '../../words/described.ts';

export interface RouterParts extends BotParts {
  /** How the bot is addressed on a transport; the ingress of the message is filled in. */
  readonly addressing: (transport: string) => Omit<AddressRules, 'ingress'>;
  /** Shows a document of a live reply at once, in place of the previous one; does nothing if the network can't. */
  readonly showLive: (message: IncomingMessage, inbox: number, body: Document) => Promise<void>;
  /** Shows, in the network's own way, that a message is in progress, or no longer. */
  readonly showWork: (message: IncomingMessage, working: boolean) => void;
  /** Called for a bug: the room sees the id, the error goes to the log file. */
  readonly onIncident: (id: string, error: unknown, words: string) => void;
  readonly newIncidentId: () => string;
  /** Called once for a message that waits until the log can be written again. */
  readonly onStuck?: (inbox: number, error: Error) => void;
  readonly flood: FloodSettings;
  /** Called for each final reply, once it is stored. */
  readonly onAnswered: (inbox: number, reply: Reply) => void;
}

/**
 * From a message to its one final reply. Receiving is synchronous up to the durable row; then the message waits for
 * its turn.
 */
export class Router {
  readonly #parts: RouterParts;
  readonly #table: CommandTable<Command>;
  readonly #turns: Turns;
  /** Messages in progress, including live replies. */
  readonly #open = new Set<Promise<void>>();
  readonly #stopping = new AbortController();
  readonly #signs: WorkSigns;
  /** Ends the live reply that a room shows now. */
  readonly #live = new Map<string, AbortController>();

  constructor(parts: RouterParts) {
    this.#parts = parts;
    this.#table = commandTable(parts.commands);
    this.#signs = new WorkSigns(parts.clock, (message, working) => parts.showWork(message, working));
    this.#turns = new Turns(parts.clock, { burst: parts.flood.burst, everyMs: 60_000 / parts.flood.perMinute });
  }

  /** Resumes messages that were received before a restart and have no final reply yet. */
  start(): void {
    closeRevoked(this.#parts, this.#table);
    let after = 0;
    for (;;) {
      const rows = this.#parts.log.inbox.open(after, 500);
      for (const row of rows) this.#enqueue(row.message, row.id);
      after = rows.at(-1)?.id ?? after;
      if (rows.length < 500) return;
    }
  }

  /** Receives a message; null if it is not for Musher or was received before. A message that isn't addressed leaves no trace. */
  receive(message: IncomingMessage): number | null {
    if (this.#stopping.signal.aborted) throw new Error('Musher is stopping and takes no messages');
    const { log, clock, flood } = this.#parts;
    const addressed = this.#address(message);
    if (!addressed.addressed) return null;
    // Stored without the address: a network's name for Musher is unknown before it connects, and after a crash this
    // is handled before that.
    const asked = { ...message, text: addressed.command };
    return log.transaction((tx) => {
      const waiting = isPaced(message) ? tx.inbox.waitingOf(message.sender) : 0;
      const id = tx.inbox.receive(asked, clock.now());
      if (id === null) return null;
      tx.afterCommit(() => crashPoint('after-inbox-insert'));
      if (waiting < flood.waiting) {
        tx.afterCommit(() => this.#enqueue(asked, id));
        return id;
      }
      // Decided before the message is acknowledged, so that a crash can't cause two answers, or none.
      const reply = tooMany(asked, waiting);
      this.#answer(tx, this.#handlingOf(asked, id, tx.now), reply);
      tx.afterCommit(() => this.#parts.onAnswered(id, reply));
      return id;
    });
  }

  /** Handles a message that something else put into the inbox, such as a timer that is due. */
  takeUp(id: number, message: IncomingMessage): void {
    if (!this.#stopping.signal.aborted) this.#enqueue(message, id);
  }

  /** Whether a message is meant for Musher. */
  isAddressed(message: IncomingMessage): boolean {
    return this.#address(message).addressed;
  }

  /** How a line that is being typed may continue. */
  complete(line: string, origin: Origin): readonly Completion[] {
    return completionFor(this.#parts, this.#table, line, origin);
  }

  get table(): CommandTable<Command> {
    return this.#table;
  }

  /** Takes no more messages; resolves when everything in progress has its reply. Commands that wait are aborted. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#turns.stop();
    await Promise.all(this.#open);
    this.#signs.endAll();
  }

  #address(message: IncomingMessage): ReturnType<typeof commandText> {
    return commandText(message.text, { ...this.#parts.addressing(message.at.transport), ingress: message.ingress });
  }

  #enqueue(message: IncomingMessage, id: number): void {
    // Shown from now on, not from its turn: people waiting behind a slow command should see that they were heard.
    const endSign = this.#signs.begin(message);
    this.#turns.add(
      roomOf(message),
      isPaced(message) ? `${message.sender.transport}\0${message.sender.id}` : null,
      // The room moves on at the final reply, or at the first document of a live one.
      () =>
        new Promise((resolve) => {
          const work = this.#handle(message, id, resolve).finally(() => {
            endSign();
            this.#open.delete(work);
            resolve();
          });
          this.#open.add(work);
        }),
    );
  }

  #handlingOf(message: IncomingMessage, id: number, receivedAt: number): Handling {
    const project = projectOf(this.#parts, message.at.transport, message.at.room);
    return { message, id, receivedAt, words: '', project, item: null, answered: false, ending: new AbortController() };
  }

  /** If the log can't be written, for example on a full disk, the message stays in the inbox and its room waits: nothing has happened yet. */
  #handle(message: IncomingMessage, id: number, release: () => void): Promise<void> {
    const { clock, onStuck } = this.#parts;
    return retryTransient(
      clock,
      this.#stopping.signal,
      () => this.#try(message, id, release),
      (error) => onStuck?.(id, error),
    );
  }

  /** Handles a message once. Rejects only if nothing of it could be stored and that may change. */
  async #try(message: IncomingMessage, id: number, release: () => void): Promise<void> {
    const { log } = this.#parts;
    let state: Handling | null = null;
    try {
      const row = log.inbox.get(id);
      if (row === null || row.state === 'done') return;
      crashPoint('before-command');
      const handling = (state = this.#handlingOf(message, id, row.receivedAt));
      const reply = await this.#reply(row, handling, release);
      crashPoint('before-answer');
      if (!handling.answered) await log.inSharedCommit(() => log.transaction((tx) => this.#answer(tx, handling, reply)));
      this.#parts.onAnswered(id, reply);
    } catch (error) {
      if (isTransient(error) || state === null) throw error;
      this.#incident(state, error);
    }
  }

  async #reply(row: InboxRow, state: Handling, release: () => void): Promise<Reply> {
    const { message } = state;
    if (row.state === 'committed') return afterRestart();
    const parts = this.#parts;
    if (parts.rights.highest(message) === null) return stranger(message);
    const { text } = message;
    if (row.confirmed !== null) return this.#confirmed(row.confirmed, state, release);
    const answer = answerIn(text);
    if (answer === null) return this.#command(text, state, release, false);
    state.words = answer.word;
    const taken = parts.log.transaction((tx) => {
      const outcome = takeAnswer(tx, message, answer, parts.rights.actorOf(message.sender), parts.timezone);
      if ('reply' in outcome) this.#answer(tx, state, outcome.reply);
      // A crash before the command has run must not turn this yes into an answer to nothing.
      else tx.inbox.confirm(state.id, { project: outcome.run.project, text: outcome.run.text });
      return outcome;
    });
    crashPoint('after-confirmation-taken');
    if ('reply' in taken) return taken.reply;
    return this.#confirmed(taken.run, state, release);
  }

  /** Runs what a person has confirmed, in the project in which it was asked. */
  #confirmed(confirmed: Confirmed, state: Handling, release: () => void): Promise<Reply> {
    const project = this.#parts.projects.find(({ name }) => name === confirmed.project);
    if (project === undefined) {
      return Promise.resolve(projectGone(confirmed.project));
    }
    state.project = project;
    return this.#command(confirmed.text, state, release, true);
  }

  async #command(text: string, state: Handling, release: () => void, confirmed: boolean): Promise<Reply> {
    const { message } = state;
    const { rights } = this.#parts;
    const highest = rights.highest(message);
    const mayUse = (command: Command): boolean => includes(highest, command.role);
    const parsed = parseCommand(text, this.#table, parseContext(this.#parts, this.#table, state.project), mayUse);
    if (!parsed.ok) {
      state.words = parsed.error.command === null ? '' : commandName(parsed.error.command);
      return { ok: false, code: parsed.error.code, body: problemDocument(parsed.error) };
    }
    const { command, args } = parsed.value;
    state.words = commandName(command);
    state.item = itemsNamed(args)[0] ?? null;
    const roleIn = (project: string): ReturnType<typeof rights.roleIn> => rights.roleIn(message, project);
    const refusal = authorise(command, args, { current: state.project.name, roleIn, highest });
    if (refusal !== null) return refusal;
    const context = this.#context(state, command);
    const confirmation = confirmed ? null : (command.confirm?.(context, args) ?? null);
    if (confirmation !== null) {
      if ('ok' in confirmation) return confirmation;
      if (context.byTimer) return notByTimer(command);
      return this.#parts.log.transaction((tx) => {
        const { reply, occasion } = ask(tx, message, this.#parts.rights.actorOf(message.sender), {
          project: state.project.name,
          words: state.words,
          text,
          confirmation,
        });
        this.#answer(tx, state, reply, occasion);
        return reply;
      });
    }
    return this.#finish(command.run(context, args), state, release);
  }

  #context(state: Handling, command: Command): CommandContext {
    const { message, id } = state;
    return {
      ...commandContext(this.#parts, message, command, `inbox:${id}`, AbortSignal.any([this.#stopping.signal, state.ending.signal]), {
        answer: (tx, reply) => this.#answer(tx, state, reply),
        hold: (tx) => tx.inbox.commit(id),
      }),
      project: state.project,
      receivedAt: state.receivedAt,
    };
  }

  async #finish(result: CommandResult, state: Handling, release: () => void): Promise<Reply> {
    if (!(Symbol.asyncIterator in result)) return result;
    // A room shows one live reply at a time. Starting another is also how a person ends the first.
    const room = roomOf(state.message);
    this.#live.get(room)?.abort();
    this.#live.set(room, state.ending);
    let last: Document | null = null;
    try {
      for await (const body of result) {
        if (last !== null) await this.#parts.showLive(state.message, state.id, last);
        last = body;
        if (this.#stopping.signal.aborted || state.ending.signal.aborted) break;
        await this.#parts.showLive(state.message, state.id, body);
        release();
      }
    } finally {
      if (this.#live.get(room) === state.ending) this.#live.delete(room);
    }
    if (last === null) throw new Error(`${state.words} gave no document`);
    return { ok: true, code: null, body: last };
  }

  /** The one place that creates a final reply: the reply, the end of the inbox row and the audit commit together. Within a cooldown, the same reply is not repeated. */
  #answer(tx: Tx, state: Handling, reply: Reply, occasion: Occasion | null = reply.occasion ?? null): void {
    const { message, id } = state;
    const outcome = reply.ok ? 'ok' : reply.code === 'incident' ? 'failed' : 'refused';
    if (!tx.inbox.finish(id, outcome)) return;
    const { notWithinMs, code: what } = reply;
    const isSaid = notWithinMs === undefined || tx.cooldowns.isTime(message.at, message.sender.id, what ?? '', tx.now, notWithinMs);
    if (isSaid) {
      const body = withTimer(message, reply.body);
      const sent = tx.outbox.add({ to: message.at, kind: 'reply', body, inbox: id, item: state.item }, tx.now);
      if (occasion !== null) tx.buttons.put(sent, message.at.transport, occasion, withoutActions(body), state.item);
    }
    tx.record({
      project: state.project.name,
      item: null,
      actor: this.#parts.rights.actorOf(message.sender),
      cause: `inbox:${id}`,
      kind: 'command.handled',
      payload: { words: state.words, outcome, code: reply.code, room: `${message.at.transport}:${message.at.room}` },
    });
    state.answered = true;
  }

  /** A bug: the room gets an id under which the log file has the details. */
  #incident(state: Handling, error: unknown): void {
    const id = this.#parts.newIncidentId();
    this.#parts.onIncident(id, error, state.words);
    state.answered = false;
    const reply = incident(id);
    this.#parts.log.transaction((tx) => this.#answer(tx, state, reply));
    this.#parts.onAnswered(state.id, reply);
  }
}

/** The state of one message while it is handled. */
interface Handling {
  readonly message: IncomingMessage;
  readonly id: number;
  readonly receivedAt: number;
  /** The command's words, for the audit; empty if none was recognised. */
  words: string;
  project: Project;
  /** The item that its answer is about, so that a purge finds it in the queue. */
  item: ItemRef | null;
  answered: boolean;
  /** Ends its live reply early. */
  readonly ending: AbortController;
}

function roomOf({ at }: IncomingMessage): string {
  return `${at.transport}\0${at.room}`;
}

/** The terminal has no quota: scripts run there, and they slow down nobody else. */
function isPaced(message: IncomingMessage): boolean {
  return message.ingress !== 'terminal' && timerOf(message) === null;
}
