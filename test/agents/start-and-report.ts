/** A Musher of the smallest kind: starts the run that it is told to, says its process, and waits to be killed. */
import { systemClock } from '../../src/clock.ts';
import { OutputKeeper } from '../../src/agents/process/output-keeper.ts';
import { startRun } from '../../src/agents/supervision/supervisor.ts';
import type { RunSpec } from '../../src/agents/supervision/run-spec.ts';

const plain = JSON.parse(process.argv[2] ?? '{}') as Omit<RunSpec, 'clock' | 'onSignal' | 'keeper'>;
// Nothing closes it: this Musher is killed.
const result = await startRun({ ...plain, clock: systemClock(), onSignal: () => {}, keeper: new OutputKeeper() });
if (!result.ok) throw result.error;
const { pid, pidStart, startedAt } = result.value;
process.stdout.write(JSON.stringify({ pid, pidStart, startedAt }));
setInterval(() => {}, 1000);
