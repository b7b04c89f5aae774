import { readFile, statfs } from 'node:fs/promises';
import { availableParallelism, freemem, loadavg, totalmem } from 'node:os';
import { processesOf, type RunProcesses } from '../agents/process/table.ts';
import type { MachineUse, ProcessUse } from '../bot/capabilities.ts';
import { runMarker, type EngineParts } from '../engine/parts.ts';

/** Clock ticks a second in /proc: fixed at 100 for user space on Linux. */
const TICKS_PER_SECOND = 100;
const PAGE_BYTES = 4096;

interface Reading {
  readonly seconds: number;
  readonly residentBytes: number;
}

/** Looks at what Musher and its runs use now. Keeps the last look, since a share of the processor is a difference. */
export function processWatch(
  runs: () => readonly { readonly label: string; readonly project: string; readonly processes: RunProcesses }[],
): () => Promise<readonly ProcessUse[]> {
  const last = new Map<string, { seconds: number; at: number }>();
  const use = (label: string, project: string | null, pid: number, readings: readonly Reading[]): ProcessUse => {
    const now = performance.now() / 1000;
    const seconds = readings.reduce((sum, reading) => sum + reading.seconds, 0);
    const before = last.get(label);
    last.set(label, { seconds, at: now });
    const cpu = before === undefined || now <= before.at ? null : Math.max(0, (seconds - before.seconds) / (now - before.at));
    return {
      label,
      project,
      pid,
      cpu,
      residentBytes: readings.reduce((sum, reading) => sum + reading.residentBytes, 0),
      processes: readings.length,
    };
  };
  return async () => {
    const { user, system } = process.cpuUsage();
    const own = use('musher', null, process.pid, [{ seconds: (user + system) / 1e6, residentBytes: process.memoryUsage.rss() }]);
    const others = await Promise.all(
      runs().map(async ({ label, project, processes }) => {
        const found = await processesOf(processes);
        const readings = await Promise.all(found.map(({ pid }) => readUse(pid)));
        return use(
          label,
          project,
          processes.pid,
          readings.filter((one) => one !== null),
        );
      }),
    );
    return [own, ...others];
  };
}

/** Null for a process that has ended, and on systems without /proc. */
async function readUse(pid: number): Promise<Reading | null> {
  const [stat, statm] = await Promise.all([readFile(`/proc/${pid}/stat`, 'latin1'), readFile(`/proc/${pid}/statm`, 'latin1')]).catch(() => [
    '',
    '',
  ]);
  // The name in parentheses may hold spaces and parentheses: fields are counted from its end.
  const fields = (stat ?? '').slice((stat ?? '').lastIndexOf(')') + 2).split(' ');
  const ticks = Number(fields[11]) + Number(fields[12]);
  const pages = Number((statm ?? '').split(' ')[1]);
  return Number.isFinite(ticks) && Number.isFinite(pages) ? { seconds: ticks / TICKS_PER_SECOND, residentBytes: pages * PAGE_BYTES } : null;
}

/** What the machine uses now, and the disk that a folder is on. */
export async function machineUse(folder: string): Promise<MachineUse> {
  const disk = await statfs(folder).then(
    ({ blocks, bavail, bsize }) => ({ bytes: blocks * bsize, freeBytes: bavail * bsize }),
    () => null,
  );
  const memoryBytes = totalmem();
  return { load: loadavg()[0] ?? 0, cores: availableParallelism(), memoryBytes, usedMemoryBytes: memoryBytes - freemem(), disk };
}

/** The processes of all runs that are in progress. */
export function openRunProcesses(
  parts: EngineParts,
): { label: string; project: string; processes: { marker: string; pid: number; pidStart: string | null } }[] {
  return [...parts.projects.keys()].flatMap((name) =>
    parts.log.reads.openRuns(name).flatMap((run) => {
      const item = parts.log.reads.item(name, run.item);
      if (item === null || run.pid === null) return [];
      return [
        {
          label: `${run.agent} on ${run.item}`,
          project: name,
          processes: { marker: runMarker(parts, item, run.run), pid: run.pid, pidStart: run.pidStart },
        },
      ];
    }),
  );
}
