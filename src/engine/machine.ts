import { sweep } from '../agents/process/stop.ts';
import { adoptRun, startRun } from '../agents/supervision/supervisor.ts';
import { runShell } from './shell.ts';

/** All that the engine does to the process table: the one edge at which its decisions can be tried without processes. */
export interface Machine {
  readonly startRun: typeof startRun;
  readonly adoptRun: typeof adoptRun;
  readonly sweep: typeof sweep;
  readonly runShell: typeof runShell;
}

const THIS_MACHINE: Machine = { startRun, adoptRun, sweep, runShell };

/** Where the engine's processes run: on this machine, unless its parts say otherwise. */
export function machineOf({ machine }: { readonly machine?: Machine }): Machine {
  return machine ?? THIS_MACHINE;
}
