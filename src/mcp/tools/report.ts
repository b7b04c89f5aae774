import * as z from 'zod';
import { BOUNDS } from '../../bounds.ts';
import { change, write } from '../events.ts';
import { refusal, said, tool } from '../tool.ts';

export const report = tool({
  name: 'report',
  description:
    'For a spike: leaves the report with which it ends. The last one counts. People see its first lines at once, so begin with the answer.',
  input: { text: z.string().trim().min(1).max(BOUNDS.report).describe('Plain text or Markdown.') },
  run(parts, { caller }, { text }) {
    return (
      change(parts, caller, (tx, now) => {
        if (now.item.type !== 'spike' || now.run.role !== 'coder')
          return refusal('Only a spike ends with a report. This item needs commits or a verdict.');
        write(tx, now, 'run.reported', { run: now.run.run, text });
        return said('The report is kept. Check the criteria that it answers, then end your run.');
      }) ?? refusal('The run has ended.')
    );
  },
});
