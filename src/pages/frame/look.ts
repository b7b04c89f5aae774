import type { PageRequest, Viewer } from '../../../transports/views.ts';
import { projectOf } from '../../bot/bot-parts.ts';
import { leadingWords, matchCommand, type CommandTable } from '../../bot/command-table.ts';
import type { Command } from '../../bot/command.ts';
import { includes, type Origin } from '../../bot/rights/rights.ts';
import { projectFacts, type ProjectFacts } from '../../decide/facts.ts';
import { needsOf } from '../home/needs.ts';
import type { Look, Needs, PageParts } from '../view.ts';

/** Begins a look; null for whoever may see no project: for them there is no page. */
export function look(parts: PageParts, table: CommandTable<Command>, request: PageRequest, viewer: Viewer): Look | null {
  const { log, clock, rights, timezone, nameOf } = parts;
  const origin = originOf(viewer);
  const projects = parts.projects.filter(({ name }) => rights.roleIn(origin, name) !== null);
  if (projects.length === 0) return null;
  const known = new Map<string, ProjectFacts>();
  const now = clock.now();
  const roleIn: Look['roleIn'] = (project) => rights.roleIn(origin, project);
  const project: Look['project'] = (name) => projects.find((one) => one.name === name) ?? null;
  let needs: Needs | null = null;
  const made: Look = {
    request,
    viewer,
    here: addressOf(request),
    parts,
    reads: log.reads,
    origin,
    projects,
    reader: { current: projectOf(parts, viewer.at.transport, viewer.at.room).name, now, timezone, nameOf },
    project,
    roleIn,
    may(typed, of) {
      const match = matchCommand(table, leadingWords(typed, table.longest));
      if (match === null) return false;
      const { command } = match;
      return includes(command.about === 'musher' ? rights.highest(origin) : roleIn(of), command.role);
    },
    facts(name) {
      const settings = project(name)?.settings;
      if (settings === undefined) throw new Error(`${name} is not among the projects of this look`);
      const facts = known.get(name) ?? projectFacts(log.reads, settings, now);
      known.set(name, facts);
      return facts;
    },
    needs: () => (needs ??= needsOf(made)),
  };
  return made;
}

function addressOf({ path, query }: PageRequest): string {
  const search = query.toString();
  return `/${path.map(encodeURIComponent).join('/')}${search === '' ? '' : `?${search}`}`;
}

/** Where what a viewer does comes from. Its rights are those of the room in which they asked for the page, which `rights` knows. */
export function originOf({ sender, at }: Viewer): Origin {
  return { sender, at, ingress: 'button', direct: true };
}
