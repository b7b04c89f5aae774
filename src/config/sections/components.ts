import * as z from 'zod';
import type { AsSettings } from '../as-settings.ts';
import { durationField } from '../duration.ts';
import { insideRepository, name, text } from './fields.ts';

/** A section `[[component]]` of a project's file. */
export const componentSchema = z.strictObject({
  name: name().meta({ description: "The component's name in messages.", example: 'app' }),
  path: insideRepository().default('.').meta({ description: 'The folder in the repository where its commands run.' }),
  setup: z
    .array(text())
    .default([])
    .meta({ description: 'Commands that set up a new worktree, run in order with `/bin/sh -c`.', example: ['npm ci'] }),
  teardown: z
    .array(text())
    .default([])
    .meta({ description: 'Commands to run before a worktree is removed.', example: ['docker compose down'] }),
  timeout: durationField().prefault('10m').meta({ description: 'Time limit for each of these commands.' }),
});

/** A part of the repository that needs preparation in each new worktree; its path is never outside of that. */
export type ComponentSettings = AsSettings<typeof componentSchema>;
