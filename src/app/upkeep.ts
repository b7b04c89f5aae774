import type { Clock } from '../clock.ts';
import type { Settings } from '../config/settings.ts';
import { Backups } from './lifecycle/backups.ts';
import { figures, healthOf } from './lifecycle/figures.ts';
import { pruneDaily } from './lifecycle/maintenance.ts';
import { startMonitor, type Monitor } from './lifecycle/monitor.ts';
import type { Log } from '../log/log.ts';
import type { NetworkState } from '../decide/network-state.ts';

export interface UpkeepParts {
  readonly settings: Settings;
  readonly log: Log;
  readonly clock: Clock;
  readonly networks: () => readonly NetworkState[];
  readonly version: string;
  readonly startedAt: number;
  readonly onProblem: (what: string, error: unknown) => void;
}

/** What a Musher that runs for months needs besides its work: copies of the log, figures for a monitoring system, pruning. */
export interface Upkeep {
  readonly backups: Backups;
  /** Throws MONITOR_UNUSABLE if the port of `[monitor]` can't be had. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

export function upkeep({ settings, log, clock, networks, version, startedAt, onProblem }: UpkeepParts): Upkeep {
  const { dataDir, projects, timezone } = settings;
  const project = projects[0]?.name ?? '';
  const backups = new Backups({ log, clock, dataDir, settings: settings.backup, timezone, project, onProblem });
  const parts = { log, clock, dataDir, projects, networks, backups: () => backups.state(), version, startedAt };
  let monitor: Monitor | null = null;
  let stopPruning = (): void => undefined;
  return {
    backups,
    async start() {
      stopPruning = pruneDaily(log, clock, dataDir, onProblem);
      backups.start();
      if (settings.monitor === null) return;
      monitor = await startMonitor({ settings: settings.monitor, health: () => healthOf(parts), metrics: figures(parts), onProblem });
    },
    async stop() {
      stopPruning();
      await monitor?.stop();
      await backups.stop();
    },
  };
}
