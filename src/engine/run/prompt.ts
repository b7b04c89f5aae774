import type { TemplateValues } from '../../agents/template.ts';
import { DEFAULT_PROMPTS, filesSection, interruption, toldSection } from '../../agents/default-prompts.ts';
import { scopeOf } from '../../agents/sections.ts';
import type { AgentSettings, ProjectSettings } from '../../config/settings.ts';
import type { NameOf } from '../../pipeline/actor.ts';
import { isSameFailure } from '../../pipeline/refused.ts';
import type { Told } from '../../pipeline/told/told.ts';
import type { GivenFile } from './told/give-files.ts';
import type { Failure, WorkItem } from '../../pipeline/types.ts';

const NO_DESCRIPTION = '(no description)';

/** What templates say of an item and of where it is worked on. */
export function templateValues(
  item: WorkItem,
  settings: ProjectSettings,
  place: { worktree: string; branch: string; attempt: number },
  failureText: (failure: Failure) => string,
): TemplateValues {
  const { outOfScope } = scopeOf(item.description);
  return {
    item: String(item.number),
    title: item.title,
    type: item.type,
    body: item.description === '' ? NO_DESCRIPTION : item.description,
    out_of_scope: outOfScope === '' ? '(none)' : outOfScope,
    criteria:
      item.criteria.length === 0 ? '(none)' : item.criteria.map(({ text, checked }) => `- [${checked ? 'x' : ' '}] ${text}`).join('\n'),
    worktree: place.worktree,
    base_branch: settings.baseBranch,
    failure: failuresOf(item, failureText),
    project: settings.name,
    branch: place.branch,
    attempt: String(place.attempt),
  };
}

/** The values for a template: where it says what is out of scope at a place of its own, the item's text does not say it again. */
export function valuesFor(template: string, item: WorkItem, values: TemplateValues): TemplateValues {
  if (!/\{\{\s*out_of_scope\s*\}\}/.test(template)) return values;
  const { description } = scopeOf(item.description);
  return description === '' ? { ...values, body: NO_DESCRIPTION } : { ...values, body: description };
}

/** The last failure, and why its work was turned down before that: the reason holds until the item is merged. */
function failuresOf({ failure, refused }: WorkItem, failureText: (failure: Failure) => string): string {
  const told = (one: Failure): string => `${failureText(one)}\n\n${one.evidence}`;
  const rejected = refused?.why ?? null;
  const before =
    rejected === null || isSameFailure(rejected, failure)
      ? ''
      : `Before that its work was rejected, and the reason still holds.\n${told(rejected)}`;
  return [failure === null ? '' : told(failure), before].filter((text) => text !== '').join('\n\n');
}

/** What the prompt of any agent ends with where people have said something about the item; else empty. */
export function toldText(told: readonly Told[], nameOf: NameOf): string {
  return told.length === 0 ? '' : toldSection(told.map((one) => spoken(one, nameOf)));
}

/** What the prompt of any agent says of the files that people sent; empty where there are none. */
export function filesText(files: readonly GivenFile[], nameOf: NameOf): string {
  if (files.length === 0) return '';
  return filesSection(
    files.map(({ path, type, bytes, by, at }) => ({ path, type, size: `${bytes} bytes`, who: nameOf(by), when: minuteOf(at) })),
  );
}

/** The prompt of a session that was interrupted for what people said. */
export function interruptedBy(told: readonly Told[], nameOf: NameOf): string {
  return interruption(told.map((one) => spoken(one, nameOf)));
}

function spoken({ by, at, text }: Told, nameOf: NameOf): Parameters<typeof toldSection>[0][number] {
  return { who: nameOf(by), when: minuteOf(at), text };
}

function minuteOf(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** The prompt of an agent, where it has none of its own the default of its role. */
export function promptTemplate(agent: AgentSettings): string {
  return agent.prompt ?? DEFAULT_PROMPTS[agent.role];
}
