import { afterAll, beforeAll } from 'vitest';
import { makeDesk, makeWorld, type Desk } from '../commands/harness.ts';
import { openSite } from '../transports/web/fixture.ts';
import { describeTransport, type TransportHarness } from './transport-suite.ts';

let desk: Desk;
beforeAll(async () => {
  desk = await makeDesk();
});
afterAll(() => desk.remove());

/** HTML as a person reads it. */
function read(html: string): string {
  const text = html
    .replaceAll(/<(?:\/time|\/p|\/li|\/h\d|\/pre|\/button|br)[^>]*>/g, '\n')
    .replaceAll(/<[^>]*>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');
  return text.replaceAll(/[ \t]*\n\s*/g, '\n').trim();
}

async function open(): Promise<TransportHarness> {
  const world = makeWorld(desk);
  const site = await openSite(world);
  const { transport } = site;
  /** Answers to forms, as their browser shows them. */
  const told: string[] = [];
  const browser = (async () => {
    // A session needs a server that listens; the suite starts it.
    while (transport.address() === null) await new Promise((resolve) => setImmediate(resolve));
    return site.enter('admin');
  })();
  browser.catch(() => {});
  let last: { readonly text: string; readonly id: string } | null = null;
  let count = 0;
  const post = async (): Promise<void> => {
    if (last === null) return;
    const { text, id } = last;
    try {
      const answered = await (await browser).say(text, { id });
      if (answered.status >= 400) told.push(read(answered.body));
    } catch {
      // Nobody listens any more: the browser says so.
    }
  };
  const room = { transport: transport.name, room: '', thread: null };
  const start = transport.start.bind(transport);
  return {
    transport: Object.assign(transport, {
      async start(sink: Parameters<typeof start>[0]) {
        await start(sink);
        Object.assign(room, { room: site.roomOf(await browser) });
      },
    }),
    room,
    async incoming(text) {
      last = { text, id: `${String(Date.now())}-${String((count += 1))}` };
      await post();
    },
    redeliver: post,
    shown: async () => [read((await (await browser).ask('/answers')).body), ...told].join('\n'),
    notified: () => Promise.resolve([]),
    reported: () => site.errors,
    close: () => world.close(),
  };
}

describeTransport('web', open, {
  files: 'a form of the page holds words alone',
  limits: 'a page has no limit of its own',
  reconnecting: 'browsers come to Musher, and each of them reconnects by itself',
  replies: 'an answer has buttons, and no replies',
  threads: 'a session has one conversation',
});
