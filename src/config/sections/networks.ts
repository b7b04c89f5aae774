import type { Network } from '../../../transports/network.ts';
import { text } from './fields.ts';

// Typed as if they had no keys: what the keys of a network hold is that network's own, and read by its name alone.

/** The sections of the networks, each with its own keys. */
export function networkSections(networks: readonly Network[]): object {
  return Object.fromEntries(networks.map(({ name, keys, about }) => [name, keys.optional().meta({ description: about })]));
}

/** A person's ids, one key for each network. */
export function personIds(networks: readonly Network[]): object {
  return Object.fromEntries(
    networks.flatMap(({ name, ids }) =>
      ids === null ? [] : [[name, text().optional().meta({ description: ids.person.brief, example: ids.person.example })]],
    ),
  );
}

/** What the file says of a network; undefined: it is not used. */
export function sectionOf(bot: object, { name }: Network): Readonly<Record<string, unknown>> | undefined {
  const section: unknown = Reflect.get(bot, name);
  return typeof section === 'object' && section !== null ? { ...section } : undefined;
}

/** A person's id on a network; undefined: none was given. */
export function idOn({ name }: Network, person: object): string | undefined {
  const id: unknown = Reflect.get(person, name);
  return typeof id === 'string' ? id : undefined;
}
