import { join } from 'node:path';
import { outageOf } from './outage/fault-of.ts';
import { meetOutage, stillOut, worksAgain } from './outage/through-outages.ts';
import type { Reads } from '../log/reads/reads.ts';
import type { CommitSha, ItemNumber } from '../pipeline/values.ts';
import { stampOf } from '../small-files.ts';
import { record, type EngineParts, type EngineProject } from './parts.ts';

/** Between two looks at the base branch while agents work: an agent's own move is noticed within this time. */
const LOOK_MS = 2_000;

/**
 * Notices when the base branch has moved, and writes it down. Only Musher's merge moves it with an item's work: where
 * it has gained an item's own commits while agents work, the item is blocked, which ends its run and tells the room.
 * Nothing is reverted. Called before any decision that depends on the base branch.
 */
export async function lookAtBase(parts: EngineParts, project: EngineProject): Promise<void> {
  const { log } = parts;
  const { name, baseBranch } = project.settings;
  const known = log.reads.base(name);
  const fresh = known === null || known.branch !== baseBranch;
  const head = await project.git.baseHead();
  const landed = fresh ? { top: null, all: [] } : landedSince(log.reads, name, known.seq);
  // Where Musher's last merge has put it since the look: else one that is moved back to that place would look untouched.
  const stood = fresh ? null : (landed.top ?? known.commit);
  if (stood === head && known?.commit === head) return;
  const drift =
    stood === null || stood === head
      ? ({ kind: stood === null ? 'first' : 'merged', head, taken: [] } as const)
      : await project.git.drift({ known: stood, merges: landed.all, items: withBranches(log.reads, name) });
  const { kind } = drift;
  if (kind === 'none') return;
  const lost = kind === 'rewritten' ? await lostMerges(log.reads, project) : [];
  log.transaction((tx) => {
    const now = tx.reads.base(name);
    if (now?.seq !== known?.seq) return;
    // People may merge a branch by hand; while agents work, nobody can say that it was a person.
    const taken = tx.reads.openRuns(name).length === 0 ? [] : drift.taken;
    // A commit that is landing at this moment says itself where it came to; the next look has all of it.
    if (taken.some((number) => tx.item(name, number)?.landing !== null)) return;
    tx.record({
      project: name,
      item: null,
      actor: 'musher',
      cause: null,
      kind: 'base.seen',
      // Another branch is the base branch now: items that began on the one before bring nothing of that along.
      payload: {
        branch: baseBranch,
        from: stood,
        to: drift.head,
        how: kind,
        taken,
        lost,
        ...(fresh && known !== null ? { gone: [known.commit] } : {}),
      },
    });
    for (const number of taken) block(tx, name, number, baseBranch, drift.head);
  });
}

function withBranches(reads: Reads, project: string): { readonly number: ItemNumber; readonly branch: string }[] {
  return reads.active(project).flatMap(({ number, work }) => (work === null ? [] : [{ number, branch: work.branch }]));
}

/** Merges that are looked for where the base branch was rewritten, the newest first. */
const MERGES_LOOKED_AT = 50;

/** Items that are done by the log, and whose merges the base branch does not hold any more. */
async function lostMerges(reads: Reads, { git, settings }: EngineProject): Promise<ItemNumber[]> {
  const { name } = settings;
  const lost: ItemNumber[] = [];
  const over = [...reads.recentInStage(name, 'done', MERGES_LOOKED_AT), ...reads.recentInStage(name, 'archived', MERGES_LOOKED_AT)];
  for (const { number, stage } of over) {
    const done = stage.name === 'archived' && stage.reason.kind === 'completed' ? stage.from : stage;
    if (done.name === 'done' && !(await git.baseContains(done.mergeCommit))) lost.push(number);
  }
  return lost;
}

function block(tx: Parameters<typeof record>[0], project: string, number: ItemNumber, baseBranch: string, head: CommitSha): void {
  const item = tx.item(project, number);
  if (item === null || item.deletedAt !== null || !['current', 'qa', 'merge'].includes(item.stage.name)) return;
  const why = { kind: 'base-moved-by-agent', branch: baseBranch, head } as const;
  const reason = { kind: 'blocked', reason: why } as const;
  record(tx, item, 'item.moved', { to: { name: 'archived', archivedAt: tx.now, reason }, why, failure: null });
}

/** Commits that Musher has put, or was about to put, on the base branch since an event; `top`: the last that is known to be there. */
function landedSince(reads: Reads, project: string, since: number): { readonly top: CommitSha | null; readonly all: readonly CommitSha[] } {
  const all: CommitSha[] = [];
  let top: CommitSha | null = null;
  const undoing = new Map<number, CommitSha | null>();
  for (let seq = since; ;) {
    const events = reads.events(seq, 1_000);
    for (const event of events) {
      if (event.project !== project || event.item === null) continue;
      if (event.kind === 'undo.attempted') undoing.set(event.item, event.payload.commit);
      if ((event.kind === 'undo.attempted' || event.kind === 'merge.attempted') && event.payload.commit !== null)
        all.push(event.payload.commit);
      if (event.kind !== 'item.moved') continue;
      const { to } = event.payload;
      const landed = to.name === 'done' ? to.mergeCommit : to.name === 'current' ? (undoing.get(event.item) ?? null) : null;
      undoing.delete(event.item);
      if (landed === null) continue;
      all.push(landed);
      top = landed;
    }
    if (events.length < 1_000) return { top, all };
    seq = events.at(-1)?.seq ?? seq;
  }
}

/** Looks at each project's base branch at the start, and while agents work in it. Returns how to end that. */
export function watchBases(parts: EngineParts): () => void {
  const stamps = new Map<string, string>();
  let cancel = (): void => undefined;
  let ended = false;
  const lookIfChanged = async (name: string, project: EngineProject): Promise<void> => {
    const stamp = await stampOfBase(project);
    if (stamps.get(name) === stamp) return;
    await lookAtBase(parts, project);
    stamps.set(name, stamp);
  };
  const look = async (all: boolean): Promise<void> => {
    for (const [name, project] of parts.projects) {
      if (ended) return;
      try {
        const outage = parts.log.reads.outages.get(name, null);
        if (outage !== null) {
          // Also where no item asks for it. What else the machine lacks shows itself at the next work.
          const looks = outage.until <= parts.clock.now() && (await stillOut(parts.log.reads, project)) === 'over';
          if (looks) worksAgain(parts, name, null);
        } else if (all || parts.log.reads.openRuns(name).length > 0) {
          // Before agents fail by it one after the other.
          await project.git.checkRoom('look');
          await lookIfChanged(name, project);
        }
      } catch (error) {
        const found = ended ? null : await outageOf(error, project.git).catch(() => null);
        if (found !== null) meetOutage(parts, name, null, found, error);
        else if (!ended) parts.onProblem(`looking at the base branch of ${name}`, error);
      }
    }
    if (!ended) cancel = parts.clock.at(parts.clock.now() + LOOK_MS, () => void look(false));
  };
  void look(true);
  return () => {
    ended = true;
    cancel();
  };
}

/** What changes whenever the base branch's ref is written, without a process of git. */
async function stampOfBase({ git, settings }: EngineProject): Promise<string> {
  const files = [join(git.commonDir, 'refs', 'heads', settings.baseBranch), join(git.commonDir, 'packed-refs')];
  const found = await Promise.all(files.map((file) => stampOf(file)));
  return found.map((one) => one ?? '-').join(' ');
}
