import { statSync } from 'node:fs';
import { projectCaps, UNLIMITED, widened } from './sections/budget.ts';
import { readDocument } from './read/document.ts';
import { keyText } from './read/explain.ts';
import type { KeyLocator, KeyPath } from './read/locate.ts';
import type { Problem } from './read/problem.ts';
import { asSettings } from './as-settings.ts';
import { agentSchema, agentSettings, workStage } from './sections/agents.ts';
import { componentSchema } from './sections/components.ts';
import { defaultSettings, defaultsProblems } from './sections/defaults.ts';
import { gateSchema, reportNameProblem, reportSchema } from './sections/gates.ts';
import { linksSchema } from './sections/links.ts';
import { workSchema } from './sections/work.ts';
import { botSchema, projectEntrySchema, projectSchema } from './schema.ts';
import { RUNTIMES } from '../agents/runtimes/index.ts';
import { findRuntime } from '../agents/runtimes/runtime.ts';
import type { AgentEntry, ProjectEntry, ProjectFile } from './schema.ts';
import { NO_SANDBOX } from './sections/sandbox.ts';
import type { ProjectSettings, SandboxSettings } from './settings.ts';
import { templateProblems } from './templates.ts';

/** Which project, where its checkout is and which file describes it; both absolute. */
export interface ProjectPlace {
  readonly name: string;
  readonly path: string;
  readonly file: string;
  /** What bot.toml allows it to use. */
  readonly ceiling: ProjectEntry['budget'];
  /** Default: none. */
  readonly sandbox?: SandboxSettings;
}

/** `value` is null when there are problems; `secrets` must be shown nowhere. */
interface ReadProject {
  readonly value: ProjectSettings | null;
  readonly secrets: readonly string[];
  readonly problems: readonly Problem[];
  /** What it was read from; absolute. */
  readonly files: readonly string[];
}

/** Reads and checks the file of one project; `value` is null when there are problems. `commandNames`: first words of commands, which no report may have. */
export function readProject(
  place: ProjectPlace,
  env: NodeJS.ProcessEnv,
  builtIn?: string,
  commandNames: ReadonlySet<string> = new Set(),
): ReadProject {
  const { file } = place;
  if (builtIn === undefined && statSync(file, { throwIfNoEntry: false }) === undefined) {
    const message = `does not exist: the file of project ${place.name}; \`musher init ${place.path}\` writes one`;
    return { value: null, secrets: [], files: [file], problems: [{ file, line: 1, key: '', message }] };
  }
  const elsewhere = new Map([
    ...Object.keys(agentSchema.shape).map((key) => [key, 'a section [[agent]]'] as const),
    ...Object.keys(projectEntrySchema.shape).map((key) => [key, 'the section [[project]] of bot.toml'] as const),
    ...Object.keys(botSchema.shape).map((key) => [key, 'bot.toml'] as const),
  ]);
  const read = readDocument(file, { schema: projectSchema, folder: place.path, env, elsewhere, builtIn });
  const { secrets, files } = read;
  if (read.value === null) return { value: null, secrets, files, problems: read.problems };
  const problems = [...crossChecks(read.value, file, read.line, commandNames), ...budgetProblems(place, read.value, read.line)];
  return { value: problems.length === 0 ? settings(place, read.value) : null, secrets, files, problems };
}

/** What no single key shows. */
function crossChecks(project: ProjectFile, file: string, line: KeyLocator, commandNames: ReadonlySet<string>): Problem[] {
  const problems: Problem[] = [];
  const complain = (path: KeyPath, message: string): void => {
    problems.push({ file, line: line(path), key: keyText(path), message });
  };
  for (const section of ['gate', 'component', 'agent', 'report'] as const) {
    const names = project[section].map(({ name }) => name);
    for (const [index, name] of names.entries()) {
      if (names.indexOf(name) < index) complain([section, index, 'name'], `"${name}" is already the name of another ${section}`);
    }
  }
  for (const [index, { name }] of project.report.entries()) {
    const message = reportNameProblem(name, commandNames);
    if (message !== null) complain(['report', index, 'name'], message);
  }
  for (const [index, agent] of project.agent.entries()) {
    for (const [key, message] of agentProblems(agent)) complain(['agent', index, key], message);
  }
  const coders = project.agent.filter(({ stage }) => workStage(stage) === 'current').map(({ name }) => name);
  for (const [type, message] of defaultsProblems(defaultSettings(project.defaults), coders, 'this project'))
    complain(['defaults', type, 'agent'], message);
  const stages = new Set(project.agent.map(({ stage }) => workStage(stage)));
  if (!stages.has('current')) complain(['agent'], 'at least one agent with stage = "current" is needed');
  if (project.qa === 'agent' && !stages.has('qa')) {
    complain(['qa'], '"agent" needs an agent with stage = "qa"; add one, or write "server" or "human"');
  }
  return problems.toSorted((a, b) => a.line - b.line);
}

function budgetProblems({ file, ceiling }: ProjectPlace, { budget }: ProjectFile, line: KeyLocator): Problem[] {
  return widened(ceiling, budget).map(({ key, message }) => {
    const path = ['budget', key];
    return { file, line: line(path), key: keyText(path), message };
  });
}

function agentProblems(agent: AgentEntry): [key: string, message: string][] {
  const problems: [string, string][] = [];
  const runtime = findRuntime(RUNTIMES, agent.runtime);
  if (runtime.command === null && agent.command === undefined) {
    problems.push([
      'command',
      `is missing: runtime "${runtime.name}" needs the program and its arguments, such as ["python3", "agent.py"]`,
    ]);
  }
  const set: Readonly<Record<string, unknown>> = agent;
  for (const key of RUNTIMES.flatMap(({ keys }) => Object.keys(keys))) {
    if (key in runtime.keys || set[key] === undefined) continue;
    problems.push([key, `does not apply to runtime "${runtime.name}"; set its program's permissions in its own command`]);
  }
  if (!agent.auto && workStage(agent.stage) !== 'current')
    problems.push([
      'auto',
      'only coders can be asked for by name, so an agent of another stage that is not taken by itself would never work',
    ]);
  for (const key of ['prompt', 'system_prompt'] as const) {
    for (const message of templateProblems(agent[key] ?? '')) problems.push([key, message]);
  }
  // The arguments of a program are templates as well.
  if (runtime.templates) {
    for (const message of templateProblems((agent.command ?? []).join(' '))) problems.push(['command', message]);
  }
  return problems;
}

/** What concerns all projects (`guarded`, budgets of days) is filled in by the one who reads bot.toml. */
function settings(place: ProjectPlace, project: ProjectFile): ProjectSettings {
  return {
    name: place.name,
    path: place.path,
    file: place.file,
    sandbox: place.sandbox ?? NO_SANDBOX,
    guarded: [],
    ...asSettings(workSchema, project),
    links: asSettings(linksSchema, project.links),
    gates: project.gate.map((gate) => asSettings(gateSchema, gate)),
    reports: project.report.map((report) => asSettings(reportSchema, report)),
    components: project.component.map((component) => asSettings(componentSchema, component)),
    agents: project.agent.map(agentSettings),
    defaults: defaultSettings(project.defaults),
    budget: { ...UNLIMITED, ...projectCaps(place.ceiling, project.budget) },
  };
}

/** Freezes a tree of plain objects and arrays, and gives it back. */
export function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) deepFreeze(inner);
  }
  return value;
}
