import * as z from 'zod';
import { durationField } from '../duration.ts';
import type { ApprovalSettings, McpSettings } from '../settings.ts';

/** What agents may ask of people while they run. In `bot.toml` alone: a repository can't say who decides about its agents. */
export const approvalSchema = z.strictObject({
  role: z
    .enum(['operator', 'admin'])
    .default('operator')
    .meta({ description: 'Who may allow what an agent asks leave for; operators may always deny.' }),
  expire: durationField().prefault('15m').meta({
    description: 'Nobody has allowed it for so long: it is denied. Quiet hours of all rooms that are told do not count.',
    type: 'duration',
  }),
  question_expire: durationField().prefault('1h').meta({
    description:
      "Longest time that an agent's question stands before its default is taken; the agent may ask for less. Quiet hours do not count.",
    type: 'duration',
  }),
});

/** Where agents reach Musher. */
export const mcpSchema = z.strictObject({
  port: z
    .int()
    .min(0)
    .max(65_535)
    .default(0)
    .meta({ description: 'On the loopback address; 0 takes a free one, and the same again after a restart.' }),
});

/** The two sections as settings. */
export function agentTalkSettings(file: {
  readonly approvals: z.output<typeof approvalSchema>;
  readonly mcp: z.output<typeof mcpSchema>;
}): {
  readonly approvals: ApprovalSettings;
  readonly mcp: McpSettings;
} {
  const { role, expire, question_expire: questionMs } = file.approvals;
  return { approvals: { role, expireMs: expire, questionMs }, mcp: { port: file.mcp.port } };
}
