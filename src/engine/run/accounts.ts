import type { ProjectSettings } from '../../config/settings.ts';
import type { Run } from '../../log/projections/run.ts';
import type { Tx } from '../../log/tx.ts';
import { accountNames } from '../../pipeline/next/accounts.ts';
import type { Millis } from '../../pipeline/values.ts';
import { agentActor } from '../../pipeline/actor.ts';

/** Two ends within this time speak of the same limit. */
const SAME_MS = 60_000;

/** Limits in a row that a run's account has met before this one; what ran beside the one that met it does not count. */
export function limitsBefore(tx: Tx, run: Run): number {
  const row = run.account === null ? null : tx.reads.accounts.get(run.account);
  return row === null || run.pendingAt < row.until ? 0 : row.times;
}

/** Writes down that a run's account is limited, or that nobody is signed in to it (`signIn`: what a person types; null: it is limited). Runs beside each other meet the same limit: it is one event, and one notice. */
export function limitAccount(tx: Tx, settings: ProjectSettings, run: Run, until: Millis, signIn: string | null): void {
  const { account } = run;
  if (account === null) return;
  const row = tx.reads.accounts.get(account);
  if (row !== null && row.until > tx.now && until <= row.until + SAME_MS) return;
  const agent = settings.agents.find(({ name }) => name === run.agent);
  const names = agent === undefined ? [account] : accountNames(settings.name, settings.agents, agent);
  const rows = names.filter((name) => name !== account).map((name) => ({ name, until: tx.reads.accounts.get(name)?.until ?? 0 }));
  const others = rows.filter((other) => other.until <= tx.now).map(({ name }) => name);
  const earliest = others.length > 0 || rows.length === 0 ? null : Math.min(until, ...rows.map((other) => other.until));
  const times = row !== null && run.pendingAt >= row.until ? row.times + 1 : (row?.times ?? 1);
  tx.record({
    project: run.project,
    item: null,
    actor: agentActor(run.agent),
    cause: null,
    kind: 'account.limited',
    payload: {
      account,
      until,
      times,
      news: row === null || (row.signIn === null) !== (signIn === null),
      others,
      earliest,
      ...(signIn === null ? {} : { signIn }),
    },
  });
}

/** A run that began after its account's time had come has shown that it works: the others may follow. */
export function accountWorks(tx: Tx, run: Run): void {
  const row = run.account === null ? null : tx.reads.accounts.get(run.account);
  if (row === null || run.pendingAt < row.until) return;
  const payload = { account: row.account };
  tx.record({ project: run.project, item: null, actor: agentActor(run.agent), cause: null, kind: 'account.recovered', payload });
}
