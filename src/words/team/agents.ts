import type { AccountNow, AgentNow } from '../../decide/team.ts';
import type { WorkStage } from '../../pipeline/role.ts';
import { code, phrase, type Content } from '../../message/build.ts';
import { counted, money } from '../amounts.ts';
import { itemLabel, itemTitle } from '../item/item.ts';
import { runTime } from '../item/run.ts';
import { outageWords } from '../outage.ts';
import type { Reader } from '../reader.ts';
import { duration, moment } from '../time.ts';

const DOES: { readonly [S in WorkStage]: string } = { current: 'codes', qa: 'reviews', merge: 'merges' };

/** The symbol and the words after an agent's name: `…`, ` #4 Login · 3 min · opus · $0.42 today`. */
export function agentLine(
  { stage, model, auto, maxParallel, state, tasks, todayMicroUsd }: AgentNow,
  reader: Reader,
): readonly [sign: string, words: readonly Content[]] {
  const used = tasks.map(({ run }) => run.model ?? run.chosenModel ?? null).find((one) => one !== null) ?? model;
  const after = [
    ...(used === null ? [] : [used]),
    ...(auto ? [] : ['only when asked for']),
    ...(maxParallel === 1 ? [] : [`${maxParallel} at a time`]),
    ...(todayMicroUsd === 0 ? [] : [`${money(todayMicroUsd)} today`]),
  ];
  const [sign, now] = nowWords(state, tasks, reader);
  return [sign, phrase` ${now}${[state.kind === 'working' ? '' : ` (${DOES[stage]})`, ...after].join(' · ')}`];
}

function nowWords(state: AgentNow['state'], tasks: AgentNow['tasks'], reader: Reader): readonly [string, readonly Content[]] {
  switch (state.kind) {
    case 'working':
      return ['…', [tasks.map((task) => taskWords(task, reader)).join(', ')]];
    case 'free':
      return ['✓', ['free']];
    case 'out':
      return ['!', phrase`can’t start until ${moment(state.outage.until, reader.now, reader.timezone)}: ${outageWords(state.outage)}`];
    case 'account': {
      const { account } = state;
      if (account.why === 'tried') return ['…', [`waiting: one run is testing account ${account.name}`]];
      if (account.why === 'signed-out') return ['!', [`signed out of account ${account.name}`]];
      return ['!', phrase`rate-limited until ${moment(account.until, reader.now, reader.timezone)}`];
    }
  }
}

function taskWords({ run, item }: AgentNow['tasks'][number], reader: Reader): string {
  const about = item === null ? itemLabel({ project: run.project, number: run.item }, reader.current) : itemTitle(item, reader.current);
  return `${about} · ${run.state === 'pending' ? 'being made ready' : duration(runTime(run, reader.now))}`;
}

/** An account at a model provider: `✓ main works · claude · coder-1, coder-2`. */
export function accountLine({ fact, signIn, runtime, agents, runs }: AccountNow, { now, timezone }: Reader): Content[] {
  const { name, until, tried } = fact;
  const rest = ` · ${[runtime, agents.join(', '), ...(runs === 0 ? [] : [counted(runs, 'run')])].join(' · ')}`;
  if (signIn === '') return [`! ${name} signed out${rest}. Sign in on the machine that runs Musher.`];
  if (signIn !== null) return [`! ${name} signed out${rest}. On the machine that runs Musher, run `, code(signIn), '.'];
  if (until === null) return [`✓ ${name} works${rest}`];
  if (until > now) return phrase`! ${name} rate-limited until ${moment(until, now, timezone)}, in ${duration(until - now)}${rest}`;
  return [`… ${name} ${tried ? 'is being tested by a run' : 'is tested by the next run'}, its limit is over${rest}`];
}
