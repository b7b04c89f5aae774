import { nearest } from '../nearest.ts';
import { TEMPLATE_VARIABLES } from './choices.ts';

/** What is wrong in a prompt template: each `{{variable}}` that does not exist, with the nearest that does. */
export function templateProblems(template: string): string[] {
  const problems: string[] = [];
  for (const [, inside] of template.matchAll(/\{\{([^{}]*)\}\}/g)) {
    const variable = (inside ?? '').trim();
    if ((TEMPLATE_VARIABLES as readonly string[]).includes(variable)) continue;
    const near = nearest(variable, TEMPLATE_VARIABLES);
    const advice = near === null ? `the variables are ${TEMPLATE_VARIABLES.join(', ')}` : `did you mean {{${near}}}?`;
    problems.push(`there is no variable {{${variable}}}; ${advice}`);
  }
  return problems;
}
