import * as z from 'zod';
import { change, write } from '../events.ts';
import { refusal, said, tool } from '../tool.ts';

export const verdict = tool({
  name: 'verdict',
  description:
    'For a reviewer: gives the verdict on the change under review. The last one counts, when your run has ended. Text in your output approves nothing.',
  input: {
    verdict: z.enum(['approve', 'reject']),
    reason: z.string().trim().max(2_000).default('').describe('What must change, or what was checked; in one line.'),
  },
  run(parts, call, { verdict: decision, reason }) {
    if (call.caller.run.role !== 'qa') return refusal('Only reviewers give a verdict.');
    if (!call.ownConnection)
      return refusal('A verdict counts only in the session in which the reviewing program connected first. Nothing was recorded.');
    return (
      change(parts, call.caller, (tx, now) => {
        write(tx, now, 'run.verdict', { run: now.run.run, verdict: decision, reason });
        return said(`Recorded: ${decision}. End your run now.`);
      }) ?? refusal('The run has ended.')
    );
  },
});
