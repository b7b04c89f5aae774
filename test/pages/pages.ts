import { openViews } from '../../src/pages/views.ts';
import type { PageParts } from '../../src/pages/view.ts';
import type { AccessRole } from '../../src/config/choices.ts';
import type { Viewer, Views } from '../../transports/views.ts';
import type { World } from '../commands/harness.ts';

/** The pages of a world, looked at by people of each role as if from a room of the test's network. */
export interface Pages {
  readonly views: Views;
  readonly parts: PageParts;
  /** The HTML at an address, with its white space reduced; null: there is none for them. */
  get(address: string, role?: AccessRole | 'stranger'): Promise<string | null>;
  viewer(role: AccessRole | 'stranger'): Viewer;
}

/** HTML without the white space that says nothing, so that a test does not depend on how a template is laid out. */
function tidy(html: string): string {
  return html
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/ ?\/?>/g, '>')
    .replaceAll('> <', '><');
}

export function pagesOf(
  { bot }: Pick<World, 'bot'>,
  runDir: PageParts['runDir'] = (project, item, run) => `/nowhere/${project}/${item}/${run}`,
): Pages {
  const parts: PageParts = { ...bot, runDir };
  const views = openViews(parts);
  const viewer = (role: string): Viewer => ({
    at: { transport: 'test', room: 'lobby', thread: null },
    sender: { transport: 'test', id: role, name: `Some ${role}` },
    csrf: `csrf-of-${role}`,
  });
  return {
    views,
    parts,
    viewer,
    async get(address, role = 'operator') {
      const url = new URL(address, 'http://127.0.0.1');
      const path = url.pathname
        .split('/')
        .filter((segment) => segment !== '')
        .map(decodeURIComponent);
      const part = url.searchParams.get('part');
      url.searchParams.delete('part');
      const page = await views.page({ path, query: url.searchParams, part }, viewer(role));
      return page === null ? null : tidy(page.html);
    },
  };
}
