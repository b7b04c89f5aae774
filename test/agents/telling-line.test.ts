import { spawnSync } from 'node:child_process';
import process from 'node:process';
import { expect, test } from 'vitest';
import { tellingLine } from '../../src/agents/supervision/telling-line.ts';

function told(output: string): string {
  const telling = tellingLine();
  for (const line of output.split('\n')) telling.take(line.trim());
  return telling.line;
}

/** What a real Node prints when this ends it. */
function crash(program: string): string {
  return spawnSync(process.execPath, ['-e', program], { encoding: 'utf8' }).stderr;
}

test.each([
  ["throw new Error('no model answers')", 'Error: no model answers'],
  ["require('fs').readFileSync('/no/such/file')", "Error: ENOENT: no such file or directory, open '/no/such/file'"],
  ["throw new TypeError('outer', { cause: new Error('inner') })", 'TypeError: outer'],
  ["Promise.reject(Object.assign(new Error('quota'), { status: 429, headers: { a: [1, 2] } }))", 'Error: quota'],
  ['let a = ;', "SyntaxError: Unexpected token ';'"],
])('of a Node that ends with %s it is the error, not the version', (program, expected) => {
  const output = crash(program);
  expect(output).toContain('Node.js v');
  expect(told(output)).toBe(expected);
});

test.each([
  ['Traceback (most recent call last):\n  File "a.py", line 3, in <module>\n    run()\nValueError: no key', 'ValueError: no key'],
  [
    "thread 'main' panicked at src/main.rs:2:5:\nno key\nnote: run with `RUST_BACKTRACE=1` environment variable to display a backtrace",
    'no key',
  ],
  ['panic: no key\n\ngoroutine 1 [running]:\nmain.main()\n\t/src/main.go:4 +0x1d\nexit status 2', 'panic: no key'],
  [
    'Exception in thread "main" java.lang.RuntimeException: no key\n\tat a.B.c(B.java:3)\n\t... 3 more',
    'Exception in thread "main" java.lang.RuntimeException: no key',
  ],
  ["a.rb:1:in `run': no key (RuntimeError)\n\tfrom a.rb:4:in `<main>'", "a.rb:1:in `run': no key (RuntimeError)"],
  [
    'npm error Missing script: "agent"\nnpm error\nnpm error A complete log of this run can be found in: /x.log',
    'npm error Missing script: "agent"',
  ],
  ['agent.sh: line 3: codex: command not found', 'agent.sh: line 3: codex: command not found'],
  // Not only the first error counts: the last one that is one.
  ['Error: busy, trying again\nYour plan has ended.', 'Your plan has ended.'],
  // A configuration that is printed is no error object.
  ['using {\nmodel: gone', 'model: gone'],
  ['Node.js v24.1.0', 'Node.js v24.1.0'],
  ['', ''],
])('of %j it is what says what went wrong', (output, expected) => {
  expect(told(output)).toBe(expected);
});
