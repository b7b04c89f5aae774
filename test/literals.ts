/** A text in a source: its words, with `…` where something is put in. */
export interface Literal {
  readonly line: number;
  readonly text: string;
  /** Names of the calls that it stands in, from the outside: `transaction`, `Error`. */
  readonly calls: readonly string[];
}

/** Strings and templates of a TypeScript source, without those of comments, imports and regular expressions. */
export function literalsOf(source: string): Literal[] {
  const found: Literal[] = [];
  const calls: (string | null)[] = [];
  let line = 1;
  let at = 0;
  /** The last that is no space: a slash after it begins a regular expression, or divides. */
  let before = '';
  const next = (n = 1): void => {
    for (let i = 0; i < n; i++) if (source[at++] === '\n') line += 1;
  };
  const quoted = (quote: string): string => {
    let text = '';
    next();
    while (at < source.length && source[at] !== quote) {
      if (source[at] === '\\') {
        text += source.slice(at, at + 2);
        next(2);
      } else if (quote === '`' && source.startsWith('${', at)) {
        next(2);
        text += '…';
        code('}');
      } else {
        text += source[at] ?? '';
        next();
      }
    }
    next();
    return text;
  };
  const code = (until: string): void => {
    let depth = 0;
    while (at < source.length) {
      const char = source[at] ?? '';
      if (source.startsWith('//', at)) next(Math.max(1, (source + '\n').indexOf('\n', at) - at));
      else if (source.startsWith('/*', at)) next(source.indexOf('*/', at) + 2 - at);
      else if (char === "'" || char === '"' || char === '`') {
        const start = line;
        const names = calls.filter((name) => name !== null);
        const text = quoted(char);
        found.push({ line: start, text, calls: names });
        before = char;
      } else if (char === '/' && /[(,=:[!&|?{};>]|^$/.test(before)) {
        next();
        for (let inClass = false; at < source.length && (inClass || source[at] !== '/'); next()) {
          if (source[at] === '\\') next();
          else if (source[at] === '[') inClass = true;
          else if (source[at] === ']') inClass = false;
        }
        next();
        before = '/';
      } else {
        if (char === '(') calls.push(/([\w#]+)(?:<[^<>()]*>)?\s*$/.exec(source.slice(Math.max(0, at - 80), at))?.[1] ?? null);
        if (char === ')') calls.pop();
        if (char === '{') depth += 1;
        if (char === '}') {
          if (depth === 0 && until === '}') {
            next();
            return;
          }
          depth -= 1;
        }
        if (char.trim() !== '') before = char;
        next();
      }
    }
  };
  code('');
  return found;
}
