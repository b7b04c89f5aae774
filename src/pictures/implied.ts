/** An edge of a graph: `[1, 2]`, 2 waits for 1. */
export type Edge = readonly [from: number, to: number];

/**
 * The edges that no other way through the graph implies: of 1 → 2, 2 → 3 and 1 → 3 the first two. Dependencies have no circles,
 * since `depends` refuses them; an edge within one would be kept.
 */
export function withoutImplied(edges: readonly Edge[]): Edge[] {
  const next = new Map<number, number[]>();
  for (const [from, to] of edges) next.set(from, [...(next.get(from) ?? []), to]);
  const reached = new Map<number, ReadonlySet<number>>();
  const below = (node: number): ReadonlySet<number> => {
    const known = reached.get(node);
    if (known !== undefined) return known;
    const all = new Set<number>();
    // Set before it is filled: a circle ends here.
    reached.set(node, all);
    for (const one of next.get(node) ?? []) {
      all.add(one);
      for (const further of below(one)) all.add(further);
    }
    return all;
  };
  return edges.filter(
    ([from, to], index) =>
      edges.findIndex((one) => one[0] === from && one[1] === to) === index &&
      !(next.get(from) ?? []).some((other) => other !== to && below(other).has(to) && !below(to).has(other)),
  );
}
