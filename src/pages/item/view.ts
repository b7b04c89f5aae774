import { itemNumber } from '../../pipeline/values.ts';
import type { WorkItem } from '../../pipeline/types.ts';
import type { Look, Shown, View } from '../view.ts';
import { diffPage } from './diff/view.ts';
import { editPage } from './edit.ts';
import { itemPage } from './page.ts';
import { runPage } from './run/view.ts';
import { snapshotsPage } from './snapshots.ts';

/** `/item/PROJECT/N`, and what is below it: `/run/K`, `/diff`, `/edit/FIELD`, `/snapshots`. */
export const item: View = async (look) => {
  const [, name, number = '', below, ...rest] = look.request.path;
  const project = look.project(name);
  const n = /^[1-9]\d{0,8}$/.test(number) ? itemNumber(Number(number)) : null;
  const found = project === null || n === null ? null : look.reads.item(project.name, n);
  if (found === null) return null;
  return below === undefined ? itemPage(look, found) : belowItem(look, found, below, rest);
};

async function belowItem(look: Look, found: WorkItem, below: string, rest: readonly string[]): Promise<Shown | null> {
  const [more, ...tooMuch] = rest;
  if (tooMuch.length > 0) return null;
  switch (below) {
    case 'diff':
      return more === undefined ? diffPage(look, found) : null;
    case 'run':
      return more === undefined ? null : runPage(look, found, more);
    case 'edit':
      return more === undefined ? null : editPage(look, found, more);
    case 'snapshots':
      return more === undefined ? snapshotsPage(look, found) : null;
    default:
      return null;
  }
}
