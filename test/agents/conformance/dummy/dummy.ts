import { closingText } from '../../../../src/agents/text.ts';
import * as z from 'zod';
import { fieldsOf, textField, tokensField } from '../../../../src/agents/runtimes/json-line.ts';
import { defineRuntime, type Conclusion } from '../../../../src/agents/runtimes/runtime.ts';
import type { Signal } from '../../../../src/agents/supervision/signals.ts';

/** The smallest runtime that there can be, of a program that says `{"did": …}`: it shows what one has to bring along. */
export const dummyRuntime = defineRuntime({
  name: 'dummy',
  title: 'Dummy',
  keys: { mood: z.enum(['good', 'bad']).optional().meta({ description: 'How it feels.', example: 'good' }) },
  command: ['dummy'],
  templates: false,
  models: { provider: null, aliases: [] },
  metered: true,
  hears: 'interrupt',
  needs: {
    hosts: ['dummy.example'],
    folders: [{ variable: 'DUMMY_HOME', fallback: '.dummy', below: '', login: ['login'] }],
    keyVariable: null,
  },
  doctor: {
    install: 'install dummy',
    version: ['version'],
    signIn: () => 'dummy login',
    signedIn: async ({ ask }) => ((await ask(['whoami'])).code === 0 ? 'in' : 'out'),
  },
  prepare: ({ command: [file = 'dummy', ...own], options, prompt, resumeSession }) => ({
    file,
    args: [
      ...own,
      ...(options.mood === undefined ? [] : ['--mood', options.mood]),
      ...(resumeSession === null ? [] : ['--go-on', resumeSession]),
    ],
    env: {},
    inherit: ['DUMMY_HOME'],
    stdin: prompt,
    files: [],
  }),
  parser({ pricing, before }) {
    let end: Conclusion = { reason: 'failed', summary: 'It gave no result.', resumeAt: null };
    const closed = (reason: Conclusion['reason'], summary: string): Signal => {
      end = { reason, summary, ...(reason === 'finished' ? { closing: closingText(summary) } : {}), resumeAt: null };
      return { kind: 'result', outcome: reason === 'finished' ? 'success' : 'failure', summary };
    };
    return {
      line(text) {
        const fields = fieldsOf(text);
        if (fields === null) return [];
        const what = textField(fields, 'text') ?? '';
        switch (textField(fields, 'did')) {
          case 'begin':
            return [{ kind: 'session', id: what }];
          case 'work': {
            const total = tokensField(fields, 'tokens');
            const tokens = { inputTokens: total - before.inputTokens, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0 };
            const cost = pricing.cost('dummy-1', tokens);
            return [
              { kind: 'usage', model: 'dummy-1', usage: { ...tokens, microUsd: cost ?? 0 }, ...(cost === null ? { unpriced: true } : {}) },
            ];
          }
          case 'ask':
            return [{ kind: 'asks', text: what }];
          case 'end':
            return [closed('finished', what)];
          case 'fail':
            return [closed(/429/.test(what) ? 'rate-limited' : 'failed', what)];
          case 'locked':
            return [{ kind: 'signed-out', text: what }];
          default:
            return [];
        }
      },
      end: () => end,
    };
  },
});
