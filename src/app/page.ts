import { LOCAL } from '../../transports/index.ts';
import type { Transport } from '../../transports/transport.ts';
import type { Change, Page, Viewer, Views } from '../../transports/views.ts';
import { digestOf, LINK_MS, newSecret } from '../bot/page/links.ts';
import type { BotParts } from '../bot/bot-parts.ts';
import { decide, projectFacts } from '../decide/facts.ts';
import type { Log } from '../log/log.ts';
import { html } from '../pages/html.ts';
import { linkWords } from '../words/pages/entering.ts';
import { needsPeople } from '../words/item/step.ts';
import { localOwner } from './script.ts';

/** Shows a link to the page to whoever started Musher in a terminal. */
export async function showLink(log: Log, address: string, terminal: Transport): Promise<void> {
  const { transport, room } = LOCAL.address;
  const { id, name } = localOwner();
  const secret = newSecret();
  log.transaction((tx) =>
    tx.windows.addLink(digestOf(secret), { transport, room, sender: id, name, ingress: 'terminal', direct: true }, tx.now + LINK_MS),
  );
  await terminal.send(LOCAL.address, linkWords(`${address}/enter/${secret}`), `page:${secret.slice(0, 8)}`, { again: false });
}

/** The least that can be seen: what needs somebody, as long as there are no pages. */
export function firstViews({ log, clock, rights, projects }: Pick<BotParts, 'log' | 'clock' | 'rights' | 'projects'>): Views {
  const { reads } = log;
  const needs = ({ at, sender }: Viewer): string[] =>
    projects
      .filter(({ name }) => rights.roleIn({ sender, at, ingress: 'button', direct: true }, name) !== null)
      .flatMap(({ name, settings }) => {
        const facts = projectFacts(reads, settings, clock.now());
        return reads
          .active(name)
          .flatMap((item) => (needsPeople(decide(reads, item, facts)) ? [`${name}#${item.number} ${item.title}`] : []));
      });
  const whole = (title: string, body: ReturnType<typeof html>): string =>
    html`<!doctype html>
      <html lang="en">
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width" />
          <title>${title}</title>
        </head>
        <body>
          <h1>${title}</h1>
          ${body}
        </body>
      </html>`.toString();
  return {
    page({ path }, viewer): Promise<Page | null> {
      if (path.length > 0) return Promise.resolve(null);
      const list = html`<ul data-live="*">
        ${needs(viewer).map((one) => html`<li>${one}</li>`)}
      </ul>`;
      const bar = html`<form method="post" action="/do">
          <input type="hidden" name="csrf" value="${viewer.csrf}" /><label>Command <input name="command" /></label><button>Send</button>
        </form>
        <p><a href="/answers">Answers</a></p>`;
      return Promise.resolve({ html: whole('Needs you', html`${list}${bar}`), version: null });
    },
    problem: (status) => whole(String(status), html``),
    entry: (action) => whole('Musher', html`<form method="post" action="${action}"><button>Open</button></form>`),
    asset: () => null,
    answers: (shown) => html`${shown.map(({ id, body }) => html`<li id="answer-${id}">${JSON.stringify(body)}</li>`)}`.toString(),
    head: () => reads.lastSeq(),
    follow: (onChange: (change: Change) => void) => log.onCommit((event) => onChange({ event, topics: ['*'] })),
    since: (event) => (event >= reads.lastSeq() ? { event, topics: [] } : null),
  };
}
