import { dependenciesOf, type Dependencies } from '../../decide/dependencies.ts';
import { stepSign } from '../../words/item/step.ts';
import { stageWords } from '../../words/item/item.ts';
import { GRAPH_WORDS } from '../../words/pages/overview.ts';
import { graphPicture } from '../../words/pictures/graph.ts';
import { itemLink, itemUrl } from '../frame/item-row.ts';
import { html, type Markup } from '../html.ts';
import type { Look, Shown } from '../view.ts';
import { pictureHtml } from './picture.ts';

/** Items of one graph: more of them nobody reads. */
const MOST_ITEMS = 60;

/** `/graph` and `/graph/PROJECT`: which items wait for which. A script shows all that one item depends on and all that depends on it. */
export function graphPage(look: Look): Shown | null {
  const [, name] = look.request.path;
  const projects = name === undefined ? look.projects : look.projects.filter((project) => project.name === name);
  if (projects.length === 0) return null;
  const all = (): Markup =>
    html`<div id="graph" class="sections" data-live="${projects.map((project) => `project:${project.name}`).join(' ')}">
      ${projects.map((project) => graphOf(project.name, look))}
    </div>`;
  return {
    title: 'Graph',
    parts: new Map([['graph', all]]),
    body: () =>
      html`<h1>Graph</h1>
        ${all()}`,
  };
}

function graphOf(name: string, look: Look): Markup {
  const graph = dependenciesOf(look.reads, look.facts(name), MOST_ITEMS);
  return html`<section aria-labelledby="graph-${name}">
    <h2 id="graph-${name}">${name}</h2>
    ${graph.items.length === 0 ? html`<p class="empty">${GRAPH_WORDS.nothing}</p>` : drawn(graph, name, look)}
  </section>`;
}

function drawn(graph: Dependencies, name: string, look: Look): Markup {
  const shown = graphPicture(graph, name, look.reader);
  return html`<div class="graph" data-items="/item/${encodeURIComponent(name)}/">
      ${shown.kind === 'image' && 'picture' in shown && pictureHtml(shown.picture)}
      <p class="quiet">${GRAPH_WORDS.click}</p>
    </div>
    <ul class="rows">
      ${graph.items.map(({ item, step, needs }) => {
        const others = needs.map((number) => html`<a href="${itemUrl({ project: name, number })}">#${number}</a> `);
        return html`<li class="row">
          <p class="head">
            <span class="sign">${step === null ? '✓' : stepSign(step)} ${stageWords(item.stage)}</span> ${itemLink(item, look)}
            ${others.length > 0 && html`<span class="quiet">${GRAPH_WORDS.after} ${others}</span>`}
          </p>
        </li>`;
      })}
    </ul>`;
}
