import type { Bench } from '../e2e/harness.ts';
import type { Room } from './messages.ts';

/** `12 Title: current → qa (…)`, as every network shows it once its own signs for bold are taken away. */
const CHANGE = /^(\d+) [^\n]*?: (backlog|current|qa|merge|done|archived) → (backlog|current|qa|merge|done|archived)\b/;

/** A room shows each stage change of each item once and in order. What a purge took back is not asked for. */
export function stageViolations(bench: Bench, project: string, room: Room): string[] {
  const told = new Map<number, string[]>();
  for (const { text } of room.shown()) {
    const [, number, from, to] = CHANGE.exec(text.replaceAll(/[*_`\\]/g, '')) ?? [];
    if (number !== undefined) told.set(Number(number), [...(told.get(Number(number)) ?? []), `${from} → ${to}`]);
  }
  return bench.items().flatMap((item) => {
    if (item.project !== project || item.removal?.state === 'purged') return [];
    const path = bench.path(item.number, project);
    const wanted = path.slice(1).map((to, i) => `${path[i]} → ${to}`);
    const seen = told.get(item.number) ?? [];
    return seen.join('; ') === wanted.join('; ')
      ? []
      : [`${room.transport} ${room.id} shows of item ${item.number}: ${seen.join('; ')}; it went: ${wanted.join('; ')}`];
  });
}
