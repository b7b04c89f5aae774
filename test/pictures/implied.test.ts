import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withoutImplied, type Edge } from '../../src/pictures/implied.ts';

/** What can be reached from where. */
function reach(edges: readonly Edge[]): Set<string> {
  const found = new Set(edges.map(([from, to]) => `${from} ${to}`));
  for (let before = -1; before !== found.size;) {
    before = found.size;
    for (const [from, to] of edges) {
      for (const pair of found) {
        const [start = '', end = ''] = pair.split(' ');
        if (end === String(from)) found.add(`${start} ${to}`);
      }
    }
  }
  return found;
}

const edge = fc.tuple(fc.nat(7), fc.nat(7)).filter(([one, other]) => one !== other);
/** Without circles, as dependencies are. */
const edges = fc.array(
  edge.map(([one, other]): Edge => (one < other ? [one, other] : [other, one])),
  { maxLength: 20 },
);

describe('implied edges', () => {
  it('are hidden, and the way over the others is shown', () => {
    expect(
      withoutImplied([
        [1, 2],
        [2, 3],
        [1, 3],
      ]),
    ).toEqual([
      [1, 2],
      [2, 3],
    ]);
    expect(
      withoutImplied([
        [1, 2],
        [1, 2],
      ]),
    ).toEqual([[1, 2]]);
    expect(withoutImplied([])).toEqual([]);
  });

  it('are those without which the same can be reached, and no further one can be left out', () => {
    fc.assert(
      fc.property(edges, (all) => {
        const drawn = withoutImplied(all);
        expect(reach(drawn)).toEqual(reach(all));
        for (const one of drawn) expect(reach(drawn.filter((other) => other !== one))).not.toEqual(reach(all));
      }),
    );
  });

  it('of a circle, which can’t be, are still found', () => {
    expect(
      withoutImplied([
        [1, 2],
        [2, 1],
      ]),
    ).toEqual([
      [1, 2],
      [2, 1],
    ]);
  });
});
