import { pause, type Clock } from '../../clock.ts';
import type { Follower } from '../process/follow.ts';
import type { KeptOutput } from '../process/output-keeper.ts';
import { dropSeal, readSeal, sameContent, sealOf, type Seal } from '../process/seal.ts';

/** Everything of the run has ended, so the keeper needs only to read what is left; it takes longer where somebody else holds the output open. */
const SEAL_MS = 2_000;
const SEAL_LOOK_MS = 20;

/** Who writes down an output: a keeper of this Musher, one of an earlier Musher, or the program itself (in a sandbox its guard). */
export type Kept = KeptOutput | 'by-earlier' | null;
type Sealed = Seal | 'none' | 'keeper-killed';

/** Whether what was read of a run's output is what was printed, and is still there. */
export interface OutputSeals {
  /** Waits until all that was printed is in the files. For when the run's processes have ended. */
  settle(): Promise<void>;
  /** Once all is read: what happened to the output, null: nothing. After this the files are Musher's own to change. */
  changed(followers: readonly Follower[]): Promise<'output-changed' | 'output-lost' | null>;
}

/** Compares the outputs of a run with what was written of them, as far as somebody knows that. */
export function outputSeals(outputs: readonly { readonly file: string; readonly kept: Kept }[], clock: Clock): OutputSeals {
  let seals: readonly Sealed[] = outputs.map(() => 'none');
  return {
    async settle() {
      seals = await Promise.all(outputs.map(({ file, kept }) => sealed(file, kept, clock)));
    },
    async changed(followers) {
      const changed = await Promise.all(outputs.map(({ file }, at) => isChanged(file, seals[at] ?? 'none', followers[at])));
      for (const { file } of outputs) dropSeal(file);
      if (changed.includes(true)) return 'output-changed';
      return seals.includes('keeper-killed') ? 'output-lost' : null;
    },
  };
}

async function sealed(file: string, kept: Kept, clock: Clock): Promise<Sealed> {
  if (kept === null) return 'none';
  if (kept !== 'by-earlier') {
    const seal = kept.sealed.then((found) => found ?? 'keeper-killed');
    const soon = await Promise.race([seal, pause(clock, SEAL_MS)]);
    if (soon !== undefined) return soon;
    kept.settle();
    return (await Promise.race([seal, pause(clock, SEAL_MS)])) ?? 'none';
  }
  // Nobody is left whom its keeper could tell.
  const until = clock.now() + SEAL_MS;
  for (let seal = readSeal(file); ; seal = readSeal(file)) {
    if (seal !== null) return seal;
    if (clock.now() >= until) return 'none';
    await pause(clock, SEAL_LOOK_MS);
  }
}

async function isChanged(file: string, seal: Sealed, follower: Follower | undefined): Promise<boolean> {
  const read = follower?.seal();
  if (read === undefined) return false;
  if (typeof seal === 'string') return !sameContent(await sealOf(file, read.bytes), read);
  // Of more than the limit not all is read: then the run is over for that.
  if (!seal.cut && !sameContent(read, seal)) return true;
  return !sameContent(await sealOf(file, seal.bytes), seal);
}
