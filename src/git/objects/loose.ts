import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import { readRegular } from '../../small-files.ts';

/** An object as git stores it. */
export interface LooseObject {
  readonly kind: string;
  readonly body: Buffer;
}

/** Where a repository's objects are, and how they are named. */
export interface Objects {
  readonly folder: string;
  readonly format: 'sha1' | 'sha256';
}

/**
 * Reads an object that lies in a file of its own, as new ones do. The name is the hash of what was read, so no planted file lies.
 * Null: it is packed, not there, or has more than `mostBytes`, also unpacked, so that a small file can't become a large one here.
 */
export async function readLoose({ folder, format }: Objects, name: string, mostBytes: number): Promise<LooseObject | null> {
  const packed = await readRegular(join(folder, name.slice(0, 2), name.slice(2)), mostBytes).catch(() => null);
  const raw = packed === null ? null : unpack(packed, mostBytes);
  if (raw === null || createHash(format).update(raw).digest('hex') !== name) return null;
  const end = raw.indexOf(0);
  const [kind = ''] = raw.toString('latin1', 0, end).split(' ');
  return { kind, body: raw.subarray(end + 1) };
}

function unpack(packed: Buffer, mostBytes: number): Buffer | null {
  try {
    return inflateSync(packed, { maxOutputLength: mostBytes });
  } catch {
    return null;
  }
}

/** What was read last: at most `most` of it, by a weight of each. What was used longest ago is forgotten first. */
export class Remembered<T> {
  readonly #known = new Map<string, { readonly value: T; readonly weight: number }>();
  readonly #most: number;
  #weight = 0;

  constructor(most: number) {
    this.#most = most;
  }

  get(name: string): T | null {
    const found = this.#known.get(name);
    if (found === undefined) return null;
    this.#known.delete(name);
    this.#known.set(name, found);
    return found.value;
  }

  set(name: string, value: T, weight = 1): void {
    this.#weight += weight - (this.#known.get(name)?.weight ?? 0);
    this.#known.delete(name);
    this.#known.set(name, { value, weight });
    for (const [oldest, { weight: less }] of this.#known) {
      if (this.#weight <= this.#most) break;
      this.#known.delete(oldest);
      this.#weight -= less;
    }
  }
}
