import type { Cause, CheckoutLeft, PersonDid, Why } from '../../pipeline/why/cause.ts';
import { code, type Content } from '../../message/build.ts';
import { firstLine, shortCommit } from './item.ts';
import { exhaustionWords } from './exhaustion.ts';

const LONGEST = 300;
/** Names in a line; what is more is counted. */
const NAMED = 5;

/**
 * Why an item moved, was stopped or went to the archive, as it follows a colon; empty where the actor's name says it
 * all, or a purge took it out. `failure`: the words of the one that came with it; empty: none.
 */
export function causeWords(why: Why, failure: string): string {
  if (typeof why === 'string') return firstLine(why, LONGEST);
  switch (why.kind) {
    case 'asked-to-start':
      return 'it was queued';
    case 'dependencies-met':
      return 'everything it depends on is merged';
    case 'attempts-used-up':
    case 'sent-back-too-often':
    case 'same-failure':
      return exhaustionWords(why, failure);
    case 'no-merge-agent':
    case 'failed':
      return failure;
    case 'reported':
      return 'its report is there';
    case 'person':
    case 'approved':
      return '';
    case 'gates-passed':
      return why.gates.length === 0 ? 'no gates are configured' : `${listed(why.gates)} passed at ${shortCommit(why.commit)}`;
    case 'squashed':
      return `squashed onto ${why.branch}${why.afterRestart ? ', found after a restart' : ''}${why.checkout === null ? '' : `; your checkout was not updated: ${why.checkout.reason}`}`;
    case 'already-merged':
      return `its changes were on ${why.branch} already`;
    case 'nothing-to-merge':
      return `${why.branch} already has everything on its branch, so it has no change of its own to merge`;
    case 'base-kept-moving':
      return `${why.branch} moved ${why.times} times while the gates ran on the merged tree`;
    case 'base-moved-by-agent':
      return `an agent moved ${why.branch} itself: it holds this item’s commits at ${shortCommit(why.head)}, and Musher didn’t merge them`;
    case 'approval-outdated':
      return 'the branch changed after it was approved';
    case 'settings-touched':
      return `it changes Musher’s own settings (${listed(why.paths)})`;
    case 'secrets':
      return why.found.length === 0 ? 'its diff is too large to scan for secrets' : `its diff may contain a secret (${listed(why.found)})`;
    case 'unknown-links':
      return `it links to a nested repository or submodule commit that none of your own repositories has: ${listed(why.links.map(({ path, commit }) => `${path} at ${shortCommit(commit)}`))}. If it can be fetched, fetch it in your clone`;
    case 'rate-limited-too-often':
      return `the model provider rate-limited it ${why.times} times in a row`;
    case 'agent-blocked':
      return `${why.agent} is stuck: ${firstLine(why.said, LONGEST)}`;
    case 'run-limits-reached':
      return `${failure === '' ? '' : `${failure}. `}Raise [agent.limits], or run_usd and run_tokens, before you retry`;
    case 'needs-fix':
      return `${failure === '' ? '' : `${failure}. `}${why.fix.replace(/\.$/, '')}`;
    case 'merge-reverted':
      return 'its merge was reverted';
    case 'not-wanted':
      return 'its item was stopped, moved or deleted';
    case 'told':
      return 'to continue with what a person told it';
    case 'musher-stopped':
      return 'Musher was stopped';
    case 'paused':
      return 'its project was paused';
    case 'time-passed':
      return 'its time had passed when the log was restored';
  }
}

/** What a person did, as it follows their name. */
export const PERSON_DID: { readonly [D in PersonDid]: string } = {
  started: 'started it',
  stopped: 'stopped it',
  accepted: 'accepted it',
  approved: 'approved it',
  rejected: 'rejected it',
  moved: 'moved it',
  retried: 'retried it',
  unblocked: 'unblocked it',
  deleted: 'deleted it',
};

/** Whether it says what a person did by a command, with nothing more to it. */
export function isPersonsAct(why: Why): why is Extract<Cause, { kind: 'person' }> {
  return typeof why !== 'string' && why.kind === 'person';
}

/** That the owner's checkout stayed where it was, and the command that brings it along: two sentences. */
export function checkoutWords({ reason }: CheckoutLeft): Content[] {
  return [`Your checkout was not updated: ${reason}. Run `, code(CATCH_UP), ' there before you commit.'];
}

/** Typed in a terminal, in the checkout. */
export const CATCH_UP = 'musher catch-up';

function listed(names: readonly string[]): string {
  const more = names.length > NAMED ? ` and ${names.length - NAMED} more` : '';
  return firstLine(`${names.slice(0, NAMED).join(', ')}${more}`, LONGEST);
}
