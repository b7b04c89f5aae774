import { itemRef } from '../../src/bot/parse/arguments.ts';
import { command } from '../../src/bot/command.ts';
import { firstOfReport } from '../../src/bot/pages/report.ts';

export const report = command({
  words: ['report'],
  summary: 'Shows the report of a spike.',
  details: 'What its agent found out, from the beginning; `more` shows what follows.',
  examples: ['report 42'],
  args: { item: itemRef() },
  role: 'viewer',
  run(context, { item }) {
    const found = context.find(item);
    return found.ok ? firstOfReport(context, found.value) : found.error;
  },
});
