import { expect, it } from 'vitest';
import { DEFAULT_PROMPTS } from '../../src/agents/default-prompts.ts';
import { expandTemplate } from '../../src/agents/template.ts';
import { templateValues, valuesFor } from '../../src/engine/run/prompt.ts';
import { projectSettings } from '../commands/harness.ts';
import { STAGE, standing } from '../pipeline/samples.ts';

const place = { worktree: '/w', branch: 'b', attempt: 1 };

function prompt(template: string, description: string): string {
  const item = standing(STAGE.current, 'idle', { description });
  const values = templateValues(item, projectSettings('shop', '/nowhere'), place, () => '');
  return expandTemplate(template, valuesFor(template, item, values));
}

const DESCRIPTION = 'Export it.\n\n## Out of scope\nExcel\n\n## Notes\nAsk.';

it('a prompt says once what is out of scope, within what people wrote, for each kind of agent', () => {
  for (const template of Object.values(DEFAULT_PROMPTS)) {
    const text = prompt(template, DESCRIPTION);
    expect(text.match(/Excel/g)).toHaveLength(1);
    expect(text).toMatch(/Export it\.\n\n## Notes\nAsk\.\n[\s\S]*Out of scope:\nExcel\n----- end of item/);
    expect(prompt(template, 'Export it.')).toContain('Out of scope:\n(none)\n----- end of item');
  }
});

it('a prompt of its own that does not ask for it has the whole description', () => {
  expect(prompt('Do: {{body}}', DESCRIPTION)).toBe(`Do: ${DESCRIPTION}`);
  expect(prompt('Do: {{body}} not: {{ out_of_scope }}', '## Out of scope\nExcel')).toBe('Do: (no description) not: Excel');
});
