import type { IncomingMessage } from '../../message/address.ts';
import { itemNumber } from '../../pipeline/values.ts';
import type { ParseContext } from './argument.ts';
import type { Project } from '../capabilities.ts';
import type { CommandTable } from '../command-table.ts';
import type { Command } from '../command.ts';
import { completeLine, type Completion } from './complete.ts';
import { includes, type Origin } from '../rights/rights.ts';
import { projectOf, type BotParts } from '../bot-parts.ts';
import { commandName } from '../../words/described.ts';

/** What a line is read and completed against. */
export function parseContext(
  { log, projects, rooms }: Pick<BotParts, 'log' | 'projects' | 'rooms'>,
  table: CommandTable<Command>,
  current: Project,
  known: readonly Project[] = projects,
  about?: IncomingMessage['about'],
): ParseContext {
  const number = itemNumber(about?.number ?? 0);
  return {
    item: about === undefined || number === null ? null : { project: about.project, number },
    currentProject: current.name,
    projects: known.map(({ name }) => name),
    itemNumbers: (name) =>
      known.some((project) => project.name === name)
        ? [...log.reads.active(name), ...log.reads.inStage(name, 'backlog', 200), ...log.reads.recentInStage(name, 'done', 20)]
        : [],
    agentNames: (name) => known.find((project) => project.name === name)?.agents.map((agent) => agent.name) ?? [],
    commandNames: () => table.commands.map(commandName),
    roomNames: () =>
      rooms()
        .filter((room) => room.project === null || known.some(({ name }) => name === room.project))
        .map(({ name }) => name),
  };
}

/**
 * How a line may continue for the person who types it there: only commands that they may use, and items, titles and agents of
 * projects that they may see. Nothing for a stranger: completion shows before anything is sent.
 */
export function completionFor(
  parts: Pick<BotParts, 'log' | 'roomProject' | 'projects' | 'rooms' | 'rights'>,
  table: CommandTable<Command>,
  line: string,
  origin: Origin,
): readonly Completion[] {
  const highest = parts.rights.highest(origin);
  if (highest === null) return [];
  const visible = parts.projects.filter(({ name }) => parts.rights.roleIn(origin, name) !== null);
  const current = projectOf(parts, origin.at.transport, origin.at.room);
  return completeLine(line, table, parseContext(parts, table, current, visible), (command) => includes(highest, command.role));
}
