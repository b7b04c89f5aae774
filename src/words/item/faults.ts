import type { NameOf } from '../../pipeline/actor.ts';
import type { CommandEnd, ErrandWhy, Said } from '../../pipeline/why/fault.ts';
import type { PersonDid } from '../../pipeline/why/cause.ts';
import type { Failure } from '../../pipeline/types.ts';
import { bytes, counted, tokens } from '../amounts.ts';
import { inUnit } from '../budget.ts';
import { outageWords } from '../outage.ts';
import { causeWords, isPersonsAct } from './causes.ts';
import { firstLine, shortCommit } from './item.ts';
import { STUCK_WORDS } from './run.ts';
import { duration } from '../time.ts';

/** UTF-16 units of what a program or a person said. */
const LONGEST = 300;
/** Names in a line; what is more is counted. */
const NAMED = 5;
/** Output beyond this is cut off, in MB; as `OUTPUT_BYTES` of the supervision has it. */
const MOST_OUTPUT_MB = 256;

/** What went wrong, as it follows a name and a colon, without a full stop: `gate test failed with exit code 1 (0.4 s)`. */
export function faultWords(fault: Said, nameOf: NameOf): string {
  if (typeof fault === 'string') return clause(fault);
  switch (fault.kind) {
    case 'gate':
      return `gate ${fault.gate} ${endOf(fault.end)}${fault.where === 'merged' ? ' on the merged tree' : ''} (${duration(fault.durationMs)})`;
    case 'component':
      return `${fault.phase} of ${fault.component} failed: ${clause(fault.command)} ${endOf(fault.end)}`;
    case 'component-folder':
      return `${fault.phase} of ${fault.component} failed: this branch has no folder ${fault.path}`;
    case 'conflict':
      return `conflicts with ${fault.branch} in ${listed(fault.files)}`;
    case 'conflict-markers':
      return fault.agent === null
        ? `its change adds conflict markers in ${listed(fault.files)}`
        : `${fault.agent} left conflict markers in ${listed(fault.files)}`;
    case 'rejected':
      return fault.said === '' ? 'rejected without a reason' : `rejected: ${clause(fault.said)}`;
    case 'nothing-to-approve':
      return 'approved, but the branch has no commits to merge';
    case 'merge-reverted':
      return `its merge was reverted by ${nameOf(fault.by)}${fault.said === '' ? '' : `: ${clause(fault.said)}`}`;
    case 'no-commits':
      return 'the branch has no commits of its own';
    case 'no-change':
      return 'its commits change nothing';
    case 'objects-refused':
      return `git refuses what it would add to the base branch: ${clause(fault.said)}`;
    case 'tree-too-large':
      return `its commits hold more than ${fault.entries.toLocaleString('en-US')} new files or ${fault.depth} nested folders; they were taken off the branch and are kept under ${fault.ref}`;
    case 'refused-again':
      return 'nothing new was committed after the work was rejected';
    case 'nothing-committed':
      return fault.changed.length === 0
        ? 'the agent said it was done but changed nothing'
        : `the agent said it was done but left ${counted(fault.changed.length, 'changed file')} uncommitted: ${listed(fault.changed)}`;
    case 'work-elsewhere': {
      const commits = fault.commits === null ? 'its commits' : fault.commits === 1 ? '1 commit' : `${fault.commits} commits`;
      const where = fault.branch === null ? 'a detached HEAD' : firstLine(fault.branch, LONGEST);
      return `the agent left ${commits} on ${where} (${shortCommit(fault.commit)}), not on the item’s branch`;
    }
    case 'uncommittable':
      return `only git itself can commit ${listed(fault.files)} (filter or encoding): the agent has to run \`git commit\``;
    case 'hollow':
      return 'the run ended without using a model and without changing anything';
    case 'no-report':
      return 'the run ended without a report, which a spike has to leave';
    case 'no-verdict':
      return 'the review ended without a verdict';
    case 'branch-gone':
      return 'the branch is gone';
    case 'agent-blocked':
      return `${fault.agent} is stuck: ${clause(fault.said)}`;
    case 'agent-not-configured':
      return `agent ${fault.agent} is no longer configured`;
    case 'signed-out':
      return `nobody is signed in to ${fault.program}`;
    case 'project-not-configured':
      return `project ${fault.project} is no longer configured`;
    case 'failed-silently':
      return 'the run failed without saying why';
    case 'stuck':
      return `stuck (${STUCK_WORDS[fault.cause]}): ${faultWords(fault.said, nameOf)}`;
    case 'asked-nobody':
      return `the agent asked a question that nobody can answer: ${clause(fault.question)}`;
    case 'no-output':
      return `no output for ${duration(fault.ms)}`;
    case 'ran-too-long':
      return `ran longer than ${duration(fault.ms)}`;
    case 'old-lines':
      return `repeated the same lines for ${duration(fault.ms)} (${fault.times} lines): ${clause(fault.text)}`;
    case 'too-much-output':
      return `printed more than ${bytes(fault.bytes)}`;
    case 'too-many-models':
      return `its output named more than ${fault.most} models`;
    case 'repeats':
      return `the same ${fault.what} ${fault.times} times with no file changed: ${clause(fault.text)}`;
    case 'tokens-without-change':
      return `${tokens(fault.tokens)} output tokens with no file changed`;
    case 'over-limit':
      return fault.unit === 'turns'
        ? `over its limit of ${fault.cap} turns`
        : `over its limit: ${inUnit(fault.used, fault.unit)} used of ${inUnit(fault.cap, fault.unit)}`;
    case 'used-up-before':
      return 'earlier starts of this run had already used up its limits';
    case 'died-at-start':
      return `Musher died ${fault.times} times right after it started the agent`;
    case 'run-files-removed':
      return 'the files of the run were removed while it was running';
    case 'output-changed':
      return 'another program changed the output of the run after it was printed, so nothing in it can be relied on';
    case 'output-lost':
      return 'the program that writes down what agents print was killed, so the end of the output is missing';
    case 'process-lost':
      return 'the process was gone after Musher restarted';
    case 'killed-from-outside':
      return 'the agent was killed from outside';
    case 'processes-left':
      return `${faultWords(fault.said, nameOf)} (${fault.processes} of its processes could not be ended)`;
    case 'stopped':
      return isPersonsAct(fault.why) ? PASSIVE[fault.why.did] : causeWords(fault.why, '');
    case 'machine':
      return `the run failed because of the machine: ${clause(outageWords(fault)).replace(/^The /, 'the ')}`;
    case 'budget-reached':
      return `stopped at its budget: ${inUnit(fault.used, fault.unit)} used of ${inUnit(fault.cap, fault.unit)}`;
    case 'broke-off':
      return `${DURING[fault.during]} was interrupted: ${fault.said === null ? 'Musher hit a bug, the details are in its log file' : clause(fault.said)}`;
  }
}

/** The words of a failure; empty if there is none. */
export function failureWords(failure: Failure | null, nameOf: NameOf): string {
  return failure === null ? '' : faultWords(failure.summary, nameOf);
}

/** Why what a person asked for can't be done, without a full stop. */
export function errandWords(why: ErrandWhy, nameOf: NameOf): string {
  if (typeof why === 'string') return clause(why);
  switch (why.kind) {
    case 'no-snapshot':
      return `there is no snapshot ${why.snapshot}`;
    case 'not-merged':
      return 'it is not merged';
    case 'later-commits':
      return `later commits${why.subjects.length === 0 ? '' : ` (${listed(why.subjects)})`} changed the same places in ${listed(why.files)}`;
    case 'base-kept-moving':
      return `${why.branch} moved ${why.times} times while the gates ran`;
    case 'fails-without':
      return `without its change, ${faultWords(why.fault, nameOf)}`;
    case 'broke-off':
      return faultWords(why, nameOf);
  }
}

/** What a person did to its item, of a run that ended for it. */
const PASSIVE: { readonly [D in PersonDid]: string } = {
  started: 'started',
  stopped: 'stopped',
  accepted: 'its item was accepted',
  approved: 'its item was approved',
  rejected: 'its item was rejected',
  moved: 'its item was moved',
  retried: 'its item was retried',
  unblocked: 'its item was unblocked',
  deleted: 'its item was deleted',
};

const DURING = {
  gates: 'the check',
  merge: 'the merge',
  run: 'the run',
  restore: 'the restore',
  undo: 'the revert',
} as const;

/** How a command ended, after its name. */
function endOf(end: CommandEnd): string {
  switch (end.kind) {
    case 'exit':
      return `failed with exit code ${end.code}`;
    case 'signal':
      return 'was ended by a signal';
    case 'timeout':
      return 'ran into its timeout';
    case 'too-much-output':
      return `printed more than ${MOST_OUTPUT_MB} MB`;
  }
}

function listed(names: readonly string[]): string {
  const more = names.length > NAMED ? ` and ${names.length - NAMED} more` : '';
  return `${firstLine(names.slice(0, NAMED).join(', '), LONGEST)}${more}`;
}

/** One line without a full stop, since more follows. */
function clause(text: string): string {
  return firstLine(text, LONGEST).replace(/\.$/, '');
}
