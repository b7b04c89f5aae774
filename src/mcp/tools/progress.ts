import * as z from 'zod';
import { cutLine } from '../../agents/shown-input.ts';
import { change, write } from '../events.ts';
import { refusal, said, tool } from '../tool.ts';

/** People are shown the latest; more often than this nobody reads. */
const BETWEEN_NOTES_MS = 5_000;

export const note = tool({
  name: 'note',
  description: 'Tells people in one line what you are doing; they see it in status.',
  input: { text: z.string().trim().min(1).max(1_000) },
  run(parts, { caller }, { text }) {
    return (
      change(parts, caller, (tx, now) => {
        const last = now.run.lastHeartbeat;
        if (last === null || tx.now - last >= BETWEEN_NOTES_MS)
          write(tx, now, 'run.heartbeat', { run: now.run.run, activity: cutLine(text, 200) });
        return said('Noted.');
      }) ?? refusal('The run has ended.')
    );
  },
});

export const reportBlocker = tool({
  name: 'report_blocker',
  description:
    'Reports that the item cannot be done, and why. When your run ends, the item is blocked with this reason and people are notified, instead of another attempt. End your run afterwards.',
  input: { reason: z.string().trim().min(1).max(2_000) },
  run(parts, { caller }, { reason }) {
    return (
      change(parts, caller, (tx, now) => {
        write(tx, now, 'run.blocker', { run: now.run.run, reason });
        return said('Noted. End your run now: the item is then blocked with this reason, and people are notified.');
      }) ?? refusal('The run has ended.')
    );
  },
});
