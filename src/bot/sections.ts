/** A heading of Markdown: its marks, and its words with the marks that may close it. */
const HEADING = /^ {0,3}(#{1,6})[ \t](.*)$/;
const CLOSING = /#+$/;

export interface SectionEdit {
  readonly description: string;
  /** The heading as it is now. */
  readonly name: string;
  readonly created: boolean;
}

/**
 * Replaces the text of one section in a description; a missing section is added at the end, as `## Name`.
 * A section ends at the next heading of its own level or above; case does not matter in names, and headings within
 * code fences do not count.
 */
export function editSection(description: string, name: string, text: string): SectionEdit {
  const lines = description === '' ? [] : description.split('\n');
  const headings = findHeadings(lines);
  const wanted = name.trim().toLowerCase();
  const found = headings.find((heading) => heading.name.toLowerCase() === wanted);
  if (found === undefined) {
    const title = name.trim().charAt(0).toUpperCase() + name.trim().slice(1);
    const before = description.trimEnd();
    return { description: `${before === '' ? '' : `${before}\n\n`}## ${title}\n\n${text.trim()}`, name: title, created: true };
  }
  const next = headings.find((heading) => heading.line > found.line && heading.level <= found.level);
  const after = next === undefined ? [] : ['', ...lines.slice(next.line)];
  return {
    description: [...lines.slice(0, found.line + 1), '', text.trim(), ...after].join('\n').trimEnd(),
    name: found.name,
    created: false,
  };
}

function findHeadings(lines: readonly string[]): { line: number; level: number; name: string }[] {
  const headings: { line: number; level: number; name: string }[] = [];
  let fence: string | null = null;
  for (const [line, text] of lines.entries()) {
    const mark = /^[ \t]*(```+|~~~+)/.exec(text)?.[1] ?? null;
    if (mark !== null) fence = fence === null ? mark : mark.startsWith(fence) ? null : fence;
    const heading = fence === null ? HEADING.exec(text) : null;
    if (heading !== null)
      headings.push({ line, level: heading[1]?.length ?? 1, name: (heading[2] ?? '').trim().replace(CLOSING, '').trimEnd() });
  }
  return headings;
}
