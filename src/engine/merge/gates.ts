import { BOUNDS } from '../../bounds.ts';
import { join } from 'node:path';
import { crashPoint } from '../../crash-point.ts';
import type { GateSettings } from '../../config/settings.ts';
import type { Receipt } from '../../pipeline/events.ts';
import type { Failure, WorkItem } from '../../pipeline/types.ts';
import type { CommitSha } from '../../pipeline/values.ts';
import { keepTree, type JudgedTree } from './kept-tree.ts';
import { itemDir, record, runMarker, type EngineParts } from '../parts.ts';
import { machineOf } from '../machine.ts';
import { commandSandbox } from '../sandboxing.ts';
import { digest, endOf, type ShellCommand } from '../shell.ts';

/** The end of a gate's output that the log keeps and the next prompt carries, in bytes; the whole is in its file. */
const TAIL_BYTES = BOUNDS.outputTail;

/** A gate's command, the same in each place where it runs. Each option of a gate is read here, or in `kept-tree.ts` where `keep` is. */
export function gateCommand(
  { name, command, timeoutMs, keep: _readThere, ...forgotten }: GateSettings,
  item: Pick<WorkItem, 'project' | 'number'>,
): Pick<ShellCommand, 'command' | 'env' | 'timeoutMs'> {
  // An option that does nothing would be believed: one that is not read does not compile.
  const nothing: Readonly<Record<string, never>> = forgotten;
  return { ...nothing, command, env: { MUSHER_ITEM: String(item.number), MUSHER_PROJECT: item.project, MUSHER_GATE: name }, timeoutMs };
}

export interface Tree extends JudgedTree {
  readonly tree: CommitSha;
  readonly where: Receipt['where'];
}

/**
 * Runs a project's gates one after the other, each on the same tree, and records each receipt; stops at the first that fails.
 * Resolves to that failure, null where all passed, or `stale` where `still` says that nobody waits for it any more.
 */
export async function runGates(
  parts: EngineParts,
  item: WorkItem,
  gates: readonly GateSettings[],
  tree: Tree,
  signal: AbortSignal,
  still: () => boolean,
): Promise<Failure | null | 'stale'> {
  const kept = await keepTree(tree, gates.length > 1);
  for (const [i, gate] of gates.entries()) {
    if (signal.aborted || !still()) return 'stale';
    const { receipt, printedTooMuch } = await runGate(parts, item, gate, tree, signal);
    if (signal.aborted || !still()) return 'stale';
    // On a full disk no gate says anything of the work: its system error is thrown, and the gates run again when there is room.
    if (receipt.exitCode !== 0) await parts.projects.get(item.project)?.git.checkRoom('write');
    crashPoint('before-receipt');
    parts.log.transaction((tx) => {
      record(tx, item, 'gate.ran', receipt);
    });
    crashPoint('after-receipt');
    const failure = failureOf(receipt, printedTooMuch);
    if (failure !== null) return failure;
    const spoiled = i + 1 < gates.length ? await kept.putBack(gate) : null;
    if (spoiled !== null) return signal.aborted ? 'stale' : spoiled;
  }
  return null;
}

async function runGate(
  parts: EngineParts,
  item: WorkItem,
  gate: GateSettings,
  tree: Tree,
  signal: AbortSignal,
): Promise<{ readonly receipt: Receipt; readonly printedTooMuch: boolean }> {
  const name = gate.name.replaceAll(/[^\w.-]/g, '_');
  const output = join(
    itemDir(parts, item.project, item.number),
    `gate-${tree.where}-${tree.commit.slice(0, 10)}-${name}-${parts.clock.now()}.log`,
  );
  const result = await machineOf(parts).runShell({
    ...gateCommand(gate, item),
    cwd: tree.path,
    marker: runMarker(parts, item, `gate-${gate.name}`),
    output,
    sandbox: await commandSandbox(parts, item, tree.where === 'merged' ? 'merge' : 'item'),
    signal,
    clock: parts.clock,
    redactor: parts.redactor,
  });
  const { hash, tail } = await digest(output, TAIL_BYTES);
  const receipt = {
    gate: gate.name,
    command: gate.command,
    where: tree.where,
    commit: tree.commit,
    tree: tree.tree,
    exitCode: result.exitCode,
    timedOut: result.timedOut,
    durationMs: result.durationMs,
    outputHash: hash,
    outputTail: tail,
  };
  return { receipt, printedTooMuch: result.printedTooMuch };
}

function failureOf(receipt: Receipt, printedTooMuch: boolean): Failure | null {
  if (receipt.exitCode === 0) return null;
  const { gate, where, durationMs, command, commit, outputTail } = receipt;
  return {
    cause: 'gate',
    summary: { kind: 'gate', gate, where, end: endOf({ ...receipt, printedTooMuch }), durationMs },
    evidence: `Gate command: ${command}\nCommit: ${commit}\nThe end of its output:\n\n${outputTail}`,
    tree: receipt.tree,
  };
}
