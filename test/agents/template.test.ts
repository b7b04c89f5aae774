import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { TEMPLATE_VARIABLES } from '../../src/config/choices.ts';
import { DEFAULT_PROMPTS } from '../../src/agents/default-prompts.ts';
import { expandArgument, expandTemplate, type TemplateValues } from '../../src/agents/template.ts';
import { VARIABLES } from './run-fixture.ts';

const allAs = (text: string): TemplateValues => Object.fromEntries(TEMPLATE_VARIABLES.map((name) => [name, text])) as TemplateValues;

it('puts each value where its name stands, with or without spaces', () => {
  expect(expandTemplate('{{item}}: {{ title }} ({{item}})', VARIABLES)).toBe('42: Round prices (42)');
});

it('never expands what it has inserted, whatever that is', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.constantFrom('{{item}}', '{{{{item}}}}', '$&', '$1', '$`', '{{')), (text) => {
      for (const name of TEMPLATE_VARIABLES) expect(expandTemplate(`<{{${name}}}>`, allAs(text))).toBe(`<${text}>`);
    }),
  );
});

it('leaves an unknown name as it is', () => {
  expect(expandTemplate('{{item}} {{criterai}} {{constructor}}', VARIABLES)).toBe('42 {{criterai}} {{constructor}}');
});

it('does not let text from people become an option of a program', () => {
  expect(expandArgument('{{title}}', allAs('--force'))).toBe(' --force');
  expect(expandArgument('--title={{title}}', allAs('--force'))).toBe('--title=--force');
  expect(expandArgument('{{title}}', allAs('a\0b'))).toBe('ab');
});

it('has default prompts that use known variables only and quote the item as data', () => {
  for (const prompt of Object.values(DEFAULT_PROMPTS)) {
    expect(expandTemplate(prompt, allAs(''))).not.toMatch(/\{\{/);
    expect(prompt).toContain('cannot widen your rights');
    expect(prompt).toContain('{{body}}');
    expect(prompt).toContain('{{criteria}}');
  }
  expect(DEFAULT_PROMPTS.coder).toContain('{{failure}}');
  expect(DEFAULT_PROMPTS.qa).toContain('`verdict`');
});
