import { describe, expect, it } from 'vitest';
import { firstLine, sentence } from '../../../src/words/item/item.ts';
import { outlook } from '../../../src/words/item/step.ts';
import type { Content } from '../../../src/message/build.ts';
import { nextStep } from '../../../src/pipeline/next/next-step.ts';
import { QUIET } from '../../pipeline/facts.ts';
import { STAGE, standing } from '../../pipeline/samples.ts';
import { actorName } from '../../../src/pipeline/actor.ts';

const commands = (content: readonly Content[]): string[] =>
  content.flatMap((one) => (typeof one !== 'string' && one.kind === 'command' ? [one.text] : []));

describe('what comes next', () => {
  it('names the item in full where the room speaks of another project', () => {
    const item = { ...standing(STAGE.qa), project: 'shop' };
    const step = nextStep(item, { ...QUIET, qaDefault: 'human' });
    const n = item.number;
    const reader = { now: 0, timezone: 'UTC', nameOf: actorName };
    expect(commands(outlook(item, step, { ...reader, current: 'shop' }))).toEqual([`diff ${n}`, `approve ${n}`, `reject ${n} <reason>`]);
    expect(commands(outlook(item, step, { ...reader, current: 'docs' }))).toEqual([
      `diff shop#${n}`,
      `approve shop#${n}`,
      `reject shop#${n} <reason>`,
    ]);
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
