import { sessionsOf } from '../../../src/app/page/sessions.ts';
import { digestOf, LINK_MS, newSecret } from '../../../src/bot/page/links.ts';
import { openViews } from '../../../src/pages/views.ts';
import type { Asker } from '../../../src/log/tables/two-person.ts';
import { web } from '../../../transports/web/network.ts';
import type { WebSection } from '../../../transports/web/section.ts';
import { NOBODY_KNOWN } from '../../../transports/people.ts';
import { webTransport } from '../../../transports/web/web.ts';
import type { Sink } from '../../../transports/transport.ts';
import { systemClock } from '../../../src/clock.ts';
import type { World } from '../../commands/harness.ts';
import { memoryState } from '../discord/fixture.ts';
import { Browser } from './browser.ts';

export const never = new AbortController().signal;

/** The page of a world, served on a free port; its messages go to `sink`. */
export interface Site {
  readonly transport: Awaited<ReturnType<typeof webTransport>>;
  readonly errors: unknown[];
  /** Where it is. */
  readonly origin: () => string;
  /** The port that it listens on. */
  readonly port: () => number;
  /** A link as `web` gives it to somebody who asks in a room of the test's network. */
  readonly link: (person?: string, asker?: Partial<Asker>) => string;
  /** A browser with a session. */
  readonly enter: (person?: string, asker?: Partial<Asker>) => Promise<Browser>;
  /** The session of a browser. */
  readonly roomOf: (browser: Browser) => string;
}

/** `options`: keys of the section in `bot.toml`. */
export async function openSite({ bot, log }: World, options: Partial<WebSection> = {}): Promise<Site> {
  const real = systemClock();
  const errors: unknown[] = [];
  const state = withoutUsualPort();
  const sessions = sessionsOf(log, bot.clock, web.name);
  const transport = await webTransport(web.keys.parse({ listen: '127.0.0.1:0', ...options }), {
    // The world's own time stands still until the test moves it; what closes a server does not wait for that.
    clock: {
      now: () => bot.clock.now(),
      at: (time, fire) => (time - bot.clock.now() < 1_000 ? real.at(real.now() + time - bot.clock.now(), fire) : bot.clock.at(time, fire)),
    },
    state,
    rooms: [],
    directMessages: false,
    mayWriteDirect: () => false,
    people: NOBODY_KNOWN,
    catalogue: { commands: [], complete: () => [] },
    dataDir: '',
    inSharedCommit: (run) => log.inSharedCommit(run),
    report: (error) => errors.push(error),
    page: () =>
      Promise.resolve({ views: openViews({ ...bot, runDir: (project, item, run) => `/nowhere/${project}/${item}/${run}` }), sessions }),
  });
  const origin = (): string => transport.address() ?? '';
  const link: Site['link'] = (person = 'operator', asker = {}) => {
    const secret = newSecret();
    const whole: Asker = {
      transport: 'test',
      room: 'lobby',
      sender: person,
      name: `Some ${person}`,
      ingress: 'terminal',
      direct: true,
      ...asker,
    };
    log.transaction((tx) => tx.windows.addLink(digestOf(secret), whole, tx.now + LINK_MS));
    return `/enter/${secret}`;
  };
  return {
    transport,
    errors,
    origin,
    // Kept for the next start, so that an open page finds it again.
    port: () => Number(state.get('port')),
    link,
    async enter(person, asker) {
      const browser = new Browser(origin());
      const { status } = await browser.post(link(person, asker), {});
      if (status !== 303) throw new Error(`the link was answered with ${status}`);
      return browser;
    },
    roomOf: ({ cookie }) => sessions.bySecret(cookie?.split('=').slice(1).join('=') ?? '')?.room ?? '',
  };
}

/** Several tests run at once: none gets the port that others would try first. */
function withoutUsualPort(): ReturnType<typeof memoryState> {
  const state = memoryState();
  state.set('port', '0');
  return state;
}

/** Takes messages and keeps them. */
export function keeping(): { readonly sink: Sink; readonly received: Parameters<Sink>[0][] } {
  const received: Parameters<Sink>[0][] = [];
  const sink: Sink = (message) => {
    received.push(message);
    return 'accepted';
  };
  return { sink, received };
}
