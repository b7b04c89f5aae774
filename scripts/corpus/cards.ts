import { actorName } from '../../src/pipeline/actor.ts';
import type { Run } from '../../src/log/projections/run.ts';
import type { Document } from '../../src/message/document.ts';
import type { WorkItem } from '../../src/pipeline/types.ts';
import { cardDocument, continuedCard } from '../../src/words/item/card.ts';
import { AT, COMMIT, reasoned } from './facts.ts';

const MINUTE = 60_000;
const READER = { current: 'shop', now: AT, timezone: 'UTC', nameOf: actorName };
const WORKS = { agent: 'coder-1', state: 'running', startedAt: AT - 3 * MINUTE, pendingAt: AT - 4 * MINUTE, activity: 'Bash npm test' };
const ENDED = { ...WORKS, state: 'ended', reason: 'finished', closing: 'Added the tax column.\nThe old export still reads it.' };

/** An item's live card for each reason that an item can have, with a run that works and with one that has ended. */
export function cards(): (readonly [of: string, Document])[] {
  const each = reasoned().flatMap(({ item, step }) =>
    [WORKS, ENDED].map((run): readonly [string, Document] => {
      const card = cardDocument(
        {
          item: { ...item, ...LOOKED_AT },
          step,
          // A card looks at nothing else of it.
          run: run as unknown as Run,
          spent: { microUsd: 210_000, tokens: 51_200 },
          cap: 5_000_000,
          reviewed: true,
          approval: run === ENDED ? { by: 'person:Anna', reason: 'looks right, tests cover it' } : null,
          pressable: true,
        },
        READER,
      );
      return [`card, ${step.reason.kind}, run ${run.state}`, card];
    }),
  );
  const [first] = reasoned();
  return first === undefined ? each : [...each, ['card continued', continuedCard(first.item, READER)]];
}

/** What a card shows of an item besides what the words of its reason look at. */
const LOOKED_AT = {
  criteria: [
    { text: 'exports work', checked: true },
    { text: 'imports work', checked: false },
  ],
  work: { head: COMMIT, commitsAhead: 1 },
  held: null,
  deletedAt: null,
} as unknown as Pick<WorkItem, 'criteria' | 'work' | 'held' | 'deletedAt'>;
