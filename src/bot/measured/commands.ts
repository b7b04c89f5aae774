import type { ProjectSettings } from '../../config/settings.ts';
import {
  measureFailed,
  measuring,
  neverMeasured,
  noSuchReport,
  reportDetails,
  reportSummaries,
  shownMeasure,
} from '../../words/measured/measured.ts';
import { readerOf } from '../../words/reader.ts';
import type { Reply } from '../../words/reply.ts';
import type { Project } from '../capabilities.ts';
import { command, type Command, type CommandContext } from '../command.ts';
import { projectOf } from '../of-item.ts';
import { project as projectArgument } from '../parse/arguments.ts';

/** Two commands for each name: one shows the last value, the other measures it. A project that has no such report says so. */
export function reportCommands(projects: readonly Pick<ProjectSettings, 'reports'>[]): Command[] {
  const names = [...new Set(projects.flatMap(({ reports }) => reports.map(({ name }) => name)))];
  return names.flatMap((name) => {
    const args = { project: projectArgument().optional() };
    const summaries = reportSummaries(name);
    const show = command({
      words: [name],
      summary: summaries.show,
      details: reportDetails(name),
      examples: [name],
      args,
      role: 'viewer',
      run: (context, { project }) => shown(context, meant(context, project), name),
    });
    const measure = command({
      words: [name, 'run'],
      summary: summaries.run,
      examples: [`${name} run`],
      args,
      role: 'operator',
      waits: true,
      async *run(context, { project }) {
        const of = meant(context, project);
        const missing = absent(context, of, name);
        if (missing !== null) return missing.body;
        yield measuring(name, of.name, context.project.name);
        const result = await context.measure(of.name, name);
        if (result.ok && result.value.exitCode === 0) return shown(context, of, name).body;
        return measureFailed(name, of.name, context.project.name, result);
      },
    });
    return [show, measure];
  });
}

function meant(context: CommandContext, typed: string | null): Project {
  return typed === null ? context.project : projectOf(context, { project: typed });
}

function absent(context: CommandContext, { name: project, settings }: Project, name: string): Reply | null {
  if (settings.reports.some((one) => one.name === name)) return null;
  const having = context.projects.filter((one) => one.settings.reports.some((report) => report.name === name));
  return noSuchReport(
    name,
    project,
    having.map((one) => one.name),
  );
}

function shown(context: CommandContext, project: Project, name: string): Reply {
  const missing = absent(context, project, name);
  if (missing !== null) return missing;
  const { good, bad } = context.reads.measures.get(project.name, name);
  const here = context.project.name;
  return good === null && bad === null
    ? neverMeasured(name, project.name, here)
    : shownMeasure(name, project.name, { good, bad }, readerOf(context));
}
