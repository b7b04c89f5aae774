import { describe, expect, it } from 'vitest';
import { suggestCommands } from '../../src/bot/parse/suggest.ts';

const names = ['show', 'status', 'start', 'stop', 'timer', 'timer list', 'version'];

describe('suggestCommands', () => {
  it('names what is a few edits away, nearest first', () => {
    expect(suggestCommands(['strat', '42'], names)).toEqual(['start']);
    expect(suggestCommands(['sttus'], names)).toEqual(['status']);
  });

  it('names what continues from the word', () => {
    expect(suggestCommands(['vers'], names)).toEqual(['version']);
    expect(suggestCommands(['sta'], names)).toEqual(['status', 'start']);
  });

  it('compares as many words as a name has', () => {
    expect(suggestCommands(['tiemr', 'lsit'], names)).toEqual(['timer', 'timer list']);
  });

  it('names nothing for a word that is like none, nor for no word', () => {
    expect(suggestCommands(['xyzzy'], names)).toEqual([]);
    expect(suggestCommands([], names)).toEqual([]);
  });
});
