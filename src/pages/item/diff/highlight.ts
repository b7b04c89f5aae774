/** A piece of a line with one colour; `plain` has none. */
export interface Piece {
  readonly tone: 'plain' | 'comment' | 'string' | 'number' | 'keyword';
  readonly text: string;
}

/** What a line leaves open for the next: a comment, or a string of several lines. */
export type Open = { readonly until: string; readonly tone: 'comment' | 'string' } | null;

interface Language {
  readonly line: readonly string[];
  readonly block: readonly (readonly [from: string, until: string])[];
  readonly quotes: string;
  /** A quote whose string may have several lines. */
  readonly long: readonly string[];
  readonly keywords: ReadonlySet<string>;
}

/** What is longer has no colours: minified files. */
const LONGEST = 1_000;

const words = (...lists: readonly string[]): ReadonlySet<string> => new Set(lists.flatMap((list) => list.split('|')));
const C_WORDS = words(
  'if|else|for|while|do|switch|case|default|break|continue|return|goto|struct|union|enum|typedef|const|static|extern|void|int|long|short',
  'char|float|double|unsigned|signed|sizeof|class|public|private|protected|virtual|override|namespace|template|typename|using|new|delete',
  'this|try|catch|throw|true|false|nullptr|null|auto|inline|interface|extends|implements|import|package|final|abstract|boolean|byte|var',
  'let|func|function|type|fn|mut|pub|impl|trait|use|mod|match|where|self|Self|async|await|move|ref|dyn|crate|loop|in|as|go|defer|chan|map',
  'range|select|string|bool|nil|export|from|of|instanceof|typeof|undefined|yield|readonly|declare|satisfies|keyof|never|unknown|any|string',
);
const PY_WORDS = words(
  'def|class|if|elif|else|for|while|return|import|from|as|pass|break|continue|try|except|finally|raise|with|lambda|yield|global|nonlocal',
  'assert|del|in|is|and|or|not|None|True|False|async|await|self|match|case',
);
const SH_WORDS = words('if|then|else|elif|fi|for|while|do|done|case|esac|in|function|return|local|export|set|unset|exit|source|trap|shift');
const SQL_WORDS = words(
  'select|from|where|insert|into|values|update|set|delete|create|table|index|drop|alter|join|left|right|inner|outer|on|group|by|order|having',
  'limit|union|all|distinct|as|and|or|not|null|primary|key|default|begin|commit|rollback|SELECT|FROM|WHERE|INSERT|INTO|VALUES|UPDATE|SET',
  'DELETE|CREATE|TABLE|INDEX|DROP|ALTER|JOIN|LEFT|RIGHT|INNER|OUTER|ON|GROUP|BY|ORDER|HAVING|LIMIT|UNION|ALL|DISTINCT|AS|AND|OR|NOT|NULL',
);
const NO_WORDS: ReadonlySet<string> = new Set();

const C_LIKE: Language = { line: ['//'], block: [['/*', '*/']], quotes: `"'`, long: ['`'], keywords: C_WORDS };
const HASHED: Language = { line: ['#'], block: [], quotes: `"'`, long: [], keywords: words('true|false|null|yes|no|on|off') };
const PYTHON: Language = { line: ['#'], block: [], quotes: `"'`, long: ['"""', "'''"], keywords: PY_WORDS };
const SHELL: Language = { ...HASHED, keywords: SH_WORDS };
const CSS: Language = { line: [], block: [['/*', '*/']], quotes: `"'`, long: [], keywords: NO_WORDS };
const MARKUP: Language = { line: [], block: [['<!--', '-->']], quotes: `"'`, long: [], keywords: NO_WORDS };
const SQL: Language = { line: ['--'], block: [['/*', '*/']], quotes: `'"`, long: [], keywords: SQL_WORDS };
const RUBY: Language = {
  ...PYTHON,
  long: [],
  keywords: words(
    'def|end|class|module|if|elsif|else|unless|while|do|return|require|nil|true|false|self|yield|begin|rescue|ensure|and|or|not',
  ),
};

const BY_ENDING: ReadonlyMap<string, Language> = new Map(
  (
    [
      ['ts|tsx|js|jsx|mjs|cjs|mts|cts|java|kt|kts|c|h|cc|cpp|hpp|cs|go|rs|swift|scala|dart|php|proto|groovy|json|json5|jsonc', C_LIKE],
      ['py|pyi', PYTHON],
      ['sh|bash|zsh|fish', SHELL],
      ['yml|yaml|toml|ini|conf|cfg|env|properties|tf|dockerfile|makefile|mk|gitignore', HASHED],
      ['css|scss|less', CSS],
      ['html|htm|xml|svg|vue|svelte', MARKUP],
      ['sql', SQL],
      ['rb|ex|exs|cr', RUBY],
    ] as const
  ).flatMap(([endings, language]) => endings.split('|').map((ending) => [ending, language] as const)),
);

/** The language of a file by its name; null: its lines have no colours. */
export function languageOf(path: string): Language | null {
  const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
  return BY_ENDING.get(name.slice(name.lastIndexOf('.') + 1)) ?? null;
}

/** One line in pieces, and what it leaves open. Each character is looked at once; together the pieces are the line. */
export function highlight(line: string, language: Language | null, open: Open): { readonly pieces: readonly Piece[]; readonly open: Open } {
  if (language === null || line.length > LONGEST) return { pieces: line === '' ? [] : [{ tone: 'plain', text: line }], open };
  const pieces: Piece[] = [];
  let plain = '';
  const put = (tone: Piece['tone'], text: string): void => {
    if (plain !== '') pieces.push({ tone: 'plain', text: plain });
    plain = '';
    if (text !== '') pieces.push({ tone, text });
  };
  let at = 0;
  let within = open;
  while (at < line.length) {
    if (within !== null) {
      const end = line.indexOf(within.until, at);
      const to = end === -1 ? line.length : end + within.until.length;
      put(within.tone, line.slice(at, to));
      at = to;
      within = end === -1 ? within : null;
      continue;
    }
    if (language.line.some((start) => line.startsWith(start, at))) {
      put('comment', line.slice(at));
      break;
    }
    const begun = beginsAt(line, at, language);
    if (begun !== null) {
      put(begun.tone, line.slice(at, at + begun.length));
      at += begun.length;
      within = { until: begun.until, tone: begun.tone };
      continue;
    }
    const char = line.charAt(at);
    if (language.quotes.includes(char)) {
      const to = endOfString(line, at, char);
      if (to === at + 1) plain += char;
      else put('string', line.slice(at, to));
      at = to;
      continue;
    }
    const to = endOfWord(line, at);
    const word = line.slice(at, to);
    if (to === at + 1 && !/[\w$]/.test(char)) plain += char;
    else if (/^\d/.test(word)) put('number', word);
    else if (language.keywords.has(word)) put('keyword', word);
    else plain += word;
    at = to;
  }
  put('plain', '');
  return { pieces, open: within };
}

function beginsAt(line: string, at: number, language: Language): { tone: 'comment' | 'string'; until: string; length: number } | null {
  const block = language.block.find(([from]) => line.startsWith(from, at));
  if (block !== undefined) return { tone: 'comment', until: block[1], length: block[0].length };
  const long = language.long.find((quote) => line.startsWith(quote, at));
  return long === undefined ? null : { tone: 'string', until: long, length: long.length };
}

/** A string that does not end in its line is none: an apostrophe in a text. */
function endOfString(line: string, from: number, quote: string): number {
  for (let at = from + 1; at < line.length; at += 1) {
    if (line.charAt(at) === '\\') at += 1;
    else if (line.charAt(at) === quote) return at + 1;
  }
  return from + 1;
}

function endOfWord(line: string, from: number): number {
  let at = from;
  while (at < line.length && /[\w$]/.test(line.charAt(at))) at += 1;
  return Math.max(at, from + 1);
}
