import type { Answer, Viewer } from '../../../transports/views.ts';
import { localTime } from '../../pipeline/budget/day.ts';
import { html, type Markup } from '../html.ts';
import type { Look } from '../view.ts';
import { commandButton } from './command.ts';
import { documentHtml, timeOf } from './words.ts';

/** Messages of Musher to a session, as list items. `look` null: its person has lost their rights, and keeps what was said without buttons. */
export function answersHtml(shown: readonly Answer[], look: Look | null, _viewer: Viewer): string {
  return html`${shown.map((answer) => one(answer, look))}`.toString();
}

function one({ id, at, body }: Answer, look: Look | null): Markup {
  const words = documentHtml(body, (action) => (look === null ? null : commandButton(look, action, look.reader.current)));
  const clock = look === null ? '' : localTime(at, look.reader.timezone).time;
  return html`<li id="answer-${id}" class="answer">${timeOf(at, clock)}${words}</li>`;
}
