import { oneLine } from '../../agents/text.ts';
import { crashPoint } from '../../crash-point.ts';
import { MusherError } from '../../errors.ts';
import type { ErrandFault } from '../../pipeline/why/fault.ts';
import type { WorkItem } from '../../pipeline/types.ts';
import { ifStill, recordEnd, seeWork, tellAsides, type EngineParts, type EngineProject } from '../parts.ts';

/** Gives the item's branch and worktree the state of the snapshot that a person asked for; what was there is kept first. */
export async function restore(parts: EngineParts, project: EngineProject, item: WorkItem): Promise<void> {
  const { errand } = item;
  if (errand?.kind !== 'restore') return;
  const { snapshot } = errand;
  await onErrand(parts, item, async () => {
    const at = { number: item.number, title: item.title, branch: item.work?.branch ?? null };
    const restored = await project.git.restoreSnapshot(at, snapshot);
    if (restored === null) {
      errandFailed(parts, item, { kind: 'no-snapshot', snapshot });
      return;
    }
    crashPoint('before-restored-recorded');
    tellAsides(parts, project, item);
    const { kept, ...work } = restored;
    ifStill(parts, item, (tx) => {
      seeWork(tx, item, work);
      recordEnd(tx, item, 'item.restored', { snapshot, head: work.head, kept });
    });
  });
}

/** Does what a person asked for. A failure is reported and not retried forever. */
export async function onErrand(parts: EngineParts, item: WorkItem, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    parts.onProblem(`${item.errand?.kind ?? 'an errand'} of ${item.project}#${item.number}`, error);
    const said = error instanceof MusherError ? oneLine(`${error.message} ${error.hint}`) : null;
    errandFailed(parts, item, { kind: 'broke-off', during: item.errand?.kind ?? 'undo', said });
  }
}

/** Writes down that it can't be done; the item stays where it is. */
export function errandFailed(parts: EngineParts, item: WorkItem, why: ErrandFault, files: readonly string[] = []): void {
  const { errand } = item;
  if (errand === null) throw new Error('nothing was asked for');
  ifStill(parts, item, (tx, now) => {
    if (now.errand !== null) recordEnd(tx, item, 'item.errand_failed', { errand: errand.kind, why, files });
  });
}
