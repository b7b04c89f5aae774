import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { copyOfSources, namedFor, type Copy, type Ran } from './copy.ts';

/**
 * In a copy of the sources the changes that CONTRIBUTING describes are made, first each of them without a part. All at once,
 * since the compiler and the tests of a copy take some seconds.
 */

const AT_LONGEST_MS = 240_000;
const TESTED = ['test/commands/index.test.ts', 'test/config/generated.test.ts'] as const;
const GENERATING = ['scripts', 'docs', 'bot.toml.example', 'project.toml.example', ...TESTED] as const;

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
/** A command that waits for something and does not say so. */
const WAITING = ECHO.replaceAll('echo', 'late').replace('run() {\n', 'async run() {\n    await Promise.resolve();\n');

const REST = 'longest_rest: z.int().default(7)';
const NICE = "nice: z.boolean().default(false).meta({ description: 'Whether it gives way to other programs.' }),";

function list(copy: Copy, name: string): void {
  copy.change('commands/index.ts', 'import { edit }', `import { ${name} } from './musher/${name}.ts';\nimport { edit }`);
  copy.change('commands/index.ts', '\n  ping,', `\n  ping,\n  ${name},`);
}

/** The same without a part each: a place in the list, that it waits, a description, what the option does. */
function forget(copy: Copy): void {
  copy.write('commands/musher/echo.ts', ECHO);
  copy.write('commands/musher/late.ts', WAITING);
  list(copy, 'late');
  copy.change('src/config/sections/flood.ts', '  waiting: z', `  ${REST},\n  waiting: z`);
  copy.change('src/config/sections/gates.ts', '  keep: z', `  ${NICE}\n  keep: z`);
}

function complete(copy: Copy): void {
  list(copy, 'echo');
  copy.change('commands/musher/late.ts', "about: 'musher',", "about: 'musher',\n  waits: true,");
  copy.change('src/config/sections/flood.ts', REST, `${REST}.meta({ description: 'Hours that a sender may rest.' })`);
  copy.write(
    'src/app/uses.ts',
    "import type { Settings } from '../config/settings.ts';\nexport const rest = ({ flood }: Settings): number => flood.longestRest;\n",
  );
  copy.change('src/engine/merge/gates.ts', 'keep: _readThere, ', 'keep: _readThere, nice, ');
  copy.change('src/engine/merge/gates.ts', '...nothing, command,', '...nothing, command: nice ? `nice -n 10 ${command}` : command,');
}

/** What the compiler and the tests say of a copy. */
interface Looked {
  readonly errors: readonly string[];
  readonly tested: Ran;
}

let copy: Copy;
let forgotten: Looked;
let whole: Looked;
let checked: Ran;
let generated: Ran;
beforeAll(async () => {
  copy = copyOfSources(...GENERATING);
  forget(copy);
  forgotten = { errors: await copy.compile(), tested: await copy.vitest(...TESTED) };
  complete(copy);
  const errors = await copy.compile();
  checked = await copy.node('scripts/generate.ts', '--check');
  generated = await copy.node('scripts/generate.ts');
  whole = { errors, tested: await copy.vitest(...TESTED) };
}, AT_LONGEST_MS);
afterAll(() => copy[Symbol.dispose]());

describe('a change as CONTRIBUTING describes it', () => {
  it('compiles, is generated and passes the tests', () => {
    expect(whole.errors).toEqual([]);
    expect(generated).toEqual({
      code: 0,
      output: 'bot.toml.example\nproject.toml.example\ndocs/configuration.md\ndocs/commands.md',
    });
    expect(whole.tested).toMatchObject({ code: 0 });
  });

  it('is seen where its generated files are missing', () => {
    expect(checked).toMatchObject({ code: 1, output: expect.stringContaining('docs/commands.md') });
  });

  it('of a new command is its file and its place in the list; help and the page come from its declaration', () => {
    expect(namedFor('A new command')).toEqual([
      'commands/',
      'commands/index.ts',
      'docs/commands.md',
      'test/commands/',
      'test/commands/index.test.ts',
    ]);
    expect(copy.read('docs/commands.md')).toContain('Answers with what it is.');
  });

  it('of a new key of the configuration is a line of its section: its field, the example and the page come from there', () => {
    expect(namedFor('A new key of the configuration')).toEqual(['src/config/sections/', 'src/config/settings.ts']);
    for (const file of ['bot.toml.example', 'docs/configuration.md']) expect(copy.read(file)).toContain('Hours that a sender may rest.');
  });

  it('of a new option of a gate is its key and what it does', () => {
    expect(namedFor('A new option of a gate')).toEqual(['src/config/sections/gates.ts', 'src/engine/merge/gates.ts']);
    expect(copy.read('project.toml.example')).toContain('Whether it gives way to other programs.');
  });
});

describe('what is forgotten of a change', () => {
  it('does not compile: that a command waits for something, what an option of a gate does', () => {
    expect(forgotten.errors).toEqual(['commands/musher/late.ts', 'src/engine/merge/gates.ts']);
  });

  it('makes a test fail: a command’s place in the list', () => {
    expect(forgotten.tested.output).toContain('holds every command of the folder, and nothing else');
    expect(forgotten.tested.code).toBe(1);
  });

  it('makes a test fail: what a key of the configuration is for', () => {
    expect(forgotten.tested.output).toContain('explains every key');
  });
});
