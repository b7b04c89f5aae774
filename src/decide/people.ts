import type { PersonSettings, ProjectRoles, RoleSettings, RoomSettings } from '../config/settings.ts';
import type { Log } from '../log/log.ts';
import { actorName, actorParts, type Actor, type NameOf } from '../pipeline/actor.ts';
import { looksOf, mixesScripts, readableName } from './person-name.ts';

/** The parts of the configuration that say who may use Musher, and whose names nobody else may bear. */
export interface PeopleSettings {
  /** How the bot is called. */
  readonly name: string;
  readonly people: readonly PersonSettings[];
  readonly roles: RoleSettings;
  readonly projectRoles: readonly ProjectRoles[];
  readonly rooms: readonly Pick<RoomSettings, 'roles'>[];
  readonly projects: readonly { readonly agents: readonly { readonly name: string }[] }[];
}

/** How people are called in texts: as the configuration says, else as their network does, else by their id. */
export interface Names {
  readonly nameOf: NameOf;
  /** What a network calls a person; null: nothing any more. Kept for those who have a role, in the log. Rights never look at it. */
  learn(person: Actor, name: string | null): void;
}

/**
 * People choose their names on a network, so one that looks like somebody else's is shown with its id: like the name of a
 * person, an agent or the bot in the configuration, like an id, like the name of another person with a role.
 */
export function namesOf(log: Pick<Log, 'people' | 'transaction' | 'redacted'>, settings: PeopleSettings): Names {
  const lists = [settings.roles, ...settings.projectRoles.map(({ roles }) => roles), ...settings.rooms.map(({ roles }) => roles)];
  const listed = new Set(lists.flatMap((roles) => Object.values(roles).flat()));
  const configured = new Map(settings.people.flatMap(({ name, ids }) => ids.map((id) => [id, name] as const)));
  const others = [
    ...settings.people.map(({ name }) => name),
    ...settings.projects.flatMap(({ agents }) => agents.map(({ name }) => name)),
    ...[...listed, ...configured.keys()].flatMap((id) => [id, actorName(id)]),
  ];
  const taken = new Set(others.map(looksOf));
  const bot = new Set(['Musher', settings.name].map(looksOf));

  const nameOf: NameOf = (actor) => {
    const own = configured.get(actor);
    if (own !== undefined) return own;
    const known = actorParts(actor).kind === 'person' ? log.people.get(actor) : null;
    if (known === null) return actorName(actor);
    const { name, looks } = known;
    const imitates = taken.has(looks) || name.split(' ').some((word) => bot.has(looksOf(word))) || bot.has(looks) || mixesScripts(name);
    return imitates || log.people.alike(looks) > 1 ? `${name} (${actorName(actor)})` : name;
  };

  return {
    nameOf,
    learn(person, given) {
      if (!listed.has(person) || configured.has(person)) return;
      const name = given === null ? null : readableName(log.redacted(given));
      const known = log.people.get(person);
      if (name === (known?.name ?? null)) return;
      log.transaction((tx) => {
        if (name === null) tx.people.forget(person);
        else tx.people.put(person, { name, looks: looksOf(name), learnt: tx.now });
      });
    },
  };
}
