import { integer, itemRef } from '../../src/bot/parse/arguments.ts';
import { command } from '../../src/bot/command.ts';
import { historyPage } from '../../src/bot/pages/history.ts';

const DEFAULT = 20;
const MOST = 200;

export const history = command({
  words: ['history'],
  summary: 'Lists what happened to an item, the newest last.',
  details: `Who did what and when. Shows the last ${DEFAULT} events by default; \`more\` shows those before. Heartbeats and usage records of runs are left out; \`show\` and \`cost\` have the totals.`,
  examples: ['history 42', 'history 42 100'],
  args: {
    item: itemRef(),
    events: integer({ min: 1, max: MOST, description: `How many events; ${DEFAULT} by default.` }).optional(),
  },
  role: 'viewer',
  run(context, { item: ref, events: wanted }) {
    const found = context.findAny(ref);
    return found.ok ? historyPage(context, found.value, wanted ?? DEFAULT) : found.error;
  },
});
