import type { Failure, RepeatedFailure, WorkItem } from '../types.ts';
import type { Exhaustion } from './cause.ts';

/**
 * So many equal failures in a row, on work that did not change, and another attempt is money thrown after nothing: the
 * first came without evidence, the second and third had it in their prompts.
 */
export const SAME_FAILURES = 3;

/**
 * What stays of a failure when all that differs between two runs of the same thing is taken out: times, lengths,
 * numbers, hashes, ids and paths. Two failures with equal texts are the same one.
 */
export function normalised(failure: Failure): string {
  // What an agent says differs each time; what a gate prints is the failure.
  const what = typeof failure.summary === 'string' ? failure.summary : JSON.stringify({ ...failure.summary, durationMs: 0 });
  const text = failure.cause === 'gate' || failure.cause === 'setup' ? `${what}\n${failure.evidence}` : what;
  const plain = text
    .toLowerCase()
    // eslint-disable-next-line no-control-regex -- colours of a terminal
    .replaceAll(/\u001b\[[\d;]*[a-z]/g, '')
    .replaceAll(/(?:[a-z]:)?[\w.~@-]*[/\\][\w./\\~@-]+/g, '<path>')
    .replaceAll(/\b\d{4}-\d\d-\d\d(?:[t ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:z|[+-]\d\d:?\d\d)?)?/g, '<n>')
    .replaceAll(/\b\d{1,2}:\d\d(?::\d\d(?:[.,]\d+)?)?\b/g, '<n>')
    .replaceAll(/\b\d+(?:\.\d+)?\s?(?:ms|µs|s|sec|seconds?|min|minutes?|h)\b/g, '<n>')
    .replaceAll(/\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b|\b(?:0x)?(?=[a-f]*\d)[0-9a-f]+\b(?:\.\d+)?/g, '<n>')
    .replaceAll(/<path>(?::<n>)+/g, '<path>');
  return `${failure.cause}\n${plain.replaceAll(/\s+/g, ' ').trim()}`;
}

/** The row of equal failures that a failure continues with or begins; null where it can't be compared. */
export function repeatedBy(item: WorkItem, failure: Failure): RepeatedFailure | null {
  if (failure.signature === undefined || failure.signature === '') return null;
  const work = failure.tree ?? item.work?.head ?? '';
  const before = item.repeated;
  const same = before !== null && before.signature === failure.signature && before.work === work;
  return { signature: failure.signature, work, times: same ? before.times + 1 : 1 };
}

/** Why no further attempt is made although some are left; null: it may. */
export function sameAgain({ repeated }: WorkItem): Extract<Exhaustion, { kind: 'same-failure' }> | null {
  return repeated === null || repeated.times < SAME_FAILURES ? null : { kind: 'same-failure', times: repeated.times };
}
