import { actorName, isPerson } from '../../pipeline/actor.ts';
import type { StageName, WorkItem } from '../../pipeline/types.ts';
import { html, type Markup } from '../html.ts';
import type { Look } from '../view.ts';

/** Items of a stage that are looked at for those that fit. */
const LOOKED_AT = 2_000;
const LONGEST_TEXT = 200;

/** What the board is narrowed to; all of it is in the address. Empty: not by that. */
export interface Filters {
  readonly project: string;
  readonly agent: string;
  readonly label: string;
  /** Who made the item or has it counted for their budget, as an actor. */
  readonly person: string;
  /** In the title, or the number. */
  readonly text: string;
}

export function filtersOf({ request: { path, query } }: Pick<Look, 'request'>): Filters {
  const of = (name: string): string => (query.get(name) ?? '').slice(0, LONGEST_TEXT);
  return { project: path[1] ?? of('project'), agent: of('agent'), label: of('label'), person: of('person'), text: of('text').trim() };
}

/** Whether anything but the project is asked for. */
export function isNarrow({ agent, label, person, text }: Filters): boolean {
  return [agent, label, person, text].some((one) => one !== '');
}

/** The items of a stage of a project that fit, in their order; `most` of them at most, and whether there may be more. */
export function fitting(
  { reads }: Pick<Look, 'reads'>,
  project: string,
  stage: StageName,
  filters: Filters,
  most: number,
): { readonly items: readonly WorkItem[]; readonly more: boolean } {
  const look = isNarrow(filters) ? LOOKED_AT : most + 1;
  const over = stage === 'done' || stage === 'archived';
  const all = over ? reads.recentInStage(project, stage, Math.min(look, 10 * most)) : reads.inStage(project, stage, look);
  const agents = new Map(reads.openRuns(project).map(({ item, agent }) => [item, agent]));
  const items = all.filter((item) => fits(item, filters, agents.get(item.number)));
  return { items: items.slice(0, most), more: items.length > most || all.length >= look };
}

function fits(item: WorkItem, { agent, label, person, text }: Filters, running: string | undefined): boolean {
  if (agent !== '' && running !== agent && item.assignedTo !== agent) return false;
  if (label !== '' && item.labels?.includes(label.toLowerCase()) !== true) return false;
  if (person !== '' && item.createdBy !== person && item.payer !== person) return false;
  return text === '' || item.title.toLowerCase().includes(text.toLowerCase()) || text.replace(/^#/, '') === String(item.number);
}

/** The form that narrows the board: a plain GET, so that the address is what is shown. */
export function filterForm(look: Look, filters: Filters, shown: readonly WorkItem[]): Markup {
  const projects = look.projects.map(({ name }) => name);
  const of = filters.project === '' ? look.projects : look.projects.filter(({ name }) => name === filters.project);
  const agents = new Set(of.flatMap((project) => project.agents.map(({ name }) => name)));
  const labels = new Set(of.flatMap(({ name }) => look.reads.labels(name).map(({ label }) => label)));
  const people = new Set([
    ...shown.flatMap(({ createdBy, payer }) => [createdBy, payer ?? '']).filter((one) => one !== '' && isPerson(one)),
    filters.person,
  ]);
  const choice = (name: keyof Filters, title: string, all: Iterable<string>, word: (one: string) => string = (one) => one): Markup => {
    const options = [...all].filter((one) => one !== '').sort();
    return html`<label
      >${title}<select name="${name}">
        <option value="">any</option>
        ${options.map((one) => html`<option value="${one}" ${filters[name] === one && html` selected`}>${word(one)}</option>`)}
      </select></label
    >`;
  };
  return html`<details class="fold" ${(isNarrow(filters) || filters.project !== '') && html` open`}>
    <summary>Filters</summary>
    <form class="filters" method="get" action="/board" role="search" aria-label="Filters">
      ${projects.length > 1 && choice('project', 'Project', projects)} ${choice('agent', 'Agent', agents)}
      ${labels.size > 0 && choice('label', 'Label', labels)} ${people.size > 1 && choice('person', 'Person', people, actorName)}
      <label>Text<input type="search" name="text" value="${filters.text}" maxlength="${LONGEST_TEXT}" /></label>
      <button>Filter</button>${(isNarrow(filters) || filters.project !== '') && html` <a class="button quiet" href="/board">Clear</a>`}
    </form>
  </details>`;
}
