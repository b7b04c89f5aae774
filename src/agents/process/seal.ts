import { createHash, type Hash } from 'node:crypto';
import { createReadStream, readFileSync, rmSync } from 'node:fs';

/** What was written of one output: how much, and the digest of it. */
export interface Seal {
  readonly bytes: number;
  /** SHA-256, hexadecimal. */
  readonly digest: string;
  /** Not all that was printed was written: it was more than is kept, or the disk took no more. */
  readonly cut: boolean;
}

/** Where the keeper leaves the seal of an output, for a Musher that did not start it. */
export function sealFile(output: string): string {
  return `${output}.seal`;
}

/** The seal beside an output; null where there is none. */
export function readSeal(output: string): Seal | null {
  try {
    return JSON.parse(readFileSync(sealFile(output), 'utf8')) as Seal;
  } catch {
    return null;
  }
}

/** For an output that is changed by Musher itself from now on, to take secrets out. */
export function dropSeal(output: string): void {
  rmSync(sealFile(output), { force: true });
}

/** Counts and digests what passes. */
export class Sealing {
  readonly #hash: Hash = createHash('sha256');
  #bytes = 0;

  get bytes(): number {
    return this.#bytes;
  }

  take(chunk: Uint8Array): void {
    this.#hash.update(chunk);
    this.#bytes += chunk.length;
  }

  /** Of all that has passed so far. */
  seal(cut: boolean): Seal {
    return { bytes: this.#bytes, digest: this.#hash.copy().digest('hex'), cut };
  }
}

/** The seal of the first bytes of a file, as it is now; of fewer where it is shorter or gone. */
export async function sealOf(file: string, bytes: number): Promise<Seal> {
  const sealing = new Sealing();
  if (bytes > 0) {
    try {
      for await (const chunk of createReadStream(file, { end: bytes - 1 })) sealing.take(chunk as Buffer);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  return sealing.seal(false);
}

/** Whether both are of the same bytes. */
export function sameContent(a: Seal, b: Seal): boolean {
  return a.bytes === b.bytes && a.digest === b.digest;
}
