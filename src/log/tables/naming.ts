/** A letter or a digit: next to a title, it makes the title a part of a longer word. */
const WORD = /[\p{L}\p{N}]/u;

/**
 * Whether a body, as it is stored, has one of these titles in a text of it. Whole words alone count: purging “Item 1” must
 * not take the messages about “Item 10” away.
 */
export function namesOneOf(titles: readonly string[]): (body: string) => boolean {
  // A body that lacks the title's characters, as JSON writes them, needs no second look.
  const known = titles.map((title) => ({ title, stored: JSON.stringify(title).slice(1, -1) }));
  return (body) => {
    const near = known.filter(({ stored }) => body.includes(stored));
    return near.length > 0 && textsOf(JSON.parse(body)).some((text) => near.some(({ title }) => holds(text, title)));
  };
}

function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsOf) : [];
}

function holds(text: string, title: string): boolean {
  for (let at = text.indexOf(title); at >= 0; at = text.indexOf(title, at + 1)) {
    const end = at + title.length;
    if (!joins(text.charAt(at - 1), title.charAt(0)) && !joins(title.charAt(title.length - 1), text.charAt(end))) return true;
  }
  return false;
}

function joins(left: string, right: string): boolean {
  return WORD.test(left) && WORD.test(right);
}
