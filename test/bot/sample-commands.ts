import {
  agent,
  choice,
  commandName,
  either,
  flag,
  integer,
  itemRef,
  itemRefs,
  keyword,
  text,
  titleAndBody,
  word,
  type ArgumentTypes,
  type ParseContext,
} from '../../src/bot/parse/arguments.ts';
import { commandTable } from '../../src/bot/command-table.ts';
import type { AccessRole } from '../../src/config/choices.ts';
import type { Command } from '../../src/bot/command.ts';

type Described = Omit<Command, 'run' | 'confirm'> & { readonly confirm?: unknown };

function declared(words: string, args: ArgumentTypes, role: AccessRole = 'viewer', more: Partial<Described> = {}): Described {
  const [first = '', ...others] = words.split(' ');
  return { words: [first, ...others], args, role, summary: `Does ${words}.`, examples: [`${words} it`], ...more };
}

/** Declarations that use every kind of argument; none of them runs. */
export const sampleCommands: readonly Described[] = [
  declared('help', { command: commandName().optional() }),
  declared('show', { item: itemRef() }, 'viewer', { aliases: [['view']] }),
  declared('status', {}),
  declared('create', { type: choice(['story', 'bug', 'spike', 'refactor']), title: titleAndBody() }, 'operator'),
  declared('depends', { item: itemRef(), on: keyword('on'), others: itemRefs() }, 'operator'),
  declared('reject', { item: itemRef(), reason: text() }, 'operator'),
  declared('delete', { item: itemRef(), purge: flag('purge'), force: flag('force') }, 'admin', { confirm: true }),
  declared('logs', { item: itemRef(), lines: integer({ min: 1, max: 1000 }).optional() }),
  declared('cost', { of: either(itemRef(), choice(['today', 'week', 'by agent', 'by model'])).optional() }),
  declared('assign', { item: itemRef(), agent: agent() }, 'operator'),
  declared('edit', { item: itemRef(), field: choice(['title', 'description']), value: text() }, 'operator'),
  declared('say', { quiet: flag('quiet'), first: word(), second: word().optional() }),
  declared('note', { count: integer().optional(), quiet: flag('quiet'), text: text() }),
  declared('timer', {}),
  declared('timer list', {}),
];

export const sampleTable = commandTable(sampleCommands);

export const sampleContext: ParseContext = {
  currentProject: 'demo',
  projects: ['demo', 'shop'],
  itemNumbers: (project) =>
    project === 'demo'
      ? [
          { number: 40, title: 'Fix the login' },
          { number: 41, title: 'Add a shelf' },
          { number: 7, title: 'Old one' },
        ]
      : [{ number: 3, title: 'Sell things' }],
  agentNames: () => ['coder-1', 'coder-2', 'qa'],
  commandNames: () => sampleTable.byName.keys(),
};
