/** How people are called, by their id on a network. For people's eyes: rights never look at a name. */
export interface PeopleNames {
  /** What the network calls somebody, whenever it tells; null: nothing any more. Never throws. */
  called(id: string, name: string | null): void;
  /** How texts call somebody; null: by nothing but the id. */
  nameOf(id: string): string | null;
}

/** For a transport that is used alone. */
export const NOBODY_KNOWN: PeopleNames = { called: () => undefined, nameOf: () => null };

/** UTF-16 units of a name in a text. */
const LONGEST = 60;

/**
 * A text in which the people that it mentions, as `<@id>`, are called by name. Those at its start stay as they are: they say whom
 * it is for. `nameOf` gives null for whoever stays as well.
 */
export function withNames(text: string, nameOf: (id: string) => string | null): string {
  const start = /^\s*(?:<@[^>\s]{1,300}>[\s,:]*)*/.exec(text)?.[0].length ?? 0;
  const named = text.slice(start).replaceAll(/<@!?([^>\s&]{1,300})>/g, (whole, id: string) => {
    const name = nameOf(id);
    return name === null ? whole : `@${bareName(name)}`;
  });
  return text.slice(0, start) + named;
}

/** Without what a command would take for the end of a text. */
export function bareName(name: string): string {
  return name
    .replaceAll(/["\\\s]+/g, ' ')
    .trim()
    .slice(0, LONGEST)
    .toWellFormed();
}
