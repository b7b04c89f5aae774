import { html as tagged } from 'hono/html';

/** Markup that was built by `html`, where every text is escaped; a plain string is never one. */
export interface Markup {
  toString(): string;
  readonly isEscaped: true;
}

/** A template of HTML. What stands in `${}` is escaped, unless it is itself markup of this function or an array of it. Null and undefined show nothing. */
export function html(parts: TemplateStringsArray, ...values: readonly HtmlValue[]): Markup {
  const made = tagged(parts, ...values.map((value) => (value === false || value === null || value === undefined ? '' : value)));
  // Only promises among the values make it one, and their type keeps them out.
  if (made instanceof Promise) throw new TypeError('markup has no promises in it');
  return made;
}

/** What a template may show. `false` shows nothing, so that `condition && html…` reads well. */
export type HtmlValue = string | number | false | null | undefined | Markup | readonly Markup[];
