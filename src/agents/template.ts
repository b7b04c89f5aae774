import { TEMPLATE_VARIABLES, type TemplateVariable } from '../config/choices.ts';

/** A value for each variable; one that does not apply is an empty string. */
export type TemplateValues = Readonly<Record<TemplateVariable, string>>;

const VARIABLE = /\{\{([^{}]*)\}\}/g;

function isVariable(name: string): name is TemplateVariable {
  return (TEMPLATE_VARIABLES as readonly string[]).includes(name);
}

/**
 * Puts values in the place of `{{variable}}`. One pass: what is inserted is never expanded again, so an item whose
 * text holds `{{failure}}` stays text. An unknown name stays as it is; the configuration refuses it before.
 */
export function expandTemplate(template: string, values: TemplateValues): string {
  return template.replace(VARIABLE, (whole, inside: string) => {
    const name = inside.trim();
    return isVariable(name) ? values[name] : whole;
  });
}

/**
 * Expands a program argument. Text from people must not turn into an option: where the template does not start with
 * a dash and its expansion does, a space goes in front. NUL can't be passed to a program and is left out.
 */
export function expandArgument(template: string, values: TemplateValues): string {
  const text = expandTemplate(template, values).replaceAll('\0', '');
  return text.startsWith('-') && !template.startsWith('-') ? ` ${text}` : text;
}
