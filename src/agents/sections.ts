/** A heading of Markdown: its marks, and its words with the marks that may close it. */
const HEADING = /^ {0,3}(#{1,6})[ \t](.*)$/;
const CLOSING = /#+$/;
const FENCE = /^[ \t]*(```+|~~~+)/;

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

/** Whether a description has a section of that name. */
export function hasSection(description: string, name: string): boolean {
  const wanted = name.trim().toLowerCase();
  return findHeadings(description.split('\n')).some((heading) => heading.name.toLowerCase() === wanted);
}

const SCOPE_HEADING = /^out[ -]of[ -]scope:?$/i;
/** `Out of scope: no Windows` without a heading, as people type it on a phone. */
const SCOPE_LINE = /^\s{0,3}(?:[*_]{0,2})out[ -]of[ -]scope(?:[*_]{0,2}):(?:[*_]{0,2})\s*(?=\S)/i;

/** What a description says is out of scope, under a heading or after `Out of scope:`, and the rest of it. */
export function scopeOf(description: string): { readonly description: string; readonly outOfScope: string } {
  const lines = description.split('\n');
  const headings = findHeadings(lines);
  const fenced = fencedLines(lines);
  const named = headings.find((heading) => SCOPE_HEADING.test(heading.name));
  if (named !== undefined) {
    const end = headings.find((heading) => heading.line > named.line && heading.level <= named.level)?.line ?? lines.length;
    return parted(lines, named.line, end, lines.slice(named.line + 1, end));
  }
  const start = lines.findIndex((line, at) => !fenced.has(at) && SCOPE_LINE.test(line));
  if (start === -1) return { description, outOfScope: '' };
  const after = lines.findIndex((line, at) => at > start && (line.trim() === '' || HEADING.test(line)));
  const end = after === -1 ? lines.length : after;
  const [first = '', ...more] = lines.slice(start, end);
  return parted(lines, start, end, [first.replace(SCOPE_LINE, ''), ...more]);
}

function parted(lines: readonly string[], start: number, end: number, scope: readonly string[]): ReturnType<typeof scopeOf> {
  const parts = [lines.slice(0, start).join('\n').trimEnd(), lines.slice(end).join('\n').replace(/^\n+/, '')];
  return { description: parts.filter((part) => part !== '').join('\n\n'), outOfScope: scope.join('\n').trim() };
}

function fencedLines(lines: readonly string[]): ReadonlySet<number> {
  const found = new Set<number>();
  let fence: string | null = null;
  for (const [line, text] of lines.entries()) {
    const mark = FENCE.exec(text)?.[1] ?? null;
    if (mark !== null || fence !== null) found.add(line);
    if (mark !== null) fence = fence === null ? mark : mark.startsWith(fence) ? null : fence;
  }
  return found;
}

function findHeadings(lines: readonly string[]): { line: number; level: number; name: string }[] {
  const fenced = fencedLines(lines);
  return lines.flatMap((text, line) => {
    const heading = fenced.has(line) ? null : HEADING.exec(text);
    if (heading === null) return [];
    return [{ line, level: heading[1]?.length ?? 1, name: (heading[2] ?? '').trim().replace(CLOSING, '').trimEnd() }];
  });
}
