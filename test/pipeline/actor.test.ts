import { expect, it } from 'vitest';
import { actorName, actorParts, agentActor, isPerson } from '../../src/pipeline/actor.ts';

it.each([
  ['musher', { kind: 'musher' }, 'Musher', false],
  [agentActor('coder-1'), { kind: 'agent', name: 'coder-1' }, 'coder-1', false],
  ['person:anna', { kind: 'person', name: 'anna' }, 'anna', true],
  ['matrix:@anna:example.org', { kind: 'person', name: '@anna:example.org' }, '@anna:example.org', true],
])('%s is taken apart once for all', (actor, parts, name, person) => {
  expect([actorParts(actor), actorName(actor), isPerson(actor)]).toEqual([parts, name, person]);
});
