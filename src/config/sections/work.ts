import * as z from 'zod';
import { QA_MODES } from '../../pipeline/types.ts';
import type { AsSettings } from '../as-settings.ts';
import { branch, positive } from './fields.ts';

/** The keys at the top of a project's file. */
export const workSchema = z.strictObject({
  base_branch: branch().default('main').meta({ description: 'The branch that work starts from and is merged into.' }),
  qa: z
    .enum(QA_MODES)
    .default('server')
    .meta({ description: 'Who decides in `qa`: only the gates (`server`), an agent (`agent`) or a person (`human`).' }),
  max_coders: positive().max(64).default(2).meta({ description: 'How many coder runs at the same time.' }),
  max_retries: z.int().min(0).max(100).default(3).meta({ description: 'Retries per stage before an item is blocked.' }),
});

/** How a project's items are worked on; retries are attempts after the first, in each stage. */
export type WorkSettings = AsSettings<typeof workSchema>;
