import type { Bench } from '../e2e/harness.ts';
import type { Room } from './messages.ts';

/** What tells of a move, in a notice or in the answer to the command that made it, and the stage that the item came to. */
const MOVES: readonly (readonly [RegExp, string])[] = [
  [/^✓ #(\d+) [^\n]*? merged(?: into \S+)? · /, 'done'],
  [/^#(\d+) [^\n]*?: started\b/, 'current'],
  // What the ladder asks once more is no step.
  [/^(?:! )?#(\d+) [^\n]*?: (?:waiting for review|in review)\b(?! · no answer)/, 'qa'],
  [/^(?:✓ )?#(\d+) [^\n]*?(?:: queued to merge|: approved by [^\n]*?, queued to merge| approved by [^\n]*? \(\d+ commits?\))/, 'merge'],
  [
    /^(?:✓ )?#(\d+) [^\n]*?(?:from \S+ back to|, back in|: back in|, now in|: moved from \S+(?: \([^)]*\))? to|: moved to) (current|qa|merge|backlog)\b/,
    '',
  ],
  [
    /^(?:[✓✗!] )?#(\d+) [^\n]*?(?: is blocked\b| is held for review\b|: abandoned\b|: accepted by\b| accepted by [^\n]*? and archived|: moved from \S+(?: \([^)]*\))? to archived)/,
    'archived',
  ],
];

/** What stands before the answer to a command that a timer ran. */
const BY_TIMER = /^Timer \d+(?: ran [^\n]*)?:\s+/;

function moveIn(text: string): readonly [item: number, to: string] | null {
  for (const [pattern, to] of MOVES) {
    const [, number, found = to] = pattern.exec(text) ?? [];
    if (number !== undefined) return [Number(number), found];
  }
  return null;
}

/**
 * A room shows each stage change of each item once: a notice, or the answer to the command that made it. Musher's own moves
 * are told by notices alone, in the order in which they were made; only the answer to a person may overtake them. What a
 * purge took back is not asked for. With cards it shows merges and what was archived.
 */
export function stageViolations(bench: Bench, project: string, room: Room, hasCards = false): string[] {
  const told = new Map<number, string[]>();
  for (const { text } of room.shown()) {
    const [number, to] = moveIn(text.replaceAll(/[*_`\\]/g, '').replace(BY_TIMER, '')) ?? [];
    if (number !== undefined && to !== undefined) told.set(number, [...(told.get(number) ?? []), to]);
  }
  return bench.items().flatMap((item) => {
    if (item.project !== project || item.removal?.state === 'purged') return [];
    const isTold = (stage: string): boolean => !hasCards || stage === 'done' || stage === 'archived';
    const wanted = bench.path(item.number, project).slice(1).filter(isTold);
    const seen = (told.get(item.number) ?? []).filter(isTold);
    const own = bench
      .only('item.moved', item.number, project)
      .flatMap(({ actor, payload }) => (actor === 'musher' ? [payload.to.name] : []))
      .filter(isTold);
    return seen.toSorted().join('; ') === wanted.toSorted().join('; ') && holdsInOrder(seen, own)
      ? []
      : [`${room.transport} ${room.id} shows of item ${item.number}: ${seen.join('; ')}; it went: ${wanted.join('; ')}`];
  });
}

/** Whether all of `wanted` stand in `seen` in this order, whatever stands between them. */
function holdsInOrder(seen: readonly string[], wanted: readonly string[]): boolean {
  let next = 0;
  for (const one of seen) if (one === wanted[next]) next += 1;
  return next === wanted.length;
}
