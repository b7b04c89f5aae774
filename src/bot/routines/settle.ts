import type { Tx } from '../../log/tx.ts';
import { routineOf, type IncomingMessage } from '../../message/address.ts';
import { join } from '../../message/build.ts';
import type { Document } from '../../message/document.ts';
import { MOST_FAILURES } from '../../pipeline/later/routine.ts';
import { routineStopped, withRoutine } from '../../words/steer/routines.ts';

/**
 * Counts how a routine's command was answered, in the transaction that stores the reply, and stops the routine after too many
 * failures in a row. Gives what the reply says of it: one message for both.
 */
export function settleRoutine(
  tx: Tx,
  message: IncomingMessage,
  outcome: 'ok' | 'refused' | 'failed',
): { readonly ofRoutine: (body: Document) => Document } {
  const of = routineOf(message);
  if (of === null) return { ofRoutine: (body) => body };
  const about = { project: of.project, item: null, actor: 'musher', cause: null } as const;
  tx.record({ ...about, kind: 'routine.answered', payload: { routine: of.routine, outcome } });
  const routine = tx.reads.routines.get(of.project, of.routine);
  const isOver = routine !== null && routine.failures >= MOST_FAILURES;
  if (isOver) tx.record({ ...about, kind: 'routine.cancelled', payload: { routine: of.routine, why: 'failures' } });
  return {
    ofRoutine: (body) => {
      const said = withRoutine(of.routine, message.text, body);
      return isOver ? join(said, routineStopped(routine)) : said;
    },
  };
}
