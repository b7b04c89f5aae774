import { BOUNDS } from '../../bounds.ts';
import { join } from 'node:path';
import * as z from 'zod';
import type { GateSettings } from '../../config/settings.ts';
import { gateCommand } from '../../engine/merge/gates.ts';
import { worktreeDir, itemDir, runMarker } from '../../engine/parts.ts';
import { commandSandbox } from '../../engine/sandboxing.ts';
import { digest, runShell } from '../../engine/shell.ts';
import { change, write } from '../events.ts';
import { refusal, said, tool, type Call, type ToolParts } from '../tool.ts';

/** What a model is given of one gate's output: its end. */
const TAIL_BYTES = BOUNDS.outputTail;

export const runGates = tool({
  name: 'run_gates',
  description:
    "Runs the project's gates (tests, lint …) on the files of the worktree as they are now, and gives their results. For your own use: what counts is what Musher runs itself on what you have committed, after your run.",
  input: { gates: z.array(z.string()).optional().describe('Names of gates; all by default.') },
  async run(parts, call, { gates: names }) {
    const all = call.caller.project.settings.gates;
    const known = `The gates are: ${all.map(({ name }) => name).join(', ')}.`;
    if (all.length === 0) return said('The project has no gates.');
    const unknown = names?.find((name) => !all.some((gate) => gate.name === name));
    if (unknown !== undefined) return refusal(`There is no gate of that name. ${known}`);
    const done = parts.gateRuns.begin(call.caller.run);
    if (done === null) return refusal('The gates are already running. Wait for that call.');
    try {
      const results: string[] = [];
      const summary: string[] = [];
      for (const gate of all.filter(({ name }) => names?.includes(name) ?? true)) {
        const { exit, text } = await runOne(parts, call, gate);
        if (call.signal.aborted) return refusal('The call was cancelled.');
        results.push(text);
        summary.push(`${gate.name} ${exit}`);
      }
      const result = summary.join(', ');
      change(parts, call.caller, (tx, now) => write(tx, now, 'agent.called', { run: now.run.run, tool: 'run_gates', result }));
      return said(results.join('\n\n'));
    } finally {
      done();
    }
  },
});

async function runOne(parts: ToolParts, { caller, signal }: Call, gate: GateSettings): Promise<{ exit: string; text: string }> {
  const { item } = caller;
  const file = `agent-gate-${gate.name.replaceAll(/[^\w.-]/g, '_')}-${parts.clock.now()}.log`;
  const output = join(itemDir(parts, item.project, item.number), file);
  const ran = await runShell({
    ...gateCommand(gate, item),
    cwd: worktreeDir(parts, item.project, item.number),
    marker: runMarker(parts, item, `agent-gate-${gate.name}`),
    output,
    signal,
    clock: parts.clock,
    redactor: parts.redactor,
    sandbox: await commandSandbox(parts, item, 'item'),
  });
  const { tail } = await digest(output, TAIL_BYTES);
  const exit = ran.timedOut ? 'timed out' : ran.exitCode === null ? 'was killed' : `exit ${ran.exitCode}`;
  return { exit, text: `${gate.name}: ${exit} after ${(ran.durationMs / 1000).toFixed(1)} s\n${tail}`.trimEnd() };
}
