import { randomUUID } from 'node:crypto';
import type { HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { Hono } from 'hono';
import { BOUNDS } from '../../src/bounds.ts';
import type { Clock } from '../../src/clock.ts';
import type { PageParts } from '../network.ts';
import type { Session } from '../sessions.ts';
import type { Sink } from '../transport.ts';
import type { Viewer, Views } from '../views.ts';
import type { Attempts } from './attempts.ts';
import { readForm } from './form.ts';
import { callerOf, isOwnForm, type Place } from './guard.ts';
import { Files, pageResponse, type Asked } from './respond.ts';
import { cookieFor, csrfOf, isCsrf, isSecret, secretIn } from './secrets.ts';
import type { Streams } from './streams.ts';

/** What the routes work with. */
export interface RouteParts extends PageParts {
  readonly network: string;
  readonly clock: Clock;
  readonly place: Place;
  readonly behindProxy: boolean;
  readonly attempts: Attempts;
  readonly streams: Streams;
  /** Hands a message to Musher; resolves when it is kept. Null: Musher takes none now. */
  readonly take: ((message: Parameters<Sink>[0]) => Promise<unknown>) | null;
  readonly report: (error: unknown) => void;
}

/** A request of somebody with a session. */
interface Visit {
  readonly session: Session;
  readonly secret: string;
  readonly viewer: Viewer;
}

type App = { Bindings: HttpBindings; Variables: { visit: Visit } };
type Problem = Parameters<Views['problem']>[0];

/** The addresses of the page. Without a session there are two: links, and the files that say nothing of Musher. */
export function routes(parts: RouteParts): Hono<App> {
  const { views, sessions, place, streams, attempts } = parts;
  const files = new Files();
  const app = new Hono<App>();

  const problem = (status: Problem, asked: Asked, viewer: Viewer | null): Promise<Response> =>
    pageResponse(views.problem(status, viewer), null, asked, status);

  app.get('/assets/:name', (c) => {
    const name = c.req.param('name');
    const asset = views.asset(name);
    return asset === null ? problem(401, askedOf(c), null) : files.response(name, asset, askedOf(c));
  });

  // Chat clients look at links to show what is behind them: looking uses nothing up, and tells nothing.
  app.get('/enter/:token', async (c) => pageResponse(views.entry(`/enter/${encodeURIComponent(c.req.param('token'))}`), null, askedOf(c)));

  app.post('/enter/:token', async (c) => {
    const { incoming } = c.env;
    const caller = callerOf(incoming, parts.behindProxy);
    if (!attempts.mayTry(caller)) return problem(429, askedOf(c), null);
    if (!isOwnForm(incoming, place)) return problem(403, askedOf(c), null);
    const token = c.req.param('token');
    const browser = (incoming.headers['user-agent'] ?? '').slice(0, BOUNDS.webBrowser);
    // What can be none is looked up as well, so that it takes as long.
    const entered = sessions.enter(isSecret(token) ? token : '', browser);
    if (entered === null) {
      attempts.failed(caller);
      return problem(401, askedOf(c), null);
    }
    c.header('set-cookie', cookieFor(place, entered.secret));
    return c.redirect('/', 303);
  });

  app.use(async (c, next) => {
    const secret = secretIn(c.env.incoming.headers.cookie, place);
    const session = secret === null ? null : sessions.bySecret(secret);
    if (secret === null || session === null) return problem(401, askedOf(c), null);
    const at = { transport: parts.network, room: session.room, thread: null };
    c.set('visit', { session, secret, viewer: { at, sender: session.sender, csrf: csrfOf(secret) } });
    return next();
  });

  app.get('/live', (c) => {
    const { viewer } = c.get('visit');
    const { outgoing, incoming } = c.env;
    if (incoming.method === 'HEAD') return c.body(null);
    const after = Number(incoming.headers['last-event-id'] ?? c.req.query('after') ?? Number.NaN);
    const isNumber = Number.isSafeInteger(after) && after >= 0;
    // A number that is none, or is beyond the log, means that nothing is known of what the page shows.
    if (streams.open(viewer, outgoing, isNumber && after <= views.head() ? after : 0)) return RESPONSE_ALREADY_SENT;
    return problem(503, askedOf(c), viewer);
  });

  app.get('/answers', (c) => {
    const { viewer, session } = c.get('visit');
    return pageResponse(views.answers(sessions.answers(session.room), viewer), null, askedOf(c));
  });

  app.post('*', async (c) => {
    const { viewer, secret, session } = c.get('visit');
    const asked = askedOf(c);
    const form = await readForm(c.env.incoming);
    if (typeof form === 'number') {
      c.env.outgoing.setHeader('connection', 'close');
      return problem(form, asked, viewer);
    }
    if (!isOwnForm(c.env.incoming, place) || !isCsrf(form.get('csrf') ?? '', secret)) return problem(403, asked, viewer);
    switch (c.req.path) {
      case '/do': {
        const text = commandOf(form);
        if (text === null) return problem(400, asked, viewer);
        if (parts.take === null) return problem(503, asked, viewer);
        try {
          // By the id that its page gave it, what is sent again after a broken connection is taken once.
          const id = `${session.room}:${idOf(form.get('id'))}`;
          await parts.take({ id, at: viewer.at, sender: viewer.sender, ingress: 'button', direct: true, text });
        } catch (error) {
          parts.report(error);
          return problem(503, asked, viewer);
        }
        return c.env.incoming.headers['hx-request'] === undefined ? c.redirect(backTo(form.get('back')), 303) : c.body(null, 204);
      }
      case '/leave':
        sessions.end(session.room);
        c.header('set-cookie', cookieFor(place, null));
        return c.redirect('/', 303);
      default:
        return problem(404, asked, viewer);
    }
  });

  app.get('*', async (c) => {
    const { viewer } = c.get('visit');
    const asked = askedOf(c);
    const path = segmentsOf(c.env.incoming.url ?? '/');
    if (path === null) return problem(404, asked, viewer);
    const query = new URL(c.env.incoming.url ?? '/', place.url).searchParams;
    const part = query.get('part');
    query.delete('part');
    const page = await views.page({ path, query, part }, viewer);
    return page === null ? problem(404, asked, viewer) : pageResponse(page.html, page.version, asked);
  });

  app.notFound((c) => problem(404, askedOf(c), null));
  app.onError((error, c) => {
    parts.report(error);
    return problem(500, askedOf(c), null);
  });
  return app;
}

function askedOf(c: { readonly env: HttpBindings }): Asked {
  const { headers } = c.env.incoming;
  return { encodings: headers['accept-encoding'] ?? '', known: headers['if-none-match'] ?? '' };
}

/** The segments of an address, decoded; null where they can't be. */
function segmentsOf(url: string): string[] | null {
  const [path = '/'] = url.split('?', 1);
  try {
    return path
      .split('/')
      .slice(1)
      .filter((segment) => segment !== '')
      .map(decodeURIComponent);
  } catch {
    return null;
  }
}

/** What a form says to Musher: a command, and a text that continues it; null: nothing. */
function commandOf(form: URLSearchParams): string | null {
  const text = [form.get('command') ?? '', form.get('text') ?? ''].map((one) => one.trim()).filter((one) => one !== '');
  return text.length === 0 ? null : text.join(' ');
}

/** A page gives each command an id; a form without one can't be sent twice by mistake. */
function idOf(given: string | null): string {
  return given !== null && /^[A-Za-z0-9-]{8,64}$/.test(given) ? given : randomUUID();
}

/** Where a browser without scripts goes after a form: to a page of ours. */
function backTo(given: string | null): string {
  return given !== null && /^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/.test(given) ? given : '/';
}
