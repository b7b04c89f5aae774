import type { Action } from '../../message/document.ts';
import { html, type Markup } from '../html.ts';
import type { Look } from '../view.ts';

/** What a form of one command needs of a look. */
type Asker = Pick<Look, 'viewer' | 'may' | 'here'>;

/**
 * A button that is a command: a form of its own, so that it works without a script. `asks`: it opens to a field for the text
 * that the command still lacks. Null where this person may not run it.
 */
export function commandButton(look: Asker, action: Action, project: string): Markup | null {
  if (!look.may(action.command, project)) return null;
  if (action.asks !== undefined) {
    return html`<details class="ask">
      <summary class="button ${action.style}">${action.label}</summary>
      <form method="post" action="/do" class="do" data-draft="${action.command}">
        ${hidden(look, action.command)}
        <label>${action.asks.label}<textarea name="text" rows="3" required></textarea></label>
        <button class="${action.style}">${action.label}</button>
      </form>
    </details>`;
  }
  return html`<form method="post" action="/do" class="do">
    ${hidden(look, action.command)}
    <button class="${action.style}" title="${action.command}">${action.label}</button>
  </form>`;
}

/** The fields that each form of a command has besides its button: the session's secret, the command, and where to go afterwards. */
export function hidden({ viewer, here }: Pick<Look, 'viewer' | 'here'>, command: string): Markup {
  return html`<input type="hidden" name="csrf" value="${viewer.csrf}" /><input type="hidden" name="back" value="${here}" /><input
      type="hidden"
      name="command"
      value="${command}"
    />`;
}

/** A row of such buttons; nothing where none may be pressed. */
export function commandButtons(look: Asker, actions: readonly Action[], project: string): Markup {
  const shown = actions.map((action) => commandButton(look, action, project)).filter((button) => button !== null);
  return shown.length === 0 ? html`` : html`<div class="actions">${shown}</div>`;
}
