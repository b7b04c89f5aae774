import { expect, it } from 'vitest';
import { copyOfSources, namedFor, type Copy } from './copy.ts';

/** Each makes the change that CONTRIBUTING describes in a copy of the sources, and a second time forgets a part of it. */

const COMPILING = { timeout: 240_000 };
const GENERATING = ['scripts', 'docs', 'bot.toml.example', 'project.toml.example'] as const;

const ECHO = `import { command } from '../../src/bot/command.ts';
import { done } from '../../src/words/replies.ts';

export const echo = command({
  words: ['echo'],
  summary: 'Answers with what it is.',
  examples: ['echo'],
  args: {},
  role: 'viewer',
  about: 'musher',
  run() {
    return done('echo');
  },
});
`;

function listEcho(copy: Copy): void {
  copy.change('commands/index.ts', 'import { edit }', "import { echo } from './musher/echo.ts';\nimport { edit }");
  copy.change('commands/index.ts', '\n  ping,', '\n  ping,\n  echo,');
}

/** An option of a gate, and what it does. */
function addOption(copy: Copy): void {
  const nice = "nice: z.boolean().default(false).meta({ description: 'Whether it gives way to other programs.' }),";
  copy.change('src/config/sections/gates.ts', '  keep: z', `  ${nice}\n  keep: z`);
}

it('a new command is its file and its place in the list; help and the page come from its declaration', COMPILING, async () => {
  expect(namedFor('A new command')).toEqual([
    'commands/',
    'commands/index.ts',
    'docs/commands.md',
    'test/commands/',
    'test/commands/index.test.ts',
  ]);
  using copy = copyOfSources(...GENERATING, 'test/commands/index.test.ts');
  copy.write('commands/musher/echo.ts', ECHO);
  const forgotten = await copy.vitest('test/commands/index.test.ts');
  expect(forgotten.output).toContain('holds every command of the folder, and nothing else');
  expect(forgotten.code).toBe(1);

  listEcho(copy);
  expect(await copy.compile(['commands'])).toEqual([]);
  expect(await copy.vitest('test/commands/index.test.ts')).toMatchObject({ code: 0 });
  expect(await copy.node('scripts/generate.ts', '--check')).toMatchObject({ code: 1, output: expect.stringContaining('docs/commands.md') });
  expect(await copy.node('scripts/generate.ts')).toEqual({ code: 0, output: 'docs/commands.md' });
  expect(copy.read('docs/commands.md')).toContain('Answers with what it is.');
});

it('a command that waits for something and does not say so does not compile', COMPILING, async () => {
  using copy = copyOfSources();
  copy.write('commands/musher/echo.ts', ECHO.replace('run() {\n', 'async run() {\n    await Promise.resolve();\n'));
  listEcho(copy);
  expect(await copy.compile(['commands'])).toEqual(['commands/musher/echo.ts']);
});

it('a new key of the configuration is a line of its section: its field, the example and the page come from there', COMPILING, async () => {
  expect(namedFor('A new key of the configuration')).toEqual(['src/config/sections/', 'src/config/settings.ts']);
  using copy = copyOfSources(...GENERATING, 'test/config/generated.test.ts');
  const key = 'longest_rest: z.int().default(7)';
  copy.change('src/config/sections/flood.ts', '  waiting: z', `  ${key},\n  waiting: z`);
  const silent = await copy.vitest('test/config/generated.test.ts');
  expect(silent.output).toContain('explains every key');
  expect(silent.code).toBe(1);

  copy.change('src/config/sections/flood.ts', key, `${key}.meta({ description: 'Hours that a sender may rest.' })`);
  copy.write(
    'src/app/uses.ts',
    "import type { Settings } from '../config/settings.ts';\nexport const rest = ({ flood }: Settings): number => flood.longestRest;\n",
  );
  expect(await copy.compile(['src/app/uses.ts', 'src/config'])).toEqual([]);
  const files = (await copy.node('scripts/generate.ts')).output.split('\n');
  expect(files).toEqual(['bot.toml.example', 'docs/configuration.md']);
  for (const file of files) expect(copy.read(file)).toContain('Hours that a sender may rest.');
  expect(await copy.vitest('test/config/generated.test.ts')).toMatchObject({ code: 0 });
});

it('a new option of a gate is its key and what it does: one that nothing reads does not compile', COMPILING, async () => {
  const places = namedFor('A new option of a gate');
  expect(places).toEqual(['src/config/sections/gates.ts', 'src/engine/merge/gates.ts']);
  using copy = copyOfSources();
  addOption(copy);
  expect(await copy.compile(['src/config', 'src/engine', 'src/mcp'])).toEqual(['src/engine/merge/gates.ts']);

  copy.change('src/engine/merge/gates.ts', 'keep: _readThere, ', 'keep: _readThere, nice, ');
  copy.change('src/engine/merge/gates.ts', '...nothing, command,', '...nothing, command: nice ? `nice -n 10 ${command}` : command,');
  expect(await copy.compile(['src/config', 'src/engine', 'src/mcp'])).toEqual([]);
});
