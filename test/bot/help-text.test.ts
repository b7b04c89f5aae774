import { describe, expect, it } from 'vitest';
import { commandsMarkdown, helpFor, helpIndex, usage } from '../../src/words/help-text.ts';
import { plainText } from '../../src/message/plain.ts';
import { sampleCommands, sampleTable } from './sample-commands.ts';

const named = (name: string) => {
  const command = sampleTable.byName.get(name);
  if (command === undefined) throw new Error(`There is no ${name}.`);
  return command;
};

describe('usage', () => {
  it.each([
    ['status', 'status'],
    ['show', 'show <item>'],
    ['help', 'help [command]'],
    ['create', 'create <story|bug|spike|refactor> <title> [-- description]'],
    ['depends', 'depends <item> on <others…>'],
    ['delete', 'delete <item> [--purge] [--force]'],
    ['note', 'note [count] [--quiet] <text…>'],
    ['timer list', 'timer list'],
  ])('of %s', (name, text) => {
    expect(usage(named(name))).toBe(text);
  });
});

describe('helpIndex', () => {
  it('has one line for each command, under what it needs', () => {
    const text = plainText(helpIndex(sampleCommands), { width: 80 });
    for (const { words, summary } of sampleCommands)
      expect(text).toMatch(new RegExp(`^${words.join(' ')} +${summary.replace('.', '\\.')}$`, 'm'));
    expect(text.indexOf('View')).toBeLessThan(text.indexOf('Administer'));
    expect(text).toContain('help <command>');
  });
});

describe('helpFor', () => {
  it('tells how a command is typed, its arguments, examples, and who may', () => {
    const text = plainText(helpFor({ ...named('delete'), details: 'It stays gone.', aliases: [['rm']] }), { width: 80 });
    expect(text).toContain('delete <item> [--purge] [--force]');
    expect(text).toContain('It stays gone.');
    expect(text).toMatch(/^\[--purge\] +Switches on purge\.$/m);
    expect(text).toContain('- `delete it`');
    expect(text).toMatch(/^For admins\. .*confirmation.*: rm\.$/m);
  });
});

describe('commandsMarkdown', () => {
  it('has a section for each command that its list links to', () => {
    const text = commandsMarkdown(sampleCommands);
    for (const { words } of sampleCommands) {
      expect(text).toContain(`\n## ${words.join(' ')}\n`);
      expect(text).toContain(`](#${words.join('-')})`);
    }
    expect(text).toContain('```text\ndepends <item> on <others…>\n```');
    expect(text.endsWith('\n')).toBe(true);
    expect(text).not.toContain('undefined');
  });
});
