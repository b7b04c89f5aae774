import { rankOf } from '../../pipeline/next/priority.ts';
import type { AgentRequest } from '../../pipeline/requests.ts';
import type { WorkItem } from '../../pipeline/types.ts';
import type { Db } from '../database.ts';
import type { Run } from './run.ts';
import { TableCache } from './table-cache.ts';
import type { Usage } from '../../pipeline/usage.ts';

export type ItemKey = readonly [project: string, number: number];
export type RunKey = readonly [project: string, item: number, run: number];
export type RequestKey = readonly [number: number];
export type CountKey = readonly [project: string, stage: string];
export type SpendKey = readonly [project: string, quarter: number, item: number, agent: string, model: string];
export type SpendTotalKey = readonly [project: string, agent: string, model: string];

/** Items, whole, by project and number. */
export function itemTable(db: Db): TableCache<ItemKey, WorkItem> {
  const load = db.prepare<[string, number], string>('SELECT state FROM items WHERE project = ? AND number = ?').pluck();
  const save = db.prepare(
    'INSERT OR REPLACE INTO items (project, number, stage, execution, deleted, wakes, rank, stage_since, state) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
  );
  return new TableCache<ItemKey, WorkItem>(
    (project, number) => {
      const state = load.get(project, number);
      return state === undefined ? null : (JSON.parse(state) as WorkItem);
    },
    ([project, number], item) => {
      const wakes =
        item.deletedAt === null ? item.errand !== null || (item.stage.name === 'backlog' && item.queued) : item.removal?.state === 'asked';
      save.run(
        project,
        number,
        item.stage.name,
        item.execution.state,
        item.deletedAt === null ? 0 : 1,
        wakes ? 1 : 0,
        rankOf(item),
        item.stageSince,
        JSON.stringify(item),
      );
    },
  );
}

/** Runs by item and run number. */
export function runTable(db: Db): TableCache<RunKey, Run> {
  const load = db.prepare<[string, number, number], string>('SELECT state FROM runs WHERE project = ? AND item = ? AND run = ?').pluck();
  const save = db.prepare('INSERT OR REPLACE INTO runs (project, item, run, open, state) VALUES (?, ?, ?, ?, ?)');
  return new TableCache<RunKey, Run>(
    (project, item, run) => {
      const state = load.get(project, item, run);
      return state === undefined ? null : (JSON.parse(state) as Run);
    },
    ([project, item, n], run) => save.run(project, item, n, run.state === 'ended' ? 0 : 1, JSON.stringify(run)),
  );
}

/** What agents asked people for, by number. */
export function requestTable(db: Db): TableCache<RequestKey, AgentRequest> {
  const load = db.prepare<[number], string>('SELECT state FROM requests WHERE number = ?').pluck();
  const save = db.prepare('INSERT OR REPLACE INTO requests (number, project, item, run, call, open, state) VALUES (?, ?, ?, ?, ?, ?, ?)');
  return new TableCache<RequestKey, AgentRequest>(
    (number) => {
      const state = load.get(number);
      return state === undefined ? null : (JSON.parse(state) as AgentRequest);
    },
    ([number], request) =>
      save.run(number, request.project, request.item, request.run, request.call, request.state === 'open' ? 1 : 0, JSON.stringify(request)),
  );
}

/** Items in each stage, and under `last` the highest number ever given. */
export function countTable(db: Db): TableCache<CountKey, number> {
  const load = db.prepare<[string, string], number>('SELECT n FROM counts WHERE project = ? AND stage = ?').pluck();
  const save = db.prepare('INSERT OR REPLACE INTO counts (project, stage, n) VALUES (?, ?, ?)');
  return new TableCache<CountKey, number>(
    (project, stage) => load.get(project, stage) ?? null,
    ([project, stage], n) => save.run(project, stage, n),
  );
}

const USAGE_COLUMNS =
  'input AS inputTokens, output AS outputTokens, cache_read AS cacheReadTokens, cache_write AS cacheWriteTokens, micro_usd AS microUsd';

function usageValues(usage: Usage): number[] {
  return [usage.inputTokens, usage.outputTokens, usage.cacheReadTokens, usage.cacheWriteTokens, usage.microUsd];
}

/** Spend by quarter of an hour, item, agent and model. */
export function spendTable(db: Db): TableCache<SpendKey, Usage> {
  const load = db.prepare<[string, number, number, string, string], Usage>(
    `SELECT ${USAGE_COLUMNS} FROM spend WHERE project = ? AND quarter = ? AND item = ? AND agent = ? AND model = ?`,
  );
  const save = db.prepare('INSERT OR REPLACE INTO spend VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
  return new TableCache<SpendKey, Usage>(
    (...key) => load.get(...key) ?? null,
    (key, usage) => save.run(...key, ...usageValues(usage)),
  );
}

/** Spend of all time by agent and model. */
export function spendTotalTable(db: Db): TableCache<SpendTotalKey, Usage> {
  const load = db.prepare<[string, string, string], Usage>(
    `SELECT ${USAGE_COLUMNS} FROM spend_total WHERE project = ? AND agent = ? AND model = ?`,
  );
  const save = db.prepare('INSERT OR REPLACE INTO spend_total VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
  return new TableCache<SpendTotalKey, Usage>(
    (...key) => load.get(...key) ?? null,
    (key, usage) => save.run(...key, ...usageValues(usage)),
  );
}
