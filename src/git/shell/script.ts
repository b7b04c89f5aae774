/** Larger inputs don't go through a shell, which reads each byte of a call on its own; a byte of input takes up to four. */
export const MOST_INPUT_BYTES = 4 * 1024;

/**
 * What each shell runs: it bounds what a git may fill of the memory, in KiB, and how many seconds it may compute, reads calls and starts git for them. This text never changes. What a call says is data that is
 * read line by line and never becomes a part of it, for it holds names that agents choose.
 * The bounds are tried in a shell of its own first, because some shells end where a system knows no such bound. The shell itself has none of time: it
 * may run thousands of calls.
 *
 * A line begins with its kind: `a` argument, `v` variable, `u` variable that is gone, `d` folder, `i` input as a format of
 * `printf`, `m` mark, `g` start; `+` goes on with the value of the line before, after a line break. Standard output and standard
 * error each end with a line that holds the mark; on standard output the exit code follows it, or `x` where the folder can't
 * be entered. Nothing is started for a call of which Musher, when it was killed, had written only a part.
 */
export const PROGRAM = `
[ -n "$1" ] && (ulimit -d "$1") 2>/dev/null && ulimit -d "$1"
seconds=$2
(ulimit -S -t "$seconds") 2>/dev/null || seconds=
nl='
'
kind= word= dir=/ input= mark=
set --
while IFS= read -r line; do
  case $line in
    +*) word=$word$nl\${line#+}; continue ;;
  esac
  case $kind in
    a) set -- "$@" "$word" ;;
    v) export "$word" ;;
    u) unset "$word" ;;
    d) dir=$word ;;
    i) input=$word ;;
    m) mark=$word ;;
  esac
  word=\${line#?}
  kind=\${line%"$word"}
  [ "$kind" = g ] || continue
  if cd "$dir"; then
    if [ -n "$input" ]; then printf "$input" | ([ -z "$seconds" ] || ulimit -S -t "$seconds"; exec git "$@")
    else ([ -z "$seconds" ] || ulimit -S -t "$seconds"; exec git "$@") </dev/null; fi
    code=$?
    cd /
  else
    code=x
  fi
  printf '\\n%s %s\\n' "$mark" "$code"
  printf '\\n%s\\n' "$mark" >&2
  set --
  kind= word= input=
done
`;

/** One call as the lines that the shell reads. */
export interface Call {
  readonly args: readonly string[];
  readonly cwd: string;
  /** Variables that are new or have another value than at the call before; null: one that is gone. */
  readonly changed: ReadonlyMap<string, string | null>;
  readonly input: Buffer | null;
  readonly mark: string;
}

/** The lines of a call. Throws where it holds a zero byte, which no argument can hold. */
export function linesOf({ args, cwd, changed, input, mark }: Call): string {
  const variables = [...changed].map(([name, value]) => {
    if (!/^[A-Z_]+$/.test(name)) throw new Error(`${name} is no name of a variable`);
    return value === null ? line('u', name) : line('v', `${name}=${value}`);
  });
  const lines = [...variables, line('d', cwd), ...args.map((word) => line('a', word)), line('m', mark)];
  return `${[...lines, ...(input === null ? [] : [line('i', escaped(input))]), 'g'].join('\n')}\n`;
}

function line(kind: string, value: string): string {
  if (value.includes('\0')) throw new Error('an argument holds a zero byte');
  return `${kind}${value.replaceAll('\n', '\n+')}`;
}

/** Bytes as a format of `printf` that prints exactly them. */
function escaped(bytes: Buffer): string {
  let text = '';
  for (const byte of bytes) {
    const character = String.fromCharCode(byte);
    text += /[\w./]/.test(character) ? character : `\\${byte.toString(8).padStart(3, '0')}`;
  }
  return text;
}
