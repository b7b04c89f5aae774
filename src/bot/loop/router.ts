import { MusherError } from '../../errors.ts';
import { crashPoint } from '../../crash-point.ts';
import type { FloodSettings } from '../../config/settings.ts';
import type { Confirmed, InboxRow } from '../../log/tables/inbox.ts';
import { isTransient } from '../../log/database.ts';
import { retryTransient } from '../../log/retry-transient.ts';
import type { Tx } from '../../log/tx.ts';
import { isByItself, routineOf, type IncomingMessage } from '../../message/address.ts';
import { join } from '../../message/build.ts';
import type { Document } from '../../message/document.ts';
import type { AddressRules } from './address.ts';
import { commandTable, type CommandTable } from '../command-table.ts';
import type { Command, CommandContext, CommandResult, Confirmation } from '../command.ts';
import { answerIn, ask, takeAnswer, type Answer } from './confirm.ts';
import { askSecond, prepareSecond } from '../second/ask.ts';
import { takeBareAnswer, takeSecondAnswer } from '../second/answer.ts';
import { wantsSecond } from '../second/wanted.ts';
import { commandContext } from './context.ts';
import type { Completion } from '../parse/complete.ts';
import { completionFor } from '../parse/parse-context.ts';
import { afterRestart, backAfter, failedWith, incident, notByTimer, notServed, stranger, tooMany } from '../../words/fixed-replies.ts';
import { projectGone } from '../../words/bot/confirming.ts';
import { closeRevoked } from '../rights/revoke.ts';
import type { Origin } from '../rights/rights.ts';
import type { Handling, SendsAtOnce } from './handling.ts';
import { readCommand, type Ready } from './read-command.ts';
import { fetchFiles, type FileIntake } from '../files/fetch-files.ts';
import { heard, type Heard } from './heard.ts';
import { restartsAsked } from '../../log/reads/restarts.ts';
import type { RoomNews } from './room-news.ts';
import { storeReply } from './store-reply.ts';
import { Turns } from './turns.ts';
import { WorkSigns } from './work-signs.ts';
import { projectOf, type BotParts } from '../bot-parts.ts';
import { answer, done as answered } from '../../words/replies.ts';
import type { Reply } from '../../words/reply.ts';

/** Whose yes a command has. */
type ConfirmedBy = 'nobody' | 'its sender' | 'two people';

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
  /** How files that come with messages are had and kept. Missing: none are. */
  readonly files?: FileIntake;
  /** A file that could not be stored, for the log file. */
  readonly onFileProblem?: (error: unknown) => void;
  /** What rooms are told unasked. Missing: nothing. */
  readonly news?: () => RoomNews;
  /** Sends what can leave as soon as it is stored. Missing: all replies wait in the outbox until they are fetched. */
  readonly sending?: SendsAtOnce;
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
    const said = this.#heard(message);
    if (said === null) return null;
    // Stored without the address: a network's name for Musher is unknown before it connects, and after a crash this
    // is handled before that.
    const asked: IncomingMessage = { ...message, text: said.command, ...(said.about === undefined ? {} : { about: said.about }) };
    let next = (id: number): void => this.#enqueue(asked, id);
    const { id, isEarly } = log.transaction((tx) => {
      const waiting = isPaced(message) ? tx.inbox.waitingOf(message.sender) : 0;
      const early = waiting < flood.waiting && this.#mayAnswerAtOnce(tx, asked);
      const given = early ? tx.inbox.receiveAnswered(asked, clock.now()) : tx.inbox.receive(asked, clock.now());
      if (given === null) return { id: null, isEarly: false };
      tx.afterCommit(() => crashPoint('after-inbox-insert'));
      if (waiting < flood.waiting) {
        tx.afterCommit(() => next(given));
        return { id: given, isEarly: early };
      }
      // Decided before the message is acknowledged, so that a crash can't cause two answers, or none.
      const reply = tooMany(asked, waiting);
      storeReply(this.#parts, tx, this.#handlingOf(asked, given, tx.now), reply);
      tx.afterCommit(() => this.#parts.onAnswered(given, reply));
      return { id: given, isEarly: false };
    });
    if (id !== null && isEarly) next = this.#answerAtOnce(asked, id) ?? next;
    return id;
  }

  /**
   * Whether a message may be answered in the commit that stores it: nothing of its room waits before it, also in that very
   * commit, and what is not answered then can still wait like any other.
   */
  #mayAnswerAtOnce(tx: Tx, message: IncomingMessage): boolean {
    // Its files are fetched after it is acknowledged.
    if (message.files !== undefined) return false;
    if (!this.#parts.log.isShared || tx.inbox.isWaitingIn(message.at)) return false;
    return this.#turns.takeAtOnce(roomOf(message), quotaOf(message));
  }

  /**
   * Handles a message in the commit that stores it, so that one wait for the disk is enough for both. Nothing is told before
   * that commit, and where it fails nothing has happened. Returns what is done after it; null: the message waits for its turn.
   */
  #answerAtOnce(message: IncomingMessage, id: number): (() => void) | null {
    const { log, clock, onAnswered } = this.#parts;
    const state: Handling = { ...this.#handlingOf(message, id, clock.now()), isEarly: true };
    try {
      const reply = log.allOrNothing(() => {
        const given = this.#replyAtOnce(state);
        if (given !== null && !state.answered) log.transaction((tx) => storeReply(this.#parts, tx, state, given));
        return given;
      });
      if (reply !== null) return () => onAnswered(id, reply);
    } catch {
      // It is rolled back completely. It runs again in its turn after the commit, and a failure then is reported.
    }
    log.inbox.reopen(id, message);
    return null;
  }

  /** The reply of a command that has it at once; null where it takes longer. */
  #replyAtOnce(state: Handling): Reply | null {
    const { message } = state;
    if (this.#parts.rights.highest(message) === null) return this.#withoutRole(message);
    if (answerIn(message.text) !== null) return null;
    const ready = readCommand(this.#parts, this.#table, message.text, state);
    if ('reply' in ready) return ready.reply;
    if (ready.command.waits === true) return null;
    const context = this.#context(state, ready.command);
    return this.#asked(ready, context, state, 'nobody') ?? ready.command.run(context, ready.args);
  }

  /** The reply to somebody without a role where they write: that the room is not served, if that is why. */
  #withoutRole(message: IncomingMessage): Reply {
    const { at, ingress, direct } = message;
    const isServed =
      direct === true || ingress === 'direct' || ingress === 'terminal' || this.#parts.roomProject(at.transport, at.room) !== null;
    return isServed ? stranger(message) : notServed(message);
  }

  /** Handles a message that something else put into the inbox, such as a timer that is due. */
  takeUp(id: number, message: IncomingMessage): void {
    if (!this.#stopping.signal.aborted) this.#enqueue(message, id);
  }

  /** Whether a message is meant for Musher. */
  isAddressed(message: IncomingMessage): boolean {
    return this.#heard(message) !== null;
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

  #heard(message: IncomingMessage): Heard | null {
    return heard(this.#parts, this.#table, message, this.#parts.addressing(message.at.transport));
  }

  #enqueue(message: IncomingMessage, id: number): void {
    // Shown from now on, not from its turn: people waiting behind a slow command should see that they were heard.
    const endSign = this.#signs.begin(message);
    this.#turns.add(
      roomOf(message),
      quotaOf(message),
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
    // A routine stays with its project, also where its room was switched to another one.
    const of = routineOf(message)?.project;
    const own = this.#parts.projects.find(({ name }) => name === of);
    const project = own ?? projectOf(this.#parts, message.at.transport, message.at.room);
    return {
      message,
      as: message,
      two: null,
      id,
      receivedAt,
      words: '',
      project,
      item: null,
      several: false,
      isTalk: false,
      answered: false,
      files: null,
      filesKept: false,
      isChange: false,
      isHeld: false,
      isEarly: false,
      ending: new AbortController(),
    };
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
      // Its row stays open, and the next start answers it.
      if (reply.later === true) return;
      crashPoint('before-answer');
      const store = (): void => log.transaction((tx) => storeReply(this.#parts, tx, handling, reply));
      if (handling.isHeld && !handling.answered) {
        // At once: what happens to its item next is told after it.
        this.#parts.news?.().catchUp();
        store();
      } else if (!handling.answered) await log.inSharedCommit(store);
      this.#parts.onAnswered(id, reply);
    } catch (error) {
      if (isTransient(error) || state === null) throw error;
      this.#incident(state, error);
    }
  }

  async #reply(row: InboxRow, state: Handling, release: () => void): Promise<Reply> {
    const { message } = state;
    const parts = this.#parts;
    this.#runAs(row.confirmed, state);
    if (row.state === 'committed') return this.#afterRestart(row, state);
    if (parts.rights.highest(message) === null) return this.#withoutRole(message);
    const { text } = message;
    if (row.confirmed !== null) return this.#confirmed(row.confirmed, state, release);
    const given = answerIn(text);
    if (given === null) return this.#command(text, state, release, 'nobody');
    state.words = given.word;
    const taken = parts.log.transaction((tx) => {
      const outcome = this.#taken(tx, message, given);
      if ('reply' in outcome) storeReply(this.#parts, tx, state, outcome.reply);
      // A crash before the command has run must not turn this yes into an answer to nothing.
      else tx.inbox.confirm(state.id, outcome.run);
      return outcome;
    });
    crashPoint('after-confirmation-taken');
    if ('reply' in taken) return taken.reply;
    return this.#confirmed(taken.run, state, release);
  }

  /** What an answer is about: a question to its sender alone, or one to a second person. */
  #taken(tx: Tx, message: IncomingMessage, given: Answer): { readonly run: Confirmed } | { readonly reply: Reply } {
    const parts = this.#parts;
    const { word, question, second } = given;
    if (second !== null) return takeSecondAnswer(parts, this.#table, tx, message, { word, id: second });
    const { at, sender } = message;
    const bare = question === null && tx.confirmations.of(at.transport, at.room, sender.id) === null;
    const reply = bare ? takeBareAnswer(parts, tx, message, word) : null;
    if (reply !== null) return { reply };
    const outcome = takeAnswer(tx, message, given, parts.rights.actorOf(sender), parts);
    return 'reply' in outcome ? outcome : { run: { project: outcome.run.project, text: outcome.run.text } };
  }

  /** Where a second person has confirmed a command, it runs as the one who typed it: `undo` undoes that person's last change. */
  #runAs(confirmed: Confirmed | null, state: Handling): void {
    const asker = confirmed?.asker;
    if (confirmed === null || asker === undefined) return;
    const { rights } = this.#parts;
    const { transport, room, ingress, direct } = asker;
    const sender = { transport, id: asker.sender, name: asker.name };
    state.as = { id: state.message.id, at: { transport, room, thread: null }, sender, ingress, direct, text: confirmed.text };
    const [askerName, secondName] = [sender, state.message.sender].map((one) => this.#parts.nameOf(rights.actorOf(one)));
    state.two = { asker, askerName: askerName ?? '', secondName: secondName ?? '' };
  }

  /** The answer to what took effect before a restart: how that ended, where the room was to be told of it, and the answer with it. */
  #afterRestart({ id, receivedAt }: InboxRow, state: Handling): Reply {
    state.isHeld = true;
    const { clock, version, log } = this.#parts;
    if (restartsAsked(log.reads).has(id)) return backAfter(clock.now() - receivedAt, version);
    this.#parts.news?.().catchUp();
    const [first, ...more] = this.#parts.log.outbox.heldFor(id);
    return first === undefined ? afterRestart() : answer(join(first.body, ...more.map(({ body }) => body)));
  }

  /** Runs what a person has confirmed, in the project in which it was asked. */
  #confirmed(confirmed: Confirmed, state: Handling, release: () => void): Promise<Reply> {
    const project = this.#parts.projects.find(({ name }) => name === confirmed.project);
    if (project === undefined) {
      return Promise.resolve(projectGone(confirmed.project));
    }
    state.project = project;
    this.#runAs(confirmed, state);
    return this.#command(confirmed.text, state, release, confirmed.asker === undefined ? 'its sender' : 'two people');
  }

  async #command(text: string, state: Handling, release: () => void, confirmed: ConfirmedBy): Promise<Reply> {
    const sent = readCommand(this.#parts, this.#table, text, state);
    if ('reply' in sent) return sent.reply;
    const fetches = await this.#fetchesFiles(sent.command, state);
    // The next start fetches them again: nothing of the message has happened yet.
    if (fetches && this.#stopping.signal.aborted) return { ...answered(''), later: true };
    // Once more, since rights and items may be others after a fetch.
    const ready = state.files === null ? sent : readCommand(this.#parts, this.#table, text, state);
    if ('reply' in ready) return ready.reply;
    const context = this.#context(state, ready.command);
    return this.#asked(ready, context, state, confirmed) ?? this.#finish(ready.command.run(context, ready.args), state, release);
  }

  /** Fetches the files of a message whose command takes them. */
  async #fetchesFiles(command: Command, state: Handling): Promise<boolean> {
    const { files, clock, onFileProblem } = this.#parts;
    if (command.files === undefined || state.message.files === undefined || files === undefined) return false;
    state.files = await fetchFiles(files, clock, state.message, this.#stopping.signal, (error) => onFileProblem?.(error));
    return true;
  }

  /** The question that a command asks first, stored; null where there is nothing to ask. One for two people never runs on the yes of its sender. */
  #asked(ready: Ready, context: CommandContext, state: Handling, confirmed: ConfirmedBy): Reply | null {
    const { command, args, text } = ready;
    const wantsTwo = wantsSecond(this.#parts.rights.twoPerson, this.#table, command, args);
    if (confirmed === 'two people' || (confirmed === 'its sender' && !wantsTwo)) return null;
    const confirmation = command.confirm?.(context, args) ?? null;
    if (confirmation !== null && 'ok' in confirmation) return confirmation;
    if (wantsTwo) return context.byTimer ? notByTimer(command) : this.#askSecond(ready, confirmation, state);
    if (confirmation === null) return null;
    if (context.byTimer) return notByTimer(command);
    return this.#parts.log.transaction((tx) => {
      const { reply, occasion } = ask(tx, state.message, this.#parts.rights.actorOf(state.message.sender), {
        project: state.project.name,
        words: state.words,
        text,
        confirmation,
      });
      storeReply(this.#parts, tx, state, reply, occasion);
      return reply;
    });
  }

  #askSecond(ready: Ready, confirmation: Confirmation | null, state: Handling): Reply {
    const wanted = { message: state.as, ready, project: state.project, confirmation };
    const prepared = prepareSecond(this.#parts, this.#table, wanted);
    if ('ok' in prepared) return prepared;
    return this.#parts.log.transaction((tx) => {
      const { reply, occasion } = askSecond(this.#parts, tx, wanted, prepared);
      storeReply(this.#parts, tx, state, reply, occasion);
      return reply;
    });
  }

  #context(state: Handling, command: Command): CommandContext {
    const { as: message, id } = state;
    return {
      ...commandContext(this.#parts, message, command, `inbox:${id}`, AbortSignal.any([this.#stopping.signal, state.ending.signal]), {
        before: () => this.#parts.news?.().catchUp(),
        answer: (tx, reply) => {
          state.isChange = true;
          storeReply(this.#parts, tx, state, reply);
        },
        hold(tx) {
          tx.inbox.commit(id);
          state.isHeld = true;
        },
        files: state.files,
        filesKept(items) {
          state.filesKept = true;
          // Whoever sends a missing one again replies to the answer.
          if (items.length === 1) state.item ??= items[0] ?? null;
        },
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
    try {
      for (;;) {
        const { done, value: body } = await result.next();
        if (done === true) return { ok: true, code: null, body };
        if (this.#stopping.signal.aborted || state.ending.signal.aborted) continue;
        await this.#parts.showLive(state.message, state.id, body);
        release();
      }
    } finally {
      if (this.#live.get(room) === state.ending) this.#live.delete(room);
    }
  }

  /** A bug: the room gets an id under which the log file has the details. */
  #incident(state: Handling, error: unknown): void {
    const id = this.#parts.newIncidentId();
    this.#parts.onIncident(id, error, state.words);
    state.answered = false;
    // An error that has words of its own is no bug: a repository without its base branch, a disk that is full.
    const reply = error instanceof MusherError ? failedWith(error) : incident(id);
    this.#parts.log.transaction((tx) => storeReply(this.#parts, tx, state, reply));
    this.#parts.onAnswered(state.id, reply);
  }
}

function roomOf({ at }: IncomingMessage): string {
  return `${at.transport}\0${at.room}`;
}

/** Whose quota a message uses up; null: nobody's. */
function quotaOf(message: IncomingMessage): string | null {
  return isPaced(message) ? `${message.sender.transport}\0${message.sender.id}` : null;
}

/** The terminal has no quota: scripts run there, and they slow down nobody else. */
function isPaced(message: IncomingMessage): boolean {
  return message.ingress !== 'terminal' && !isByItself(message);
}
