import { expect, it } from 'vitest';
import { RUNTIMES } from '../../../src/agents/runtimes/index.ts';
import { claudePlays } from './claude.ts';
import { codexPlays } from './codex.ts';
import { commandPlays } from './command.ts';
import { dummyPlays } from './dummy/plays.ts';
import { geminiPlays } from './gemini.ts';
import { opencodePlays } from './opencode.ts';
import { conformance } from './suite.ts';

const ALL = [commandPlays, claudePlays, codexPlays, opencodePlays, geminiPlays];

it('is passed by every runtime that there is', () => {
  expect(ALL.map(({ runtime }) => runtime.name)).toEqual(RUNTIMES.map(({ name }) => name));
});

for (const plays of ALL) conformance(plays);

// A runtime that only the tests have: one folder, and this line.
conformance(dummyPlays);
