import * as z from 'zod';
import { durationField } from '../duration.ts';
import { asSettings, type AsSettings } from '../as-settings.ts';

/** What agents may ask of people while they run. In `bot.toml` alone: a repository can't say who decides about its agents. */
export const approvalSchema = z.strictObject({
  role: z
    .enum(['operator', 'admin'])
    .default('operator')
    .meta({ description: 'Who may grant a permission. Operators may always deny one.' }),
  expire: durationField().prefault('15m').meta({
    description: 'A permission that nobody grants in this time is denied. Quiet hours of all the rooms that see it do not count.',
  }),
  question_expire: durationField().prefault('1h').meta({
    description: "An agent's question falls back to its default after this time; the agent may ask for less. Quiet hours do not count.",
  }),
});

/** A step of the ladder by which what nobody answers comes to more people. */
export const climbSchema = z.strictObject({
  after: durationField().meta({
    description: 'How long nobody has answered an agent’s request, or reviewed an item. Quiet hours do not count.',
    example: '10m',
  }),
  to: z.string().min(1).meta({
    description:
      'The name of a [[room]] of the same project; `here`: once more in the rooms that were asked; `thread`: in the item’s thread alone, where a room has one; `@` and the name of a [[person]]: a direct message.',
    example: 'leads',
  }),
});

/** A step of the ladder; a room's name, or `here`. */
export type ClimbStep = AsSettings<typeof climbSchema>;

/** Where agents reach Musher. */
export const mcpSchema = z.strictObject({
  port: z
    .int()
    .min(0)
    .max(65_535)
    .default(0)
    .meta({ description: 'Port on the loopback address. 0 picks a free one and keeps it across restarts.' }),
});

/** What agents may ask of people while they run, and for how long. */
export type ApprovalSettings = AsSettings<typeof approvalSchema>;

/** Where agents reach Musher: a port on the loopback address; 0: a free one. */
export type McpSettings = AsSettings<typeof mcpSchema>;

/** The two sections as settings. */
export function agentTalkSettings(file: {
  readonly approvals: z.output<typeof approvalSchema>;
  readonly mcp: z.output<typeof mcpSchema>;
}): {
  readonly approvals: ApprovalSettings;
  readonly mcp: McpSettings;
} {
  return { approvals: asSettings(approvalSchema, file.approvals), mcp: asSettings(mcpSchema, file.mcp) };
}
