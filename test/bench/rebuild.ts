import { openDatabase } from '../../src/log/database.ts';
import { Log } from '../../src/log/log.ts';
import { PROJECTION_TABLES } from '../../src/log/projections/tables.ts';
import { rebuild } from '../../src/log/verify.ts';
import { projectHistory } from './history.ts';
import { perSecond, seconds, times, type Row } from './measure.ts';
import { databaseOf } from '../log/database-of.ts';

/** Milliseconds between two events of the history: a million of them are about half a year. */
const BETWEEN_MS = 15_000;
const BATCH = 1_000;

/** Makes a log of a given size in a directory, ending now. */
export function fill(dir: string, project: string, events: number): void {
  let time = Date.now() - events * BETWEEN_MS;
  const log = Log.open(dir, { now: () => time, at: () => () => {} });
  const history = projectHistory(project);
  for (let done = 0; done < events; done += BATCH) {
    time += BATCH * BETWEEN_MS;
    log.transaction((tx) => {
      for (let i = done; i < Math.min(events, done + BATCH); i++) tx.record(history.next().value as Parameters<typeof tx.record>[0]);
    });
  }
  settle(log, project);
  log.close();
}

/** Ends what is under way, as a person would before leaving: so an engine that starts on this log has nothing to do. */
function settle(log: Log, project: string): void {
  const about = { project, actor: 'console:ann', cause: null } as const;
  log.transaction((tx) => {
    for (const { item, run } of tx.reads.openRuns(project)) {
      const payload = { run, reason: 'stopped', exitCode: null, summary: '', resumeAt: null, turns: null, verdict: null } as const;
      tx.record({ ...about, item, kind: 'run.ended', payload });
    }
    for (const { number: item, landing } of [...tx.reads.active(project), ...tx.reads.inStage(project, 'backlog', 100)]) {
      if (landing === null) {
        tx.record({ ...about, item, kind: 'item.held', payload: { why: 'the day is over' } });
        continue;
      }
      const to = { name: 'done', mergedAt: tx.now, mergeCommit: landing } as const;
      tx.record({ ...about, item, kind: 'item.moved', payload: { to, why: 'merged', failure: null } });
    }
  });
}

/** All projections made again, with the chain of hashes checked, against a bare read of the events. */
export function benchRebuild(dir: string): Row {
  const log = Log.open(dir, { now: () => 0, at: () => () => {} });
  const read = databaseOf(log).prepare('SELECT * FROM events ORDER BY seq');
  let count = 0;
  const floor = seconds(() => {
    for (const _ of read.iterate()) count += 1;
  });
  const target = openDatabase(':memory:');
  target.exec(PROJECTION_TABLES);
  const musher = seconds(() => {
    rebuild(databaseOf(log), target, (problem) => {
      throw new Error(problem);
    });
  });
  target.close();
  log.close();
  return {
    what: `rebuild of projections from ${count.toLocaleString('en')} events, against a bare read of them`,
    floor: perSecond(count, floor),
    musher: perSecond(count, musher),
    ratio: times(floor / musher),
    goal: '≥ 100,000/s',
    met: count / musher >= 100_000,
  };
}
