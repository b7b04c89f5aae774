import { describe, expect, it } from 'vitest';
import { accountNames, chooseAccount, LONGEST_LIMIT_MS, type AccountFact } from '../../src/pipeline/next/accounts.ts';
import { nextStep } from '../../src/pipeline/next/next-step.ts';
import { num } from './samples.ts';
import { QUIET } from './facts.ts';
import { STAGE, standing, T0 } from './samples.ts';
import type { Facts } from '../../src/pipeline/next/step.ts';

const free = (name: string): AccountFact => ({ name, until: null, tried: false });
const limited = (name: string, until: number, tried = false): AccountFact => ({ name, until, tried });

describe('the account of a run', () => {
  it.each([
    ['the first that is free', [free('a'), free('b')], { take: 'a' }],
    ['the next where the first is limited', [limited('a', T0 + 1), free('b')], { take: 'b' }],
    ['one that works rather than one that came back', [limited('a', T0), free('b')], { take: 'b' }],
    ['one whose time has come, for a first run', [limited('a', T0), limited('b', T0 + 9)], { take: 'a' }],
    ['none while that first run goes on', [limited('a', T0, true)], { take: null, why: 'tried', name: 'a' }],
    ['none before the first reset', [limited('a', T0 + 9), limited('b', T0 + 5)], { take: null, why: 'limited', name: 'b', until: T0 + 5 }],
    [
      'one whose limit was written while the clock was years ahead',
      [limited('a', T0 + LONGEST_LIMIT_MS + 1), limited('b', T0 + LONGEST_LIMIT_MS)],
      { take: 'a' },
    ],
  ] as const)('is %s', (_, accounts, choice) => {
    expect(chooseAccount(accounts, T0)).toEqual(choice);
  });

  it('is shared by agents that are the same customer, and by no others', () => {
    const agent = (name: string, env = {}, command = ['claude']) => ({ name, runtime: 'claude', command, env });
    const agents = [agent('a', { KEY: '1' }), agent('b', { KEY: '2' }), agent('c', { KEY: '1' })];
    expect(agents.map((one) => accountNames('shop', agents, one))).toEqual([['shop/a'], ['shop/b'], ['shop/a']]);
    const named = { ...agent('d'), accounts: [{ name: 'main' }, { name: 'spare' }] };
    expect(accountNames('shop', [...agents, named], named)).toEqual(['main', 'spare']);
  });
});

describe('an item whose agents have accounts', () => {
  const facts = (...accounts: readonly AccountFact[]): Facts => ({
    ...QUIET,
    agents: QUIET.agents.map((agent) => ({ ...agent, accounts })),
  });
  const item = standing(STAGE.current);

  it('runs on the one that is free, also right after it met a limit on another', () => {
    expect(nextStep(item, facts(limited('a', T0 + 9), free('b')))).toMatchObject({ do: 'run', account: 'b' });
    expect(nextStep(standing(STAGE.current, 'rateLimited'), facts(limited('a', T0 + 9), free('b')))).toMatchObject({
      do: 'run',
      account: 'b',
    });
  });

  it('waits until the first of them comes back, whoever met the limit', () => {
    const step = nextStep(item, facts(limited('a', T0 + 9), limited('b', T0 + 5)));
    expect(step).toMatchObject({
      do: 'wait',
      for: 'rate-limit',
      reason: { kind: 'account-limited', account: 'b' },
      until: T0 + 5,
      never: false,
    });
  });

  it('waits for the one run that tries it first', () => {
    expect(nextStep(item, facts(limited('a', T0, true)))).toMatchObject({
      reason: { kind: 'account-tried', account: 'a' },
      until: null,
    });
  });

  it('takes another agent whose account is free', () => {
    const agents = QUIET.agents.map((agent) => ({ ...agent, accounts: [agent.name === 'coder-1' ? limited('a', T0 + 9) : free('b')] }));
    expect(nextStep(item, { ...QUIET, agents })).toMatchObject({ do: 'run', agent: 'coder-2', account: 'b' });
    expect(nextStep(item, { ...QUIET, agents, busy: new Map([['coder-2', [num(3)]]]) })).toMatchObject({
      for: 'rate-limit',
      until: T0 + 9,
    });
  });
});
