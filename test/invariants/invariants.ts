import type { Bench } from '../e2e/harness.ts';
import { leaks } from '../e2e/leaks.ts';
import { accountViolations } from './accounts.ts';
import { messageViolations, type Room } from './messages.ts';
import { repositoryViolations } from './repository.ts';
import { stageViolations } from './stages.ts';

/** What a history has to come to, however often Musher died in it. */
export interface Expected {
  /** Rooms as their networks show them. */
  /** Rooms show each item as one card, so that most of its steps are no messages. */
  readonly hasCards?: boolean;
  readonly rooms: readonly Room[];
  /** Where each item has to be, by number: a stage, `held`, `deleted` or `purged`; several where it is open which comes first. */
  readonly ends: Readonly<Record<number, string | readonly string[]>>;
  /** Things that are not Musher's doing, such as a commit of the owner's: subjects of commits on the base branch. */
  readonly ownCommits?: readonly string[];
}

/**
 * Everything that must hold after crashes, checked on a Musher that has ended: one line for each thing that does not.
 * Nothing lost, nothing twice, in order, nothing left behind, and the books add up.
 */
export async function violations(bench: Bench, project: string, expected: Expected): Promise<string[]> {
  const verified = await bench.call('verify', '--data', bench.data);
  return [
    ...messageViolations(bench, expected.rooms),
    ...expected.rooms.flatMap((room) => stageViolations(bench, project, room, expected.hasCards)),
    ...Object.entries(expected.ends).flatMap(([number, end]) => {
      const found = endOf(bench, Number(number), project);
      return [end].flat().includes(found) ? [] : [`item ${number} is ${found} and should be ${[end].flat().join(' or ')}`];
    }),
    ...repositoryViolations(bench, project, ['first', ...(expected.ownCommits ?? [])]),
    ...accountViolations(bench, project),
    ...leaks(bench, [project]),
    ...(verified.code === 0 ? [] : [`musher verify: ${verified.out} ${verified.err}`]),
  ];
}

/** Where an item is, in the words of `Expected.ends`. */
export function endOf(bench: Bench, number: number, project: string): string {
  const item = bench.items().find((one) => one.project === project && one.number === number);
  if (item === undefined) return 'nowhere';
  if (item.removal?.state === 'purged') return 'purged';
  if (item.deletedAt !== null) return item.removal?.state === 'asked' ? 'being deleted' : 'deleted';
  if (item.held !== null) return 'held';
  return item.stage.name === 'archived' ? item.stage.reason.kind : item.stage.name;
}
