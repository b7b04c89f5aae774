import type { Page, PageRequest, Viewer, Views } from '../../transports/views.ts';
import { commandTable } from '../bot/command-table.ts';
import { board } from './board/view.ts';
import { completions } from './frame/completions.ts';
import { answersHtml } from './frame/answers.ts';
import { readAssets } from './frame/assets.ts';
import { followChanges } from './frame/changes.ts';
import { documentOf, entryDocument, NEEDS_PART, needsCount, problemDocument } from './frame/layout.ts';
import { look } from './frame/look.ts';
import { home } from './home/view.ts';
import { item } from './item/view.ts';
import { agentsPage } from './overview/agents.ts';
import { auditPage } from './overview/audit.ts';
import { costPage } from './overview/cost.ts';
import { graphPage } from './overview/graph.ts';
import { roomsPage } from './overview/rooms.ts';
import { searchPage } from './overview/search.ts';
import { pastPage } from './past/view.ts';
import type { PageParts, ViewRow } from './view.ts';

/** Every kind of page, in the order of the navigation. A new one is its file and its line here. */
export const VIEWS: readonly ViewRow[] = [
  { segment: '', view: home, nav: { label: 'Home', key: 'h' } },
  { segment: 'board', view: board, nav: { label: 'Board', key: 'b' } },
  { segment: 'graph', view: graphPage, nav: { label: 'Graph', key: 'd' } },
  { segment: 'cost', view: costPage, nav: { label: 'Cost', key: 'c' } },
  { segment: 'search', view: searchPage, nav: { label: 'Search', key: 's' } },
  { segment: 'agents', view: agentsPage, nav: { label: 'Agents', key: 'a' } },
  { segment: 'rooms', view: roomsPage, nav: { label: 'Rooms', key: 'r' } },
  { segment: 'audit', view: auditPage, nav: { label: 'Audit', key: 'u' } },
  { segment: 'past', view: pastPage, nav: { label: 'Past', key: 'p' } },
  { segment: 'item', view: item, nav: null },
  { segment: 'complete', view: completions, nav: null },
];

/** The pages of a Musher. A page is read from the log when it is asked for, for the person who asks; nothing is kept. */
export function openViews(parts: PageParts, rows: readonly ViewRow[] = VIEWS): Views {
  const assets = readAssets();
  const table = commandTable(parts.commands);
  const bySegment = new Map(rows.map((row) => [row.segment, row]));
  const page = async (request: PageRequest, viewer: Viewer): Promise<Page | null> => {
    const row = bySegment.get(request.path[0] ?? '');
    const seen = row === undefined ? null : look(parts, table, request, viewer);
    if (row === undefined || seen === null) return null;
    // Before the page is read: what comes meanwhile is shown again rather than missed.
    const head = parts.log.reads.lastSeq();
    if (request.part === NEEDS_PART) return plain(needsCount(seen, seen.needs().total).toString());
    const shown = await row.view(seen);
    if (shown === null) return null;
    if ('fragment' in shown) return plain(shown.fragment.toString());
    if (request.part === null) return plain(documentOf(shown, seen, { assets, rows, head, needs: seen.needs().total }));
    const part = shown.parts.get(request.part);
    return part === undefined ? null : plain(part().toString());
  };
  return {
    page,
    problem: (status, viewer) => problemDocument(status, viewer !== null, assets),
    entry: (action) => entryDocument(action, assets),
    asset: (name) => assets.get(name),
    answers: (shown, viewer) =>
      answersHtml(shown, look(parts, table, { path: [], query: new URLSearchParams(), part: null }, viewer), viewer),
    ...followChanges(parts.log),
  };
}

function plain(html: string): Page {
  return { html, version: null };
}
