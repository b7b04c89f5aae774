/** Foreign text as it may be in Slack's own markup: no `<`, so no mention, no link and no broadcast can begin. */
export function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/**
 * What a person typed, from the way Slack passes it on: `<https://a.example|a.example>` is `a.example` again,
 * `<#C1|general>` is `#general`, `<!here>` is `@here`, and `&lt;` is `<`. Mentions of people stay `<@U1>`, for the bot is
 * found by its own.
 */
export function typedText(text: string): string {
  return text
    .replaceAll(/<([^<>]*)>/g, (whole, inside: string) => withoutBrackets(inside) ?? whole)
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}

function withoutBrackets(inside: string): string | null {
  const bar = inside.indexOf('|');
  const target = bar === -1 ? inside : inside.slice(0, bar);
  const label = bar === -1 ? '' : inside.slice(bar + 1);
  if (target.startsWith('@')) return `<${target}>`;
  if (target.startsWith('#')) return `#${label === '' ? target.slice(1) : label}`;
  if (target.startsWith('!')) return label === '' ? `@${target.slice(1)}` : label;
  if (/^[a-z][a-z0-9+.-]*:/i.test(target)) return label === '' ? target : label;
  return null;
}
