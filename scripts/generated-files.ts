import { COMMANDS } from '../commands/index.ts';
import { commandsMarkdown } from '../src/words/help-text.ts';
import { newestSchema } from './newest-schema.ts';
import { botExample, configurationPage, projectExample } from '../src/config/read/reference.ts';

/** The files that are made from the code, by their path from the root; further ones are a line here. */
export function generatedFiles(): ReadonlyMap<string, () => string | Promise<string>> {
  return new Map([
    ['bot.toml.example', () => botExample()],
    ['project.toml.example', projectExample],
    ['docs/configuration.md', () => configurationPage()],
    ['src/log/schema/newest.ts', newestSchema],
    ['docs/commands.md', () => commandsMarkdown(COMMANDS)],
  ]);
}
