/** A place in a parsed TOML document: keys of tables and indexes of arrays. */
export type KeyPath = readonly (string | number)[];

/** The line (from 1) of a key or list element; for a missing one, the line of the enclosing table. */
export type KeyLocator = (path: KeyPath) => number;

/**
 * Finds the lines of all keys in a TOML document. The document must have been parsed without an error: this scanner
 * follows the same structure (tables, arrays of tables, dotted keys, inline tables, lists over several lines) but
 * does not check it.
 */
export function locateKeys(toml: string): KeyLocator {
  const lines = new Map<string, number>([['[]', 1]]);
  new Scanner(toml, lines).document();
  return (path) => {
    for (let length = path.length; length > 0; length--) {
      const line = lines.get(JSON.stringify(path.slice(0, length)));
      if (line !== undefined) return line;
    }
    return 1;
  };
}

class Scanner {
  readonly #toml: string;
  readonly #lines: Map<string, number>;
  /** Number of elements of each array of tables so far, by its path. */
  readonly #tables = new Map<string, number>();
  #at = 0;
  #line = 1;

  constructor(toml: string, lines: Map<string, number>) {
    this.#toml = toml;
    this.#lines = lines;
  }

  document(): void {
    let table: KeyPath = [];
    for (this.#blank(); this.#at < this.#toml.length; this.#blank()) {
      if (this.#toml[this.#at] === '[') table = this.#header();
      else this.#pair(table);
    }
  }

  /** `[a.b]` or `[[a.b]]`; gives the path that the keys below it belong to. */
  #header(): KeyPath {
    const line = this.#line;
    const isArray = this.#toml.startsWith('[[', this.#at);
    this.#at += isArray ? 2 : 1;
    const keys = this.#keys(']');
    this.#at += isArray ? 2 : 1;
    const path: (string | number)[] = [];
    for (const [depth, key] of keys.entries()) {
      path.push(key);
      const id = JSON.stringify(path);
      const isLast = depth === keys.length - 1;
      if (isArray && isLast) this.#tables.set(id, (this.#tables.get(id) ?? 0) + 1);
      this.#note(path, line);
      const count = this.#tables.get(id);
      if (count !== undefined) {
        path.push(count - 1);
        this.#note(path, line);
      }
    }
    return path;
  }

  /** `a.b = value` */
  #pair(table: KeyPath): void {
    const line = this.#line;
    const path = [...table];
    for (const key of this.#keys('=')) {
      path.push(key);
      this.#note(path, line);
    }
    this.#at++;
    this.#blank();
    this.#value(path);
  }

  /** The parts of a key up to `end`, which is not consumed. */
  #keys(end: string): string[] {
    const keys: string[] = [];
    for (;;) {
      this.#blank();
      const char = this.#toml[this.#at];
      if (char === undefined || char === end) return keys;
      if (char === '.') this.#at++;
      else if (char === '"' || char === "'") keys.push(this.#string());
      else {
        const word = /[^\s.=\]"']+/y;
        word.lastIndex = this.#at;
        const found = word.exec(this.#toml)?.[0] ?? char;
        this.#at += found.length;
        keys.push(found);
      }
    }
  }

  #value(path: KeyPath): void {
    const char = this.#toml[this.#at];
    if (char === '"' || char === "'") this.#string();
    else if (char === '[') this.#list(path);
    else if (char === '{') this.#inlineTable(path);
    else while (this.#at < this.#toml.length && !/[,\]}\n#]/.test(this.#toml[this.#at] ?? '')) this.#at++;
  }

  #list(path: KeyPath): void {
    this.#at++;
    for (let index = 0; ;) {
      this.#blank();
      const char = this.#toml[this.#at];
      if (char === undefined) return;
      if (char === ']' || char === ',') {
        this.#at++;
        if (char === ']') return;
        index++;
        continue;
      }
      const before = this.#at;
      this.#note([...path, index], this.#line);
      this.#value([...path, index]);
      // Only in a document that no parser takes: nothing was consumed, and the loop has to end all the same.
      if (this.#at === before) this.#at++;
    }
  }

  #inlineTable(path: KeyPath): void {
    this.#at++;
    for (;;) {
      this.#blank();
      const char = this.#toml[this.#at];
      if (char === undefined) return;
      if (char === '}' || char === ',') {
        this.#at++;
        if (char === '}') return;
      } else this.#pair(path);
    }
  }

  /** Skips a string of any of the four kinds; gives its text with the escapes that matter in keys. */
  #string(): string {
    const quote = this.#toml[this.#at] ?? '';
    const isLong = this.#toml.startsWith(quote.repeat(3), this.#at);
    const fence = isLong ? quote.repeat(3) : quote;
    const start = this.#at + fence.length;
    let end = start;
    while (end < this.#toml.length && !this.#toml.startsWith(fence, end)) {
      if (quote === '"' && this.#toml[end] === '\\') end++;
      if (this.#toml[end] === '\n') this.#line++;
      end++;
    }
    // A long string may end in one or two quotes of its own, directly before the fence.
    if (isLong) while (this.#toml[end + 3] === quote) end++;
    this.#at = end + fence.length;
    const raw = this.#toml.slice(start, end);
    return quote === '"' && !isLong ? unescapeKey(raw) : raw;
  }

  /** Skips white space, line ends and comments. */
  #blank(): void {
    for (; this.#at < this.#toml.length; this.#at++) {
      const char = this.#toml[this.#at];
      if (char === '\n') this.#line++;
      else if (char === '#') {
        while (this.#at + 1 < this.#toml.length && this.#toml[this.#at + 1] !== '\n') this.#at++;
      } else if (char !== ' ' && char !== '\t' && char !== '\r') return;
    }
  }

  /** The first mention counts: a second `[a.b]` does not move `a`. */
  #note(path: KeyPath, line: number): void {
    const id = JSON.stringify(path);
    if (!this.#lines.has(id)) this.#lines.set(id, line);
  }
}

/** A basic string's escapes are those of JSON but for `\e`, `\x..` and `\U........`, which no key of ours has. */
function unescapeKey(raw: string): string {
  try {
    return String(JSON.parse(`"${raw}"`));
  } catch {
    return raw;
  }
}
