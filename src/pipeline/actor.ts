/** Who did it: `person:<name>` or `<network>:<stable id>` for people, `agent:<name>`, or `musher` itself. As events keep it. */
export type Actor = string;

/** An actor in its parts. A person's `name` is the name that the configuration gives them, or their id on the network. */
export type ActorParts = { readonly kind: 'musher' } | { readonly kind: 'agent' | 'person'; readonly name: string };

/** The parts of an actor. What has no network in front is taken for a person's name. */
export function actorParts(actor: Actor): ActorParts {
  if (actor === 'musher') return { kind: 'musher' };
  const colon = actor.indexOf(':');
  return { kind: actor.startsWith('agent:') ? 'agent' : 'person', name: actor.slice(colon + 1) };
}

/** An agent as an actor. */
export function agentActor(name: string): Actor {
  return `agent:${name}`;
}

/** Whether a person did it, and neither Musher nor an agent. */
export function isPerson(actor: Actor): boolean {
  return actorParts(actor).kind === 'person';
}

/** How an actor is called in a text. */
export type NameOf = (actor: Actor) => string;

/**
 * The name of an agent or of a person in the configuration; of other people their id, without the network in front. Texts for people
 * take the name from a `NameOf`, which knows what networks call them.
 */
export function actorName(actor: Actor): string {
  const parts = actorParts(actor);
  return parts.kind === 'musher' ? 'Musher' : parts.name;
}
