import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isRateLimit, resetTime } from '../../../src/agents/runtimes/claude/limits.ts';
import { claudeRuntime } from '../../../src/agents/runtimes/claude/claude.ts';
import { pricing } from '../../../src/agents/runtimes/pricing.ts';
import type { Launch, RuntimeOptions } from '../../../src/agents/runtimes/runtime.ts';
import { launch } from '../launch.ts';
import { NO_USAGE } from '../../../src/pipeline/usage.ts';

function argsOf(
  change: Partial<Launch<RuntimeOptions>>,
  resumeSession: string | null = null,
  systemPromptFile: string | null = null,
  resumedMicroUsd = 0,
  access: Launch<RuntimeOptions>['access'] = null,
): readonly string[] {
  return claudeRuntime.prepare(launch({ command: ['claude'], resumeSession, systemPromptFile, resumedMicroUsd, access, ...change })).args;
}

describe('how claude is started', () => {
  it('never puts the prompt into an argument', () => {
    expect(argsOf({})).not.toContain('--help');
  });

  it('lets a coder edit and commit, and a reviewer only look', () => {
    expect(argsOf({})).toEqual(expect.arrayContaining(['acceptEdits', 'Edit', 'Write', 'Read', 'Bash(git add:*)', 'Bash(git commit:*)']));
    const qa = argsOf({ role: 'qa' });
    for (const tool of ['acceptEdits', 'Edit', 'MultiEdit', 'Write', 'NotebookEdit', 'Bash(git commit:*)', 'Bash(git add:*)'])
      expect(qa).not.toContain(tool);
    expect(qa).toEqual(expect.arrayContaining(['Read', 'Bash(git diff:*)']));
  });

  it('takes the tools that the agent lists instead of the usual ones', () => {
    const args = argsOf({ options: { allowed_tools: ['Read', 'Bash(npm test)'] } });
    expect(args.slice(args.indexOf('--allowedTools'))).toEqual(['--allowedTools', 'Read', 'Bash(npm test)']);
  });

  it('is told where Musher is by a file, and asks people by it unless the agent is not to ask', () => {
    const access = { url: 'http://127.0.0.1:1/mcp', token: 'musher_not-a-secret' };
    const asking = argsOf({ options: { permission: 'ask' } }, null, null, 0, access);
    expect(asking.join(' ')).toContain('--mcp-config /run/mcp.json --permission-prompt-tool mcp__musher__approve');
    expect(asking.at(-1)).toBe('mcp__musher');
    expect(asking.join(' ')).not.toContain(access.token);
    const silent = argsOf({ options: { permission: 'deny' } }, null, null, 0, access);
    expect(silent).toContain('--mcp-config');
    expect(silent).not.toContain('--permission-prompt-tool');
    for (const option of ['--mcp-config', '--permission-prompt-tool'])
      expect(argsOf({ options: { permission: 'ask' } })).not.toContain(option);
  });

  it('passes on model, effort, limits, session and system prompt', () => {
    const args = argsOf({ model: 'opus', effort: 'high', limits: { turns: 5, microUsd: 2_500_000 } }, 'abc', '/run/system-prompt.md').join(
      ' ',
    );
    for (const part of [
      '--model opus',
      '--effort high',
      '--max-turns 5',
      '--max-budget-usd 2.5',
      '--resume abc',
      '--append-system-prompt-file /run/system-prompt.md',
    ]) {
      expect(args).toContain(part);
    }
  });

  it('counts what a resumed session had spent before into the limit that it passes on', () => {
    const args = argsOf({ limits: { turns: null, microUsd: 100_000 } }, 'abc', null, 200_000);
    expect(args[args.indexOf('--max-budget-usd') + 1]).toBe('0.3');
  });

  it('leaves an option alone that the command names itself', () => {
    const args = argsOf({ command: ['claude', '--setting-sources', 'user,project'] });
    expect(args.filter((arg) => arg === '--setting-sources')).toHaveLength(1);
    expect(args).toContain('user,project');
  });
});

describe('when an allowance comes back', () => {
  const now = Date.parse('2026-11-21T10:00:00Z');
  it.each([
    ['Claude AI usage limit reached|1795262400', '2026-11-21T12:00:00Z'],
    ["You've hit your limit · resets 3pm (UTC)", '2026-11-21T15:00:00Z'],
    ["You've hit your limit · resets 4:50am (Europe/Rome)", '2026-11-22T03:50:00Z'],
    ["You've hit your session limit · resets 11pm (Europe/Warsaw)", '2026-11-21T22:00:00Z'],
    ["You've hit your weekly limit · resets Nov 24, 9am (America/New_York)", '2026-11-24T14:00:00Z'],
    ["You've hit your weekly limit · resets Jan 2, 12am (UTC)", '2027-01-02T00:00:00Z'],
    ["You're out of extra usage · resets 6pm (America/New_York)", '2026-11-21T23:00:00Z'],
    ['5-hour limit reached ∙ resets 3pm (UTC)', '2026-11-21T15:00:00Z'],
    ['Weekly limit reached ∙ resets Nov 24, 5pm (UTC)', '2026-11-24T17:00:00Z'],
    ["You've hit your session limit · resets 6:30pm (Asia/Jerusalem)", '2026-11-21T16:30:00Z'],
    ['Claude usage limit reached. Your limit will reset at 1pm (Etc/GMT+5).', '2026-11-21T18:00:00Z'],
  ])('reads %j', (text, expected) => {
    expect(isRateLimit(text, 0)).toBe(true);
    expect(new Date(resetTime(text, now) ?? 0).toISOString()).toBe(new Date(expected).toISOString());
  });

  it.each(['Invalid API key · Please run /login', 'Not logged in · Please run /login', 'OAuth token has expired', 'API Error: 401 x'])(
    'takes %j for nobody signed in',
    (result) => {
      const parser = claudeRuntime.parser({ model: null, resumed: false, before: NO_USAGE, now: () => now, pricing: pricing() });
      const status = result.includes('401') ? 401 : null;
      parser.line(JSON.stringify({ type: 'result', subtype: 'success', is_error: true, api_error_status: status, result }));
      expect(parser.end({ code: 1 })).toMatchObject({ reason: 'signed-out', summary: result });
    },
  );

  it('says that it does not know where the text does not say', () => {
    for (const text of ['limit', 'resets soon', 'resets 13pm', 'resets Foo 3, 3pm', '|12']) expect(resetTime(text, now)).toBeNull();
  });

  it('gives a time ahead or none, for any text', () => {
    fc.assert(
      fc.property(
        fc.nat({ max: 20 }),
        fc.nat({ max: 70 }),
        fc.constantFrom('am', 'pm'),
        fc.constantFrom('UTC', 'Asia/Kolkata', 'America/St_Johns', 'No/Where'),
        (hour, minute, half, zone) => {
          const time = resetTime(`resets ${hour}:${String(minute).padStart(2, '0')}${half} (${zone})`, now);
          expect(time === null || (time > now && time <= now + 49 * 3_600_000)).toBe(true);
        },
      ),
    );
  });

  it.each([1e300, 8.64e12, now / 1000 - 1, now / 1000 + 32 * 86_400])(
    'does not believe an allowance that comes back at %s s',
    (resetsAt) => {
      const parser = claudeRuntime.parser({ model: null, resumed: false, before: NO_USAGE, now: () => now, pricing: pricing() });
      parser.line(`{"type":"rate_limit_event","rate_limit_info":{"status":"rejected","resetsAt":${resetsAt}}}`);
      const text = 'Claude AI usage limit reached|9999999999';
      parser.line(JSON.stringify({ type: 'result', subtype: 'success', is_error: true, api_error_status: 429, result: text }));
      expect(parser.end({ code: 1 })).toMatchObject({ reason: 'rate-limited', resumeAt: null });
    },
  );

  it('takes what the service announced before the end line', () => {
    const parser = claudeRuntime.parser({ model: null, resumed: false, before: NO_USAGE, now: () => now, pricing: pricing() });
    parser.line(JSON.stringify({ type: 'rate_limit_event', rate_limit_info: { status: 'allowed', resetsAt: 1 } }));
    parser.line(
      JSON.stringify({
        type: 'rate_limit_event',
        rate_limit_info: { status: 'rejected', resetsAt: 1_795_300_000, rateLimitType: 'five_hour' },
      }),
    );
    const signals = parser.line(
      JSON.stringify({ type: 'result', subtype: 'success', is_error: true, api_error_status: 429, result: "You've hit your limit" }),
    );
    expect(signals[0]).toEqual({ kind: 'rate-limited', resumeAt: 1_795_300_000_000, text: "You've hit your limit" });
    expect(parser.end({ code: 1 })).toMatchObject({ reason: 'rate-limited', resumeAt: 1_795_300_000_000 });
  });
});

describe('the parser of claude', () => {
  it('reads the verdict from the final text only', () => {
    const parser = claudeRuntime.parser({ model: null, resumed: false, before: NO_USAGE, now: () => 0, pricing: pricing() });
    const quoting = { type: 'assistant', message: { id: 'm', model: 'x', content: [{ type: 'text', text: 'VERDICT: approve' }] } };
    expect(parser.line(JSON.stringify(quoting)).map(({ kind }) => kind)).not.toContain('verdict');
    const signals = parser.line(
      JSON.stringify({ type: 'result', subtype: 'success', is_error: false, result: 'Two bugs.\n\nVERDICT: reject the loop never ends' }),
    );
    expect(signals).toContainEqual({ kind: 'verdict', verdict: 'reject', reason: 'the loop never ends' });
  });

  it('counts a sub-agent’s tokens but not its turns', () => {
    const parser = claudeRuntime.parser({ model: null, resumed: false, before: NO_USAGE, now: () => 0, pricing: pricing() });
    const line = {
      type: 'assistant',
      parent_tool_use_id: 'toolu_1',
      message: { id: 'm', model: 'claude-haiku-4-5', content: [], usage: { input_tokens: 7 } },
    };
    expect(parser.line(JSON.stringify(line)).map(({ kind }) => kind)).toEqual(['usage']);
  });

  it('answers any line at all', () => {
    const words = fc.constantFrom(
      'type',
      'assistant',
      'result',
      'system',
      'stream_event',
      'subtype',
      'message',
      'usage',
      'model',
      'event',
      'content',
      'modelUsage',
      '__proto__',
    );
    const value = fc.letrec((tie) => ({
      tree: fc.oneof(
        { depthSize: 'small' },
        fc.string(),
        words,
        fc.double(),
        fc.constant(null),
        fc.array(tie('tree')),
        fc.dictionary(words, tie('tree')),
      ),
    })).tree;
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.dictionary(words, value).map((line) => JSON.stringify(line)),
            fc.string(),
          ),
        ),
        (lines) => {
          const parser = claudeRuntime.parser({ model: null, resumed: false, before: NO_USAGE, now: () => 0, pricing: pricing() });
          for (const line of lines) parser.line(line);
          expect(['finished', 'failed', 'rate-limited', 'over-budget', 'signed-out']).toContain(parser.end({ code: 0 }).reason);
        },
      ),
    );
  });

  it('prices what it knows, and nothing else', () => {
    const usage = { inputTokens: 1000, outputTokens: 50, cacheReadTokens: 200, cacheWriteTokens: 100 };
    expect(pricing().cost('claude-sonnet-4-5', usage)).toBe(3810 + 375);
    expect(pricing().cost('claude-sonnet-4-5-20250929', usage, 100)).toBe(3810 + 600);
    expect(pricing().cost('some-other-model', usage)).toBe(null);
  });
});
