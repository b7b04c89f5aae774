import * as z from 'zod';
import type { AsSettings } from '../as-settings.ts';
import { durationField } from '../duration.ts';
import { insideRepository, name, text } from './fields.ts';

/** A section `[[gate]]` of a project's file. */
export const gateSchema = z.strictObject({
  name: name().meta({ description: "The gate's name in messages.", example: 'test' }),
  command: text().meta({ description: 'Run with `/bin/sh -c` in the root of the tree. Exit code 0 means it passed.', example: 'npm test' }),
  timeout: durationField().prefault('10m').meta({ description: 'If it takes longer, it fails.' }),
  keep: z
    .array(insideRepository())
    .default([])
    .meta({
      description: 'Files and folders that this gate creates for later gates, such as a build. All other changes it makes are undone.',
      example: ['dist'],
    }),
});

/** A command, run by `/bin/sh -c` in the tree's root; what it makes at the paths in `keep`, later gates find. */
export type GateSettings = AsSettings<typeof gateSchema>;

/** A section `[[report]]` of a project's file. */
export const reportSchema = z.strictObject({
  name: z
    .string()
    .max(30)
    .regex(/^[a-z][a-z0-9-]*$/, 'must be lower-case letters, digits and "-", starting with a letter: it is typed as a command')
    .meta({ description: 'Typed as a command: `coverage` shows the last value, `coverage run` measures it.', example: 'coverage' }),
  command: text().meta({
    description:
      'Run with `/bin/sh -c` in a checkout of the base branch, in the sandbox of gates. The last line that it prints is the value.',
    example: 'npm run --silent coverage',
  }),
  timeout: durationField().prefault('10m').meta({ description: 'If it takes longer, it is ended and the value stays as it was.' }),
});

/** A value that people can ask for, and the command that measures it. */
export type ReportSettings = AsSettings<typeof reportSchema>;

/** What is wrong with the name of a report where these are the first words of Musher's own commands; null: nothing. */
export function reportNameProblem(typed: string, taken: ReadonlySet<string>): string | null {
  if (!taken.has(typed)) return null;
  return `"${typed}" is a command of Musher's own, which a report must not replace; choose another name, such as "${typed}-value"`;
}
