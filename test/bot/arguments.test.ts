import { describe, expect, expectTypeOf, it } from 'vitest';
import { z } from 'zod';
import {
  choice,
  either,
  flag,
  integer,
  itemRef,
  itemRefs,
  keyword,
  text,
  titleAndBody,
  word,
  type ArgumentValues,
  type ItemRef,
  type TitleAndBody,
} from '../../src/bot/parse/arguments.ts';
import { commandTable } from '../../src/bot/command-table.ts';
import { parseCommand } from '../../src/bot/parse/parse.ts';
import { STAGES } from '../../src/pipeline/types.ts';
import { sampleContext } from './sample-commands.ts';

const every = {
  item: itemRef(),
  others: itemRefs(),
  stage: choice(STAGES),
  on: keyword('on'),
  count: integer({ min: 1, max: 5 }).optional(),
  of: either(itemRef(), choice(['today', 'by agent'])),
  title: titleAndBody(),
  reason: text(),
  name: word(),
  purge: flag('purge'),
};

describe('arguments', () => {
  it('give their values types', () => {
    type Values = ArgumentValues<typeof every>;
    expectTypeOf<Values['item']>().toEqualTypeOf<ItemRef>();
    expectTypeOf<Values['others']>().toEqualTypeOf<readonly ItemRef[]>();
    expectTypeOf<Values['stage']>().toEqualTypeOf<(typeof STAGES)[number]>();
    expectTypeOf<Values['count']>().toEqualTypeOf<number | null>();
    expectTypeOf<Values['of']>().toEqualTypeOf<ItemRef | 'today' | 'by agent'>();
    expectTypeOf<Values['title']>().toEqualTypeOf<TitleAndBody>();
    expectTypeOf<Values['purge']>().toEqualTypeOf<boolean>();
    expect(Object.keys(every)[0]).toBe('item');
  });

  it('say what a network with typed options needs', () => {
    const shape = Object.entries(every).map(([name, { kind, type, required }]) => [name, kind, type, required]);
    expect(shape).toEqual([
      ['item', 'token', 'item', true],
      ['others', 'tokens', 'item', true],
      ['stage', 'token', 'choice', true],
      ['on', 'token', 'string', true],
      ['count', 'token', 'integer', false],
      ['of', 'tokens', 'string', true],
      ['title', 'rest', 'string', true],
      ['reason', 'rest', 'string', true],
      ['name', 'token', 'string', true],
      ['purge', 'flag', 'boolean', false],
    ]);
    expect(every.stage.choices).toEqual(STAGES);
    expect(every.count.range).toEqual({ min: 1, max: 5 });
  });

  it('read a word by a schema, and show its message where it does not fit', () => {
    const table = commandTable([
      {
        words: ['qa'],
        args: { mode: word({ schema: z.string().regex(/^[a-z]+$/, 'A mode has small letters only.'), complete: () => ['human'] }) },
      },
    ]);
    expect(parseCommand('qa human', table, sampleContext)).toMatchObject({ ok: true, value: { args: { mode: 'human' } } });
    expect(parseCommand('qa HUMAN', table, sampleContext)).toMatchObject({
      ok: false,
      error: { message: 'A mode has small letters only.' },
    });
  });

  it('take quotes around a word with spaces, but no empty word', () => {
    const table = commandTable([{ words: ['say'], args: { name: word() } }]);
    expect(parseCommand('say “two words”', table, sampleContext)).toMatchObject({ ok: true, value: { args: { name: 'two words' } } });
    expect(parseCommand('say ""', table, sampleContext)).toMatchObject({
      ok: false,
      error: { code: 'bad-argument', offset: 4, length: 2 },
    });
  });

  it('keep what a person typed out of the prototype', () => {
    const table = commandTable([{ words: ['say'], args: { name: word() } }]);
    const parsed = parseCommand('say __proto__', table, sampleContext);
    expect(parsed.ok && Object.getPrototypeOf(parsed.value.args)).toBeNull();
  });
});
