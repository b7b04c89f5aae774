import { describe, expect, it } from 'vitest';
import { parseCommandLine } from '../../src/cli/parse.ts';

const read = (...words: string[]) => parseCommandLine(words, 'musher');

describe('parseCommandLine', () => {
  it('reads a subcommand with its options, in either notation', () => {
    const line = read('run', '--config', 'a b.toml', '--data=d', '--batch');
    expect(line).toMatchObject({ ok: true, value: { kind: 'call', subcommand: { name: 'run' } } });
    expect(line).toMatchObject({
      value: {
        typed: {
          positionals: [],
          options: new Map<string, string | true>([
            ['config', 'a b.toml'],
            ['data', 'd'],
            ['batch', true],
          ]),
        },
      },
    });
  });

  it('takes what follows -- as it stands', () => {
    expect(read('init', '--', '--odd')).toMatchObject({ ok: true, value: { typed: { positionals: ['--odd'] } } });
  });

  it.each([[[]], [['help']], [['--help']], [['-h']]])('gives help for %j', (words) => {
    expect(read(...words)).toEqual({ ok: true, value: { kind: 'help', of: null } });
  });

  it.each([[['help', 'init']], [['init', '--help']], [['init', '-h']]])('gives the help of a subcommand for %j', (words) => {
    expect(read(...words)).toMatchObject({ ok: true, value: { kind: 'help', of: { name: 'init' } } });
  });

  it.each([
    [['rnu'], 'There is no subcommand "rnu"; did you mean `run`?'],
    [['elephant'], 'There is no subcommand "elephant".'],
    [['constructor'], 'There is no subcommand "constructor".'],
    [['help', 'docter'], 'There is no subcommand "docter"; did you mean `doctor`?'],
    [['run', '--confg', 'x'], '`run` has no option --confg; did you mean --config?'],
    [['run', '-x'], '`run` has no option -x'],
    [['run', '--config'], '--config needs a value: --config FILE'],
    [['run', '--config='], '--config needs a value: --config FILE'],
    [['run', '--batch=yes'], '--batch takes no value.'],
    [['run', '--data', 'a', '--data', 'b'], '--data was given twice.'],
    [['run', 'extra'], '`run` takes no argument "extra".'],
    [['init'], '`init` needs DIR.'],
    [['init', 'a', 'b'], '`init` takes no argument "b".'],
  ])('refuses %j', (words, message) => {
    expect(read(...words)).toMatchObject({ ok: false, error: { code: 'USAGE', message } });
  });

  it('does not take the next option for a value', () => {
    expect(read('run', '--config', '--batch')).toMatchObject({ ok: false, error: { message: '--config needs a value: --config FILE' } });
  });
});
