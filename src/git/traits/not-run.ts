import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { readBlobs } from '../objects/blobs.ts';
import { baseHead, type Context } from '../context.ts';
import { listRefs } from '../refs.ts';
import { BOUNDS } from '../../bounds.ts';

/** What the owner's git does in a project, and Musher's does not. */
export interface NotRun {
  /** Filters that attributes name and the owner's configuration has, such as `lfs`. */
  readonly filters: readonly string[];
  /** The same for merge drivers. */
  readonly mergeDrivers: readonly string[];
  /** Whether replace refs or grafts show the owner another history. */
  readonly replaced: boolean;
}

/** Bytes of attributes files that are read. */
const MOST_BYTES = BOUNDS.attributes;

/** Looks at the tip of the base branch and at the owner's configuration as it was when the project was opened. */
export async function findNotRun(at: Context): Promise<NotRun> {
  const { attributes, filters, mergeDrivers, commonDir } = at.repository;
  const text = [attributes.global, attributes.own, ...(await attributesInTree(at))].join('\n');
  const named = (attribute: string, names: Iterable<string>): string[] => {
    const used = new Set(text.split(/\s+/).filter((word) => word.startsWith(`${attribute}=`)));
    return [...names].filter((name) => used.has(`${attribute}=${name}`)).toSorted();
  };
  const programs = [...mergeDrivers].filter(([, command]) => command.trim() !== 'true').map(([name]) => name);
  const grafts = await lstat(join(commonDir, 'info', 'grafts')).catch(() => null);
  return {
    filters: named('filter', filters),
    mergeDrivers: named('merge', programs),
    replaced: (grafts?.size ?? 0) > 0 || (await listRefs(at.git, 'refs/replace/')).length > 0,
  };
}

async function attributesInTree(at: Context): Promise<string[]> {
  const { stdout } = await at.git.run(['ls-tree', '-r', '-z', await baseHead(at)]);
  const blobs = stdout
    .toString('latin1')
    .split('\0')
    .flatMap((row) => /^100\d{3} blob ([0-9a-f]+)\t(?:.*\/)?\.gitattributes$/s.exec(row)?.[1] ?? []);
  return [...(await readBlobs(at.git, [...new Set(blobs)], MOST_BYTES)).values()].map((text) => text.toString('utf8'));
}
