import { accountsNow, agentsNow, type AccountNow, type AgentNow } from '../../decide/team.ts';
import { pausedLine } from '../../words/item/pause.ts';
import { NOTHING_WORDS } from '../../words/pages/overview.ts';
import { accountLine, agentLine } from '../../words/team/agents.ts';
import { startOfDay } from '../../words/time.ts';
import { itemLink } from '../frame/item-row.ts';
import { block, inlines } from '../frame/words.ts';
import { html, type Markup } from '../html.ts';
import type { Look, Shown } from '../view.ts';

/** `/agents`: who works on what, and the accounts that they use. */
export function agentsPage(look: Look): Shown {
  const team = (): Markup => {
    const topics = ['agents', ...look.projects.map(({ name }) => `project:${name}`)].join(' ');
    return html`<div id="team" class="sections" data-live="${topics}">
      ${look.projects.map(({ name }) => teamOf(name, look))}
      <section aria-labelledby="accounts-title">
        <h2 id="accounts-title">Accounts</h2>
        ${rowsOr(
          NOTHING_WORDS.accounts,
          accounts(look).map((one) => accountRow(one, look)),
        )}
      </section>
    </div>`;
  };
  return {
    title: 'Agents',
    parts: new Map([['team', team]]),
    body: () =>
      html`<h1>Agents</h1>
        ${team()}`,
  };
}

function teamOf(name: string, look: Look): Markup {
  const facts = look.facts(name);
  const all = agentsNow(look.reads, facts.settings, facts, startOfDay(look.reader.now, look.reader.timezone));
  return html`<section aria-labelledby="team-${name}">
    <h2 id="team-${name}">${name}</h2>
    ${facts.pause !== null && block(pausedLine(facts.pause, name, look.reader))}
    ${rowsOr(
      NOTHING_WORDS.agents,
      all.map((one) => agentRow(one, look)),
    )}
  </section>`;
}

function agentRow(one: AgentNow, look: Look): Markup {
  const [sign, words] = agentLine(one, look.reader);
  const works = one.tasks.flatMap(({ item }) => (item === null ? [] : [html`<li>${itemLink(item, look)}</li>`]));
  return html`<li class="row agent">
    <p class="head"><span class="sign ${signClass(sign)}">${sign} ${one.name}</span> <span>${inlines(words)}</span></p>
    ${
      works.length > 0 &&
      html`<ul class="works">
        ${works}
      </ul>`
    }
  </li>`;
}

function accounts(look: Look): AccountNow[] {
  const { reads, projects, reader } = look;
  return accountsNow(
    reads,
    projects.map(({ name, settings }) => ({ settings, facts: look.facts(name) })),
    reader.current,
  );
}

function accountRow(one: AccountNow, { reader }: Look): Markup {
  return html`<li class="row"><p>${inlines(accountLine(one, reader))}</p></li>`;
}

function signClass(sign: string): string {
  return sign === '…' ? 'running' : sign === '!' ? 'needs' : '';
}

function rowsOr(nothing: string, rows: readonly Markup[]): Markup {
  return rows.length === 0
    ? html`<p class="empty">${nothing}</p>`
    : html`<ul class="rows">
        ${rows}
      </ul>`;
}
