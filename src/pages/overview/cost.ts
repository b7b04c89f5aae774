import { dayBudget } from '../../decide/budgets.ts';
import { budgetTable } from '../../words/budget.ts';
import { costPicture } from '../../words/pictures/cost.ts';
import { block } from '../frame/words.ts';
import { html, type Markup } from '../html.ts';
import type { Look, Shown } from '../view.ts';
import { pictureHtml } from './picture.ts';

/** `/cost`: what each project has spent, by day, agent, model and item, and what its budgets leave. */
export function costPage(look: Look): Shown {
  const all = (): Markup =>
    html`<div id="cost" class="sections" data-live="cost">${look.projects.map(({ name }) => costOf(name, look))}</div>`;
  return {
    title: 'Cost',
    parts: new Map([['cost', all]]),
    body: () =>
      html`<h1>Cost</h1>
        ${all()}`,
  };
}

function costOf(name: string, look: Look): Markup {
  const { reads, reader } = look;
  const { settings } = look.facts(name);
  const budgets = [{ scope: 'project', name } as const, { scope: 'bot', name: '' } as const].map((day) =>
    dayBudget(reads, day, settings.budget, reader.now),
  );
  const shown = costPicture(reads, name, budgets, reader);
  return html`<section aria-labelledby="cost-${name}">
    <h2 id="cost-${name}">${name}</h2>
    ${
      shown.kind === 'image' &&
      'picture' in shown &&
      html`${pictureHtml(shown.picture)}
        <p class="hidden">${shown.alternative}</p>`
    }
    ${block(budgetTable(budgets, reader.nameOf))}
  </section>`;
}
