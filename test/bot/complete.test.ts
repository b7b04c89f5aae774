import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { completeLine } from '../../src/bot/parse/complete.ts';
import { sampleContext, sampleTable } from './sample-commands.ts';

/** The lines that the completions make. */
const lines = (line: string): string[] =>
  completeLine(line, sampleTable, sampleContext).map(({ value, replaces: [start, end] }) => line.slice(0, start) + value + line.slice(end));

describe('completeLine', () => {
  it('completes command words, also the second one of a name', () => {
    expect(lines('sh')).toEqual(['show']);
    expect(lines('tim')).toEqual(['timer', 'timer list']);
    expect(lines('timer ')).toEqual(['timer list']);
    expect(lines('  ST')).toEqual(['  status']);
    expect(lines('')).toContain('help');
  });

  it('completes an item by its number and shows its title', () => {
    expect(completeLine('show 4', sampleTable, sampleContext)).toEqual([
      { value: '40', label: '40 Fix the login', replaces: [5, 6] },
      { value: '41', label: '41 Add a shelf', replaces: [5, 6] },
    ]);
    expect(lines('show shop#')).toEqual(['show shop#3']);
  });

  it('completes an item by a part of its title', () => {
    expect(lines('show shelf')).toEqual(['show 41']);
  });

  it('completes the argument that the cursor stands in, and goes to the next after a space', () => {
    expect(lines('assign 42')).toEqual([]);
    expect(lines('assign 42 ')).toEqual(['assign 42 coder-1', 'assign 42 coder-2', 'assign 42 qa']);
    expect(lines('assign 42 q')).toEqual(['assign 42 qa']);
    expect(lines('edit 42 d')).toEqual(['edit 42 description']);
    expect(lines('depends 42 ')).toEqual(['depends 42 on']);
  });

  it('continues with several items', () => {
    expect(lines('depends 42 on 7 4')).toEqual(['depends 42 on 7 40', 'depends 42 on 7 41']);
    expect(lines('depends 42 on 7,4')).toEqual(['depends 42 on 7,40', 'depends 42 on 7,41']);
  });

  it('completes a value of several words', () => {
    expect(lines('cost by')).toEqual(['cost by agent', 'cost by model']);
    expect(lines('cost by m')).toEqual(['cost by model']);
  });

  it('completes the flags that are not there yet', () => {
    expect(lines('delete 42 --')).toEqual(['delete 42 --purge', 'delete 42 --force']);
    expect(lines('delete --purge 42 --')).toEqual(['delete --purge 42 --force']);
    expect(lines('delete --f')).toEqual(['delete --force']);
  });

  it('completes nothing within a text or behind the last argument', () => {
    expect(lines('reject 42 because s')).toEqual([]);
    expect(lines('show 40 ')).toEqual([]);
  });

  it('offers only what the sender may use', () => {
    const viewer = (line: string) => completeLine(line, sampleTable, sampleContext, ({ role }) => role === 'viewer');
    expect(viewer('de')).toEqual([]);
    expect(viewer('delete 4')).toEqual([]);
  });

  it('replaces an end of the line and nothing else, whatever was typed', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.constantFrom('show', 'depends', 'delete', 'cost', 'by', '4', '42', 'on', ' ', '  ', '--', '“', '"', '\n', 'shop#', '漢'),
          {
            maxLength: 8,
          },
        ),
        (parts) => {
          const line = parts.join('');
          for (const { replaces } of completeLine(line, sampleTable, sampleContext)) {
            expect(replaces[0]).toBeGreaterThanOrEqual(0);
            expect(replaces[0]).toBeLessThanOrEqual(line.length);
            expect(replaces[1]).toBe(line.length);
          }
        },
      ),
      { numRuns: 3000 },
    );
  });
});
