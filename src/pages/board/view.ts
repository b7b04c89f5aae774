import { STAGES } from '../../pipeline/types.ts';
import { html } from '../html.ts';
import type { Look, Shown } from '../view.ts';
import { itemLink } from '../frame/item-row.ts';

/** `/board` and `/board/PROJECT`. */
export function board(look: Look): Shown | null {
  const [, name] = look.request.path;
  const projects = name === undefined ? look.projects : look.projects.filter((project) => project.name === name);
  if (projects.length === 0) return null;
  return {
    title: 'Board',
    parts: new Map(),
    body: () =>
      html`<h1 class="hidden">Board</h1>
        ${STAGES.map(
          (stage) =>
            html`<section>
              <h2>${stage}</h2>
              <ul>
                ${projects.flatMap((project) => look.reads.inStage(project.name, stage, 20)).map((item) => html`<li>${itemLink(item, look)}</li>`)}
              </ul>
            </section>`,
        )}`,
  };
}
