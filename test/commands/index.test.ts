import { readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../commands/index.ts';
import type { ParseContext } from '../../src/bot/parse/arguments.ts';
import { commandTable } from '../../src/bot/command-table.ts';
import { parseCommand } from '../../src/bot/parse/parse.ts';
import { commandName } from '../../src/words/described.ts';

const FOLDER = new URL('../../commands/', import.meta.url);
const context: ParseContext = { currentProject: 'shop', projects: ['shop', 'docs'], agentNames: () => ['coder-1', 'qa'] };

describe('the list of commands', () => {
  it('holds every command of the folder, and nothing else', async () => {
    const files = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts') && file !== 'index.ts');
    const found = await Promise.all(
      files.map(async (file) => Object.values((await import(new URL(file, FOLDER).href)) as Record<string, unknown>)),
    );
    expect(files.filter((_, index) => found[index]?.length !== 1)).toEqual([]);
    expect(new Set(COMMANDS)).toEqual(new Set(found.flat()));
    expect(COMMANDS).toHaveLength(files.length);
    expect(files.map((file) => basename(file)).toSorted()).toEqual(COMMANDS.map((command) => `${command.words.join('-')}.ts`).toSorted());
  });

  const table = commandTable(COMMANDS);
  for (const command of COMMANDS) {
    const name = commandName(command);
    for (const example of command.examples) {
      it(`reads the example “${example.split('\n')[0]}” as ${name}`, () => {
        const parsed = parseCommand(example, table, context);
        expect(parsed.ok ? commandName(parsed.value.command) : parsed.error.message).toBe(name);
      });
    }

    it(`describes ${name} in one sentence`, () => {
      expect(command.summary).toMatch(/^[A-Z][^!\n]*\.$/);
      expect(command.details ?? '').not.toContain('!');
    });
  }
});
