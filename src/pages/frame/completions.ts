import { completionFor } from '../../bot/parse/parse-context.ts';
import { commandTable } from '../../bot/command-table.ts';
import { html } from '../html.ts';
import type { Fragment, Look } from '../view.ts';

/** Completions shown at once. */
const MOST = 12;
/** UTF-16 units: what is longer is not completed. */
const LONGEST = 2_000;

/** `/complete?text=…`: how a line may continue, as options whose `data-line` is the whole line. The same as Tab in the terminal. */
export function completions({ request, parts, origin }: Look): Fragment {
  const text = request.query.get('text') ?? '';
  const found = text.length > LONGEST ? [] : completionFor(parts, commandTable(parts.commands), text, origin).slice(0, MOST);
  return {
    fragment: html`${found.map(({ value, label, replaces: [start] }, index) => {
      const line = text.slice(0, start) + value;
      return html`<li id="completion-${index}" role="option" aria-selected="false" data-line="${line}">${label}</li>`;
    })}`,
  };
}
