import { join } from 'node:path';
import process from 'node:process';

const ROOT = join(import.meta.dirname, '../..');
const built = process.env['MUSHER_TEST_BUILT'];

/** The program that tests start: built once for all of them, or the checkout's where no test runner is. */
export const LAUNCHER = join(built ?? ROOT, 'bin/musher.js');

/** The scripted agent of the end-to-end tests. */
export const AGENT = built === undefined ? join(ROOT, 'test/e2e/agents/agent.ts') : join(built, 'dist/test/e2e/agents/agent.js');
