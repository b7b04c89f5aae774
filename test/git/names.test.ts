import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { branchName, folderName, isBranchOf, slug } from '../../src/git/names.ts';
import { numbered } from './owner.ts';

const HOSTILE = [
  '',
  '../../etc/passwd',
  '/absolute',
  '-x --force',
  '.git',
  'CON',
  'a\0b',
  'trailing.',
  'x.lock',
  'a..b',
  '@{upstream}',
  'x'.repeat(300),
  '💥',
  'ſtraße ﬁ',
  'refs/heads/main',
  'a b\nc',
  '---',
];

describe('the slug of a title', () => {
  it.each(HOSTILE)('is safe for %j', (title) => {
    expect(slug(title)).toMatch(/^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/);
    expect(slug(title).length).toBeLessThanOrEqual(40);
  });

  it('is safe for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (title) => {
        const made = slug(title);
        expect(made).toMatch(/^[a-z0-9]+(?:-[a-z0-9]+)*$/);
        expect(made.length).toBeLessThanOrEqual(40);
      }),
      { numRuns: 2000 },
    );
  });

  it('reads like the title', () => {
    expect(slug('Füge den Warenkorb hinzu (v2)!')).toBe('fuge-den-warenkorb-hinzu-v2');
  });
});

describe('the branch of an item', () => {
  it('is distinct for distinct items, whatever their titles', () => {
    fc.assert(
      fc.property(fc.nat({ max: 10_000 }), fc.nat({ max: 10_000 }), fc.string(), fc.string(), (a, b, first, second) => {
        fc.pre(a !== b);
        const one = branchName(numbered(a + 1), first, '0123abcd');
        expect(one).not.toBe(branchName(numbered(b + 1), second, '0123abcd'));
        expect(isBranchOf(numbered(a + 1), one)).toBe(true);
        expect(isBranchOf(numbered(b + 1), one)).toBe(false);
      }),
    );
  });

  it('is not taken from other forms', () => {
    for (const branch of [
      'main',
      'musher/4',
      'musher/42-x',
      'musher/4-x/../../main',
      'musher/4-X',
      'musher/4-x.lock',
      '-musher/4-x',
      'musher/4-',
    ]) {
      expect(isBranchOf(numbered(4), branch)).toBe(false);
    }
  });
});

describe('the folder of a project', () => {
  it('is its name where that is safe, else distinct and safe', () => {
    expect(folderName('shop')).toBe('shop');
    const made = ['../x', '..', '', 'Shop', 'SHOP', 'shop.', 'con', 'a/b', 'x'.repeat(255), '\u00e9', 'e\u0301'].map(folderName);
    expect(new Set(made).size).toBe(made.length);
    for (const name of made) expect(name).toMatch(/^[a-z0-9][a-z0-9-]*-[0-9a-f]{8}$/);
  });
});
