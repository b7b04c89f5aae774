// Names what failed, and what passed only at the second attempt, in the vitest reports of a folder, with the first line
// of why: `node .ci/troubles.mjs FOLDER`. It stands at the end of CI's output, where it is seen.
import { readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import process from 'node:process';

const folder = process.argv[2];
for (const name of readdirSync(folder).filter((file) => file.endsWith('.json'))) {
  let report;
  try {
    report = JSON.parse(readFileSync(join(folder, name), 'utf8'));
  } catch {
    continue;
  }
  for (const file of report.testResults) {
    const path = relative(process.cwd(), file.name);
    const failing = file.assertionResults.filter((test) => test.failureMessages.length > 0);
    for (const test of failing)
      say(test.status === 'failed' ? 'FAILED' : 'passed at the second attempt', `${path}: ${test.fullName}`, test.failureMessages);
    if (file.status === 'failed' && failing.length === 0) say('FAILED', path, [file.message]);
  }
}

function say(what, where, [why = '']) {
  process.stdout.write(`${what}: ${where}\n    ${why.split('\n').slice(0, 6).join('\n    ').slice(0, 800)}\n`);
}
