import * as z from 'zod';
import { BOUNDS } from '../../bounds.ts';
import { change, write } from '../events.ts';
import { refusal, said, tool } from '../tool.ts';

/** Findings and steps of one report. */
const MOST = 50;
const words = (most: number) => z.string().trim().min(1).max(most);

export const report = tool({
  name: 'report',
  description:
    'For a spike: leaves the report with which it ends. The last one counts. People see the answer at once and the rest when they ask for it.',
  input: {
    answer: words(2_000).optional().describe('The answer to what the spike asks, in one to three sentences. It comes first.'),
    findings: z
      .array(
        z.strictObject({
          what: words(2_000).describe('What was found.'),
          where: words(500).optional().describe('Where it can be seen: `src/parse.ts:40`, a command, an address.'),
        }),
      )
      .max(MOST)
      .optional()
      .describe('What the answer rests on, the most important first.'),
    next: z.array(words(500)).max(MOST).optional().describe('What to do now, a step each.'),
    text: words(BOUNDS.report).optional().describe('All else, as plain text or Markdown.'),
  },
  run(parts, { caller }, given) {
    const text = asText(given);
    if (text === '') return refusal('The report is empty. Give at least an answer or a text.');
    if (text.length > BOUNDS.report) return refusal(`The report has ${text.length} characters; the limit is ${BOUNDS.report}.`);
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

interface Given {
  readonly answer?: string | undefined;
  readonly findings?: readonly { readonly what: string; readonly where?: string | undefined }[] | undefined;
  readonly next?: readonly string[] | undefined;
  readonly text?: string | undefined;
}

/** The report as people read it: its first lines are its answer. */
function asText({ answer, findings = [], next = [], text }: Given): string {
  return [
    answer ?? '',
    findings.map(({ what, where }) => `- ${what}${where === undefined ? '' : ` (${where})`}`).join('\n'),
    next.length === 0 ? '' : ['Next:', ...next.map((step, index) => `${index + 1}. ${step}`)].join('\n'),
    text ?? '',
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}
