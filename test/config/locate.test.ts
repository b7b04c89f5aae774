import * as fc from 'fast-check';
import { parse, stringify } from 'smol-toml';
import { describe, expect, it } from 'vitest';
import { locateKeys } from '../../src/config/read/locate.ts';
import type { KeyPath } from '../../src/config/read/locate.ts';

/** Paths of all texts in a document, with the text. */
function leaves(value: unknown, path: KeyPath = []): [KeyPath, string][] {
  if (typeof value === 'string') return [[path, value]];
  if (Array.isArray(value)) return value.flatMap((element, index) => leaves(element, [...path, index]));
  if (typeof value === 'object' && value !== null) return Object.entries(value).flatMap(([key, inner]) => leaves(inner, [...path, key]));
  return [];
}

/** The same document with every text replaced by one that stands nowhere else. */
function marked(value: unknown, next: { n: number }): unknown {
  if (typeof value === 'string') return `mark${next.n++}.`;
  if (Array.isArray(value)) return value.map((element) => marked(element, next));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, marked(inner, next)]));
  }
  return value;
}

const key = fc.oneof(
  fc.constantFrom('a', 'b', 'agent', 'x-y'),
  fc.string({ unit: fc.constantFrom('#', '"', "'", '.', ' ', '[', '=', 'ü', '\n', '\\') }),
);
const { document } = fc.letrec((tie) => ({
  leaf: fc.constant('text'),
  table: fc.dictionary(key, fc.oneof({ maxDepth: 4 }, tie('leaf'), tie('leaf'), tie('table'), tie('tables'), tie('texts'), tie('lists')), {
    maxKeys: 4,
  }),
  tables: fc.array(tie('table'), { minLength: 1, maxLength: 3 }),
  texts: fc.array(tie('leaf'), { maxLength: 3 }),
  lists: fc.array(tie('texts'), { maxLength: 2 }),
  document: fc.dictionary(key, fc.oneof(tie('leaf'), tie('table'), tie('tables'), tie('texts')), { maxKeys: 5 }),
}));

describe('locateKeys', () => {
  it('finds the line of every text in any document that the parser can write', () => {
    fc.assert(
      fc.property(document, (shape) => {
        const value = marked(shape, { n: 0 });
        const toml = stringify(value);
        const line = locateKeys(toml);
        const lines = toml.split('\n');
        for (const [path, mark] of leaves(value)) expect(lines[line(path) - 1]).toContain(mark);
      }),
      { numRuns: 500 },
    );
  });

  const toml = [
    '# a comment with [brackets] and "quotes"', // 1
    'plain = 1 # = 2', // 2
    'a.b."c d" = "x"', // 3
    'list = [', // 4
    '  "one", # first', // 5
    '', // 6
    '  { deep = 1, deeper = { deepest = [ 1,', // 7
    '    2 ] } },', // 8
    ']', // 9
    'long = """', // 10
    'not_a_key = 1', // 11
    '[nor a table] \\"""', // 12
    'still text"""""', // 13
    "raw = '''\\''''", // 14
    '[ agent . "limits" ] # spaces', // 15
    'turns = 1', // 16
    '[[gate]]', // 17
    'name = "a"', // 18
    '[gate.more]', // 19
    'x = 1', // 20
    '[[gate]]', // 21
    '[gate.more]', // 22
    'x = 2\r', // 23
    "'quoted key' = 1979-05-27 07:32:00", // 24
    'last = { a = 1 }', // 25
  ].join('\n');

  it.each<[KeyPath, number]>([
    [['plain'], 2],
    [['a', 'b', 'c d'], 3],
    [['list', 0], 5],
    [['list', 1, 'deeper', 'deepest', 0], 7],
    [['list', 1, 'deeper', 'deepest', 1], 8],
    [['long'], 10],
    [['raw'], 14],
    [['agent', 'limits'], 15],
    [['agent', 'limits', 'turns'], 16],
    [['gate', 0, 'name'], 18],
    [['gate', 0, 'more', 'x'], 20],
    [['gate', 1], 21],
    [['gate', 1, 'more', 'x'], 23],
    [['gate', 1, 'more', 'quoted key'], 24],
    [['gate', 1, 'more', 'last', 'a'], 25],
    [['agent', 'limits', 'missing'], 15],
    [['nothing', 'at', 'all'], 1],
  ])('finds %j', (path, line) => {
    expect(() => parse(toml)).not.toThrow();
    expect(locateKeys(toml)(path)).toBe(line);
  });

  it('comes to an end on any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('[', ']', '{', '}', '"', "'", '=', '.', ',', '\n', '#', 'a', '\\', ' ') }), (text) => {
        expect(locateKeys(text)(['a'])).toBeGreaterThan(0);
      }),
      { numRuns: 2000 },
    );
  });
});
