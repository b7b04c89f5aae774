import { describe, expect, it } from 'vitest';
import { firstLine, sentence } from '../../../src/words/item.ts';
import { nextContent, ticked } from '../../../src/words/step.ts';
import type { WorkItem } from '../../../src/pipeline/types.ts';
import { actorName } from '../../../src/pipeline/actor.ts';

const item = { project: 'shop', number: 4 } as WorkItem;
const next = '`depends 4 on …` changes it; `logs 42` is another, 4 times.';

describe('what comes next', () => {
  it('makes commands literal', () => {
    expect(ticked('`start 4` goes on.')).toEqual([{ kind: 'code', text: 'start 4' }, ' goes on.']);
  });

  it('names the item in full where the room speaks of another project, in commands alone', () => {
    const reader = { now: 0, timezone: 'UTC' };
    expect(nextContent(item, next, { ...reader, current: 'shop' })).toEqual(ticked(next));
    expect(nextContent(item, next, { ...reader, current: 'docs' })).toEqual(
      ticked('`depends shop#4 on …` changes it; `logs 42` is another, 4 times.'),
    );
  });
});

describe('words', () => {
  it('make sentences, first lines and names', () => {
    expect([sentence('it is so'), sentence(' Is it? '), sentence('')]).toEqual(['It is so.', 'Is it?', '.']);
    expect(firstLine('  one\r\ntwo')).toBe('one');
    expect(firstLine('abcdef', 4)).toBe('abc…');
    expect(firstLine('ab😀cd', 4)).toBe('ab…');
    expect(['musher', 'agent:coder-1', 'matrix:@ada:example.org'].map(actorName)).toEqual(['Musher', 'coder-1', '@ada:example.org']);
  });
});
