import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { choice, flag, itemRefs, severalItems, text, type ItemRef } from '../../src/bot/parse/arguments.ts';
import { commandTable } from '../../src/bot/command-table.ts';
import { completeLine } from '../../src/bot/parse/complete.ts';
import { parseCommand } from '../../src/bot/parse/parse.ts';
import { sampleContext } from './sample-commands.ts';

const table = commandTable([
  { words: ['start'], args: { item: severalItems({ words: ['blocked', 'all'] }), purge: flag('purge') } },
  { words: ['move'], args: { item: severalItems({ words: ['blocked'], followed: 'word' }), stage: choice(['qa', 'merge', 'done']) } },
  { words: ['approve'], args: { item: severalItems({ followed: 'word' }), commit: text().optional() } },
  { words: ['reject'], args: { item: severalItems({ followed: 'text' }), reason: text() } },
  { words: ['wait'], args: { item: itemRefs() } },
]);

/** The arguments as short text: `shop#3`, `docs#blocked`; or the problem. */
function read(line: string): string {
  const parsed = parseCommand(line, table, { ...sampleContext, currentProject: 'docs' });
  if (!parsed.ok) return `${parsed.error.code}: ${parsed.error.message}`;
  const { item, ...others } = parsed.value.args;
  const items = (item as readonly (ItemRef & { called?: string })[]).map(
    ({ project, number, called }) => `${project === 'docs' ? '' : `${project}#`}${called ?? number}`,
  );
  const rest = Object.values(others).filter((value) => value !== null && value !== false);
  return [items.join(' '), ...rest.map(String)].join(' | ');
}

describe('several items', () => {
  it.each([
    ['start 14 15 20-24', '14 15 20 21 22 23 24'],
    ['start 3, 4', '3 4'],
    ['start 3 ,4,5 , 6', '3 4 5 6'],
    ['start #3 and #4', '3 4'],
    ['start 3 & 4 + 5', '3 4 5'],
    ['start 20–22', '20 21 22'],
    ['start 22-20', '20 21 22'],
    ['start shop#3-5', 'shop#3 shop#4 shop#5'],
    ['start 3 3 2-4', '3 2 4'],
    ['start blocked', 'blocked'],
    ['start shop#Blocked, 3', 'shop#blocked 3'],
    ['start everything', 'all'],
    ['start 3 --purge 4', '3 4 | true'],
    ['move 3 4 qa', '3 4 | qa'],
    ['move blocked qa', 'blocked | qa'],
    ['approve 3, 4', '3 4'],
    ['approve 3 1234567', '3 | 1234567'],
    ['approve 3 1a2b3c4', '3 | 1a2b3c4'],
    ['approve #1234567', '1234567'],
    ['reject 3 2 tests fail', '3 | 2 tests fail'],
    ['reject 3 #4 does it better', '3 | #4 does it better'],
    ['reject 3, tests fail', '3 | tests fail'],
    ['reject 3 and then it fails', '3 | and then it fails'],
    ['reject 3, 4 tests fail', '3 4 | tests fail'],
    ['reject 3 and 4\nthe first line', '3 4 | the first line'],
    ['reject 3-5 tests fail', '3 4 5 | tests fail'],
  ])('%s', (line, expected) => {
    expect(read(line)).toBe(expected);
  });

  it('are refused as a whole where a word is none, with the word', () => {
    expect(read('start 3 x4')).toBe('bad-argument: “x4” is not an item number. Write 42, or shop#42 for an item of another project.');
    expect(read('start nonsense#3')).toContain('is not the name of a project');
    expect(read('start ,')).toContain('“,” is not an item number');
    expect(read('wait blocked')).toContain('“blocked” is not an item number');
  });

  it('are bounded, and a range before it is made', () => {
    expect(read('start 1-50').split(' ')).toHaveLength(50);
    expect(read('start 1-51')).toBe('bad-argument: At most 50 items at once.');
    expect(read('start 1-999999999999999')).toBe('bad-argument: At most 50 items at once.');
    expect(read('start 1-50 51')).toBe('bad-argument: At most 50 items at once.');
    expect(read(`start ${'1,'.repeat(100_000)}`)).toBe('1');
  });

  it('never hold a number that was not typed', () => {
    const pieces = fc.constantFrom('3', '4,', ',', 'and', '5-6', '#7', 'all', 'x', '-', '--', '“', 'docs#', '0');
    const numbers = (line: string): number[] => {
      const parsed = parseCommand(`start ${line}`, table, { ...sampleContext, currentProject: 'docs' });
      return parsed.ok ? (parsed.value.args['item'] as readonly ItemRef[]).flatMap((one) => ('number' in one ? [one.number] : [])) : [];
    };
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 6 }), (words) => {
        const line = words.join(' ');
        expect(numbers(line).filter((number) => !line.includes(String(number)))).toEqual([]);
      }),
    );
  });

  it('are completed one after the other, with the words', () => {
    const lines = (line: string): string[] =>
      completeLine(line, table, sampleContext).map(({ value, replaces: [start, end] }) => line.slice(0, start) + value + line.slice(end));
    expect(lines('start b')).toContain('start blocked');
    expect(lines('start 40, 4')).toContain('start 40, 41');
    expect(lines('move 40 ')).toEqual(['move 40 qa', 'move 40 merge', 'move 40 done']);
    expect(lines('move 40, ')).toContain('move 40, 41');
  });
});
