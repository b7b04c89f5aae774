import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'smol-toml';
import { describe, expect, it } from 'vitest';
import { botExample, configurationPage, projectExample } from '../../src/config/read/reference.ts';
import { botSchema, projectSchema } from '../../src/config/schema.ts';
import { TEMPLATE_VARIABLES } from '../../src/config/choices.ts';
import { fieldsOf } from '../../src/config/read/shape.ts';
import type { Field } from '../../src/config/read/shape.ts';
import { generatedFiles } from '../../scripts/generated-files.ts';

const root = join(import.meta.dirname, '../..');

/** The example with its commented-out keys in force. */
const uncommented = (toml: string): string => toml.replaceAll(/^# (?=\w+ = )/gm, '');

const keysOf = (fields: readonly Field[]): string[] => fields.flatMap((field) => [field.key, ...keysOf(field.fields)]);

describe('generated files', () => {
  it.each([...generatedFiles()])('%s is what `npm run generate` writes', async (name, make) => {
    expect(readFileSync(join(root, name), 'utf8')).toBe(await make());
  });
});

describe.each([
  { name: 'bot.toml.example', text: botExample(), schema: botSchema },
  { name: 'project.toml.example', text: projectExample(), schema: projectSchema },
])('$name', ({ text, schema }) => {
  it('is valid as it stands', () => {
    expect(schema.safeParse(parse(text)).error).toBeUndefined();
  });

  it('is valid with every key in force', () => {
    expect(schema.safeParse(parse(uncommented(text))).error).toBeUndefined();
  });

  it('holds every key of the schema', () => {
    const parsed = JSON.stringify(parse(uncommented(text)));
    for (const key of keysOf(fieldsOf(schema))) expect(parsed).toContain(`"${key}":`);
  });

  it('explains every key', () => {
    const silent = (fields: readonly Field[]): string[] =>
      fields.flatMap((field) => [...(field.description === '' ? [field.key] : []), ...silent(field.fields)]);
    expect(silent(fieldsOf(schema))).toEqual([]);
  });
});

describe('docs/configuration.md', () => {
  it('names every key and every variable', () => {
    const page = configurationPage();
    for (const key of [...keysOf(fieldsOf(botSchema)), ...keysOf(fieldsOf(projectSchema))])
      expect(page).toMatch(new RegExp(`[\`.[]${key}[\`\\]]`));
    for (const variable of TEMPLATE_VARIABLES) expect(page).toContain(`{{${variable}}}`);
  });
});
