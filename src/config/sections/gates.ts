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
