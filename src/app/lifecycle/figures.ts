import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Gauge as PromGauge, Registry as PromRegistry } from 'prom-client';
import type { Clock } from '../../clock.ts';
import { decide, projectFacts } from '../../decide/facts.ts';
import { DATABASE_FILE, type Log } from '../../log/log.ts';
import type { ProjectSettings } from '../../config/settings.ts';
import type { BackupState } from './backups.ts';
import type { Health } from './monitor.ts';
import { totalTokens } from '../../pipeline/usage.ts';
import { dollarsOf } from '../../pipeline/money.ts';
import type { NetworkState } from '../../decide/network-state.ts';

export interface FigureParts {
  readonly log: Log;
  readonly clock: Clock;
  readonly dataDir: string;
  readonly projects: readonly ProjectSettings[];
  readonly networks: () => readonly NetworkState[];
  readonly backups: () => BackupState;
  readonly version: string;
  readonly startedAt: number;
}

/** A message that waits longer than this is a trouble of its own, whatever its network says of itself. */
const LATE_MS = 15 * 60_000;

/** Whether all is well: networks online, messages going out, the log copied. */
export function healthOf({ clock, networks, backups, version, startedAt }: FigureParts): Health {
  const now = clock.now();
  const states = networks();
  const problems = states.flatMap(({ name, state, problem, oldest }) => [
    ...(state === 'online' || state === 'starting' ? [] : [`${name} is ${state}${problem === null ? '' : `: ${problem}`}`]),
    ...(oldest !== null && now - oldest > LATE_MS
      ? [`a message for ${name} waits for ${Math.round((now - oldest) / 60_000)} minutes`]
      : []),
  ]);
  const backup = backups();
  if (backup.problem !== null) problems.push(`the last backup failed: ${backup.problem}`);
  return {
    well: problems.length === 0,
    problems,
    version,
    uptimeSeconds: Math.round((now - startedAt) / 1000),
    networks: states.map(({ name, state, since, waiting }) => ({ name, state, since: new Date(since).toISOString(), waiting })),
    newestBackup: backup.newest === null ? null : new Date(backup.newest.at).toISOString(),
  };
}

/** Prometheus' figures, read from the projections at each request. The library is loaded at the first one. */
export function figures(parts: FigureParts): () => Promise<{ type: string; text: string }> {
  let registry: Promise<PromRegistry> | null = null;
  return async () => {
    registry ??= makeRegistry(parts);
    const made = await registry;
    return { type: made.contentType, text: await made.metrics() };
  };
}

async function makeRegistry(parts: FigureParts): Promise<PromRegistry> {
  const { Gauge, Registry, collectDefaultMetrics } = await import('prom-client');
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const gauge = (name: string, help: string, labels: readonly string[], read: (set: Setter) => void): void => {
    // It registers itself.
    void new Gauge({
      name: `musher_${name}`,
      help,
      labelNames: [...labels],
      registers: [registry],
      collect(this: PromGauge) {
        this.reset();
        read((value, of = {}) => this.set(of, value));
      },
    });
  };
  describeWork(parts, gauge);
  describeMachine(parts, gauge);
  return registry;
}

type Setter = (value: number, labels?: Record<string, string>) => void;
type Describe = (name: string, help: string, labels: readonly string[], read: (set: Setter) => void) => void;

function describeWork({ log, clock, projects }: FigureParts, gauge: Describe): void {
  const { reads } = log;
  gauge('items', 'Items by stage.', ['project', 'stage'], (set) => {
    for (const { name } of projects) for (const [stage, n] of Object.entries(reads.counts(name))) set(n, { project: name, stage });
  });
  gauge('items_waiting', 'Active items by what they wait for.', ['project', 'for'], (set) => {
    for (const settings of projects) {
      const facts = projectFacts(reads, settings, clock.now());
      const waiting = new Map<string, number>();
      for (const item of reads.active(settings.name)) {
        const step = decide(reads, item, facts);
        if (step.do === 'wait') waiting.set(step.for, (waiting.get(step.for) ?? 0) + 1);
      }
      for (const [what, n] of waiting) set(n, { project: settings.name, for: what });
    }
  });
  gauge('runs_open', 'Runs in progress.', ['project'], (set) => {
    for (const { name } of projects) set(reads.openRuns(name).length, { project: name });
  });
  gauge('spend_tokens_total', 'Tokens used, cache included.', ['project', 'agent'], (set) => {
    for (const { name } of projects)
      for (const { key, usage } of reads.spend.totals(name, 'agent')) set(totalTokens(usage), { project: name, agent: key });
  });
  gauge('spend_usd_total', 'Money spent, in US dollars.', ['project', 'agent'], (set) => {
    for (const { name } of projects)
      for (const { key, usage } of reads.spend.totals(name, 'agent')) set(dollarsOf(usage.microUsd), { project: name, agent: key });
  });
}

function describeMachine({ log, clock, dataDir, networks, backups, version, startedAt }: FigureParts, gauge: Describe): void {
  gauge('info', 'Always 1; the version is a label.', ['version'], (set) => set(1, { version }));
  gauge('start_time_seconds', 'When Musher was started.', [], (set) => set(startedAt / 1000));
  gauge('network_online', '1 if the network is connected.', ['network'], (set) => {
    for (const { name, state } of networks()) set(state === 'online' ? 1 : 0, { network: name });
  });
  gauge('messages_waiting', 'Queued messages.', ['network'], (set) => {
    for (const { name, waiting } of networks()) set(waiting, { network: name });
  });
  gauge('oldest_message_seconds', 'Age of the oldest queued message.', ['network'], (set) => {
    for (const { name, oldest } of networks()) set(oldest === null ? 0 : (clock.now() - oldest) / 1000, { network: name });
  });
  gauge('log_events_total', 'Events in the log.', [], (set) => set(log.reads.lastSeq()));
  gauge('log_bytes', 'Size of the log and of its write-ahead file.', ['file'], (set) => {
    for (const [file, name] of [
      ['log', DATABASE_FILE],
      ['write-ahead', `${DATABASE_FILE}-wal`],
    ] as const)
      set(statSync(join(dataDir, name), { throwIfNoEntry: false })?.size ?? 0, { file });
  });
  gauge('backup_time_seconds', 'When the newest backup was made; 0 if there is none.', [], (set) =>
    set((backups().newest?.at ?? 0) / 1000),
  );
  gauge('backup_failed', '1 if the last backup failed.', [], (set) => set(backups().problem === null ? 0 : 1));
}
