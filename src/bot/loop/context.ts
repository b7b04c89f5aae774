import { ACCESS_ROLES, type AccessRole } from '../../config/choices.ts';
import { crashPoint } from '../../crash-point.ts';
import { isByItself, type IncomingMessage } from '../../message/address.ts';
import { decide, projectFacts } from '../../decide/facts.ts';
import { SEARCHES } from '../../log/log.ts';
import type { Tx } from '../../log/tx.ts';
import { untilAborted } from '../../until-aborted.ts';
import { err, ok, type Result } from '../../result.ts';
import type { Project, Unread } from '../capabilities.ts';
import type { Command, CommandContext } from '../command.ts';
import { keepFiles } from '../files/keep-files.ts';
import type { FetchedFiles } from '../files/fetch-files.ts';
import type { ItemRef } from '../parse/arguments.ts';
import { ChangedItems, commandTx, type Author } from './command-tx.ts';
import { findAnyItem, findItem } from '../find-item.ts';
import { Refusal } from '../../words/refusal.ts';
import { askerOf, pageAccess } from '../page/access.ts';
import { lacking } from '../../words/bot/access.ts';
import { plannedRoutine } from '../routines/planned.ts';
import { plannedCommand } from '../parse/timer-command.ts';
import { refused } from '../../words/replies.ts';
import { includes } from '../rights/rights.ts';
import { projectOf, type BotParts } from '../bot-parts.ts';
import type { Reply } from '../../words/reply.ts';

/** How a context reports to the router what happened with the message. The last two run inside the command's transaction. */
export interface Settlement {
  /** Before it: rooms are told what was before the change. */
  before(): void;
  /** The final reply goes out with the change. */
  answer(tx: Tx, reply: Reply): void;
  /** The change is kept and the final reply comes later: the command must not run again. */
  hold(tx: Tx): void;
  /** The files that came with the message, for a command that takes them; null: none did, or it takes none. */
  readonly files: FetchedFiles | null;
  /** They are named in the log with these items, and the reply says so. */
  filesKept(items: readonly ItemRef[]): void;
}

/** Scope of what people have not read yet, one place for a person in a room. */
const UNREAD = 'unread';

/** Everything one command gets for one message. */
export function commandContext(
  parts: BotParts,
  message: IncomingMessage,
  command: Command,
  cause: string,
  signal: AbortSignal,
  settlement: Settlement,
): Omit<CommandContext, 'receivedAt'> {
  const { log, clock } = parts;
  const { at, sender } = message;
  const spoken = projectOf(parts, at.transport, at.room);
  const actor = parts.rights.actorOf(sender);
  const asker = askerOf(parts.rights.behind(message) ?? message);
  const author: Author = { actor, cause, at, project: spoken.name, asker };
  const named = new Map(parts.projects.map((project) => [project.name, project]));
  const settingsOf = (name: string): Project['settings'] => {
    const project = named.get(name);
    if (project === undefined) throw new Error(`no project ${name}`);
    return project.settings;
  };
  const facts = (project: string): ReturnType<typeof projectFacts> => projectFacts(log.reads, settingsOf(project), clock.now());
  const run = <T>(change: (tx: Tx) => T): Result<T, Reply> => {
    settlement.before();
    try {
      return ok(log.transaction((tx) => ({ value: change(tx) })).value);
    } catch (error) {
      if (error instanceof Refusal) return err(error.reply);
      throw error;
    }
  };
  const roleIn = (project: string): AccessRole | null => parts.rights.roleIn(message, project);
  const barred = (project: string): Reply | null => {
    const role = roleIn(project);
    return includes(role, command.role) ? null : refused('not-allowed', 'This', ...lacking(command.role, project, role));
  };
  const visible = parts.projects.filter(({ name }) => roleIn(name) !== null);
  const here = JSON.stringify([at.transport, at.room, sender.id]);
  const readItem = (project: string, number: number): ReturnType<typeof log.reads.item> => log.reads.item(project, number);
  return {
    clock,
    sender,
    actor: author.actor,
    at,
    timezone: parts.timezone,
    nameOf: parts.nameOf,
    signal,
    project: spoken,
    projects: visible,
    configured: parts.projects.map(({ name }) => name),
    standing: {
      person: parts.rights.personOf(sender),
      grants: new Map(visible.map(({ name }) => [name, parts.rights.grants(message, name)])),
    },
    reads: log.reads,
    find: (ref) => denied(barred(ref.project)) ?? findItem(log.reads, ref, readItem, spoken.name),
    findAny: (ref) => denied(barred(ref.project)) ?? findAnyItem(log.reads, ref, readItem),
    facts,
    step: (item) => decide(log.reads, item, facts(item.project)),
    change(change) {
      const result = run((tx) => {
        const changed = new ChangedItems();
        const commands = commandTx(tx, author, settingsOf, barred, changed);
        const said = change(commands);
        if (!said.ok) throw new Refusal(said);
        const { files } = settlement;
        const reply = files === null ? said : keepFiles(commands, changed.all(), files, said);
        if (files !== null) settlement.filesKept(changed.all());
        settlement.answer(tx, reply);
        crashPoint('before-command-commit');
        return reply;
      });
      crashPoint('after-command-commit');
      return result.ok ? result.value : result.error;
    },
    begin(change) {
      const begun = run((tx) => {
        const value = change(commandTx(tx, author, settingsOf, barred));
        settlement.hold(tx);
        return value;
      });
      crashPoint('after-command-held');
      return begun;
    },
    until: (met, timeoutMs) => log.when(met, signal, timeoutMs),
    plannedRoutine: (words, condition) => plannedRoutine(parts, message, words, condition),
    planned: (ref, words) => plannedCommand(parts, message, ref, words),
    // A later answer finds no open interaction, so it goes to the room itself; and no session on the page, so to where that was asked for.
    from: {
      at: { transport: asker.transport, room: asker.room, thread: null },
      senderId: asker.sender,
      ingress: asker.ingress,
      direct: asker.direct,
    },
    byTimer: isByItself(message),
    runLog: parts.runLog,
    unread() {
      const unread = JSON.parse(log.stateStore(UNREAD).get(here) ?? 'null') as Unread | typeof SEARCHES | null;
      // A purge takes away what was looked for.
      return unread === SEARCHES ? (JSON.parse(log.stateStore(SEARCHES).get(here) ?? 'null') as Unread | null) : unread;
    },
    keepUnread(unread) {
      const isSearch = unread?.of === 'search';
      log.stateStore(UNREAD).set(here, JSON.stringify(isSearch ? SEARCHES : unread));
      if (isSearch) log.stateStore(SEARCHES).set(here, JSON.stringify({ ...unread, words: log.redacted(unread.words) }));
    },
    measure: (project, name) =>
      Promise.race([
        parts.measurements.make(project, name, { actor: author.actor, cause }),
        untilAborted(signal).then(() => err({ why: 'not-awaited' } as const)),
      ]),
    said: (query, most) => log.talk.find(query, at, most),
    commands: () => parts.commands.filter((one) => includes(parts.rights.highest(message), one.role)),
    processes: async () => (await parts.processes()).filter(({ project }) => project === null || roleIn(project) !== null),
    machine: parts.machine,
    networks: parts.networks,
    showsRefusals: () => {
      const [, inbox] = /^inbox:(\d+)$/.exec(cause) ?? [];
      if (inbox !== undefined) log.refusals.shownIn(Number(inbox));
    },
    dump: parts.dump,
    backup: () => parts.backups.make(author.actor, cause),
    backups: () => parts.backups.state(),
    page: () => pageAccess(parts, message),
    rooms: parts.rooms,
    pictures: () => parts.hasPictures(at.transport, at.room),
    roleIn: ({ project: of }) => (of === null ? lowest(parts.projects.map(({ name }) => roleIn(name))) : roleIn(of)),
    reconfiguration: parts.reconfiguration,
    restart: parts.restart,
    version: parts.version,
    startedAt: parts.startedAt,
  };
}

function denied(reply: Reply | null): Result<never, Reply> | null {
  return reply === null ? null : err(reply);
}

/** The role that the sender has in all projects. */
function lowest(roles: readonly (AccessRole | null)[]): AccessRole | null {
  return roles.includes(null) ? null : (ACCESS_ROLES.find((role) => roles.includes(role)) ?? null);
}
