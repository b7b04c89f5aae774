import type { RunAccess } from '../../agents/access.ts';
import type { RunSandbox } from '../../agents/supervision/sandboxed.ts';
import { expandTemplate, type TemplateValues } from '../../agents/template.ts';
import type { AgentSettings } from '../../config/settings.ts';
import type { Run } from '../../log/projections/run.ts';
import type { WorkItem } from '../../pipeline/types.ts';
import type { Told } from '../../pipeline/told/told.ts';
import type { CommitSha } from '../../pipeline/values.ts';
import { meter } from './meter.ts';
import { runDir, runMarker, type EngineParts, type EngineProject } from '../parts.ts';
import { filesDir, type GivenFile } from './told/give-files.ts';
import { filesText, interruptedBy, promptTemplate, templateValues, toldText, valuesFor } from './prompt.ts';
import { runToResume, sessionToResume, usedInSession } from './resume.ts';
import { reportSection } from '../../agents/default-prompts.ts';
import { REPORT_FILE } from './report/take-report.ts';
import { isTold } from './told/interrupt.ts';
import { limitedAgent } from './run-budget.ts';
import type { RunSpec } from '../../agents/supervision/run-spec.ts';

/** Where a run works. */
export interface Place {
  readonly worktree: string;
  readonly branch: string;
  /** Tip of the base branch when the run was made ready. */
  readonly base: CommitSha | null;
  /** Tree of all its files at that time; null: of no interest. */
  readonly files: CommitSha | null;
  /** What holds the process; null: nothing, or it runs already. */
  readonly sandbox: RunSandbox | null;
}

/** All that the process of a run is started and watched by; for one that continues from before it is the same again. */
export function specOf(
  parts: EngineParts,
  project: EngineProject,
  item: WorkItem,
  run: Run,
  agent: AgentSettings,
  place: Place & { readonly access: RunAccess | null; readonly told: readonly Told[]; readonly given: readonly GivenFile[] },
): RunSpec {
  const { worktree, branch } = place;
  const resumeSession = sessionToResume(parts, run);
  const values = templateValues(item, project.settings, { worktree, branch, attempt: run.attempt }, parts.failureText);
  return {
    marker: runMarker(parts, item, run.run),
    runDir: runDir(parts, item.project, item.number, run.run),
    agent: limitedAgent(agent, run),
    prompt: promptOf(parts, item, run, agent, values, place),
    ...(place.given.length === 0 ? {} : { filesDir: filesDir(parts, item.project, item.number) }),
    systemPrompt: agent.systemPrompt === null ? null : expandTemplate(agent.systemPrompt, values),
    variables: values,
    worktree,
    sandbox:
      place.sandbox === null ? null : { ...place.sandbox, ports: place.access === null ? [] : [Number(new URL(place.access.url).port)] },
    env: { ...agent.accounts?.find(({ name }) => name === run.account)?.env, ...identityVariables(project.git.identity) },
    resumeSession,
    before: usedInSession(parts, run, resumeSession),
    ...(agent.role === 'qa' ? {} : { workState: () => workState(project, item, branch) }),
    clock: parts.clock,
    onSignal: meter(parts, project.settings, item, run),
    beforeEnd: () => keepBeforeEnd(project, item, run, branch),
    limitsNow: () => limitedAgent(agent, parts.log.reads.run(run.project, run.item, run.run) ?? run).limits,
    onProblem: parts.onProblem,
    stopGraceMs: parts.stopGraceMs,
    access: place.access,
    keeper: parts.keeper ?? null,
    ...(parts.pricing === undefined ? {} : { pricing: parts.pricing }),
    waited: (from, to) => parts.access?.waited(run, from, to) ?? { forPeople: 0, forMusher: 0 },
  };
}

/** All of its role's prompt and what people said; in a session that was interrupted for what they said, that alone. */
function promptOf(
  parts: EngineParts,
  item: WorkItem,
  run: Run,
  agent: AgentSettings,
  values: TemplateValues,
  { told, given }: { readonly told: readonly Told[]; readonly given: readonly GivenFile[] },
): string {
  const before = runToResume(parts, run);
  const news = told.filter(({ read }) => read === undefined);
  if (before !== null && news.length > 0 && isTold(before.stopRequested))
    return `${interruptedBy(news, parts.nameOf)}${filesText(given, parts.nameOf)}`;
  const template = promptTemplate(agent);
  const asksReport = item.type === 'spike' && agent.role === 'coder' ? reportSection(REPORT_FILE) : '';
  return `${expandTemplate(template, valuesFor(template, item, values))}${asksReport}${toldText(told, parts.nameOf)}${filesText(given, parts.nameOf)}`;
}

/** What is not committed when a run is asked to end. */
async function keepBeforeEnd({ git }: EngineProject, item: WorkItem, run: Run, branch: string): Promise<void> {
  if (branch === '') return;
  const at = { number: item.number, branch };
  if ((await git.leftovers(at)).length > 0) await git.snapshot(at, `before run ${run.run} was stopped`);
}

/** What the branch and the files of the worktree are at this moment. */
async function workState({ git }: EngineProject, item: WorkItem, branch: string): Promise<string> {
  const [work, files] = await Promise.all([git.readWork(branch), git.treeOfFiles({ number: item.number, branch })]);
  return `${work?.head ?? ''} ${files ?? ''}`;
}

/** An agent's own git commits as the owner, also on a machine where git knows nobody. */
function identityVariables({ name, email }: EngineProject['git']['identity']): Record<string, string> {
  return { GIT_AUTHOR_NAME: name, GIT_AUTHOR_EMAIL: email, GIT_COMMITTER_NAME: name, GIT_COMMITTER_EMAIL: email };
}
