// The sum of several vitest reports: `node .ci/count.mjs REPORT.json=EXIT_CODE …`. Plain JavaScript without dependencies,
// because it also has to count where the install has failed and any Node is at hand.
import { readFileSync } from 'node:fs';
import process from 'node:process';

let passed = 0;
let failed = 0;
let skipped = 0;
for (const argument of process.argv.slice(2)) {
  const at = argument.lastIndexOf('=');
  const suite = count(argument.slice(0, at));
  passed += suite.passed;
  skipped += suite.skipped;
  // A run that fails beyond its tests (an error outside of them, no report at all) must not look green.
  failed += Number(argument.slice(at + 1)) !== 0 ? Math.max(1, suite.failed) : suite.failed;
}
process.stdout.write(`${passed} passed, ${failed} failed, ${skipped} skipped\n`);
process.exitCode = failed === 0 ? 0 : 1;

function count(file) {
  let report;
  try {
    report = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return { passed: 0, failed: 0, skipped: 0 };
  }
  // A file that could not be loaded has failed and names no test.
  const broken = report.testResults.filter(
    (result) => result.status === 'failed' && !result.assertionResults.some((test) => test.status === 'failed'),
  );
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + broken.length,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}
