import { join } from 'node:path';
import process from 'node:process';

const ROOT = join(import.meta.dirname, '../..');
const built = process.env['MUSHER_TEST_BUILT'];

/** The program that tests start: built once for all of them, or the checkout's where no test runner is. */
export const LAUNCHER = join(built ?? ROOT, 'bin/musher.js');

/** A program of the checkout: built too, since Node takes three times as long to start a source. */
const program = (path: string): string => (built === undefined ? join(ROOT, `${path}.ts`) : join(built, 'dist', `${path}.js`));

/** The scripted agent of the end-to-end tests. */
export const AGENT = program('test/e2e/agents/agent');

/** The agent of the demo. */
export const DEMO_AGENT = program('demo/agent');
