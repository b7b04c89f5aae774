import { describe, expect, it } from 'vitest';
import { isRateLimit as ofCodex } from '../../../src/agents/runtimes/codex/limits.ts';
import { outcomeOfError as ofGemini } from '../../../src/agents/runtimes/gemini/limits.ts';
import { outcomeOfError as ofOpencode } from '../../../src/agents/runtimes/opencode/limits.ts';

const NOW = Date.UTC(2026, 10, 24, 12);

describe('a used-up allowance is told from a failed attempt, in each spelling', () => {
  it.each([
    'You’ve hit your usage limit. Upgrade to Pro or try again in 3 days 4 hours.',
    "You've hit your team usage limit.",
    'usage_limit_reached',
    'exceeded retry limit, last status: 429 Too Many Requests',
    'stream disconnected before completion: Rate limit reached for gpt-5 on tokens per min (TPM)',
    'You exceeded your current quota, please check your plan and billing details.',
    'Quota exceeded. Check your plan and billing details.',
    'Your workspace is out of credits. Ask your workspace owner to refill in order to continue.',
  ])('of Codex: %s', (text) => {
    expect(ofCodex(text)).toBe(true);
  });

  it.each([
    '[API Error: {"error":{"code":429,"message":"Resource has been exhausted (e.g. check quota)."}}]',
    'Resource has been exhausted (e.g. check quota).',
    'You have exhausted your capacity on this model.',
    'You have exhausted your daily quota on this model.',
    'You have reached your daily gemini-2.5-pro quota limit.',
    'Quota exceeded for quota metric requests',
    'The model is overloaded. Please try again later.',
    'Daily limit reached',
  ])('of Gemini CLI: %s', (text) => {
    expect(ofGemini(text, NOW).reason).toBe('rate-limited');
  });

  it.each([
    'You exceeded your current quota, please check your plan and billing details.',
    'Your credit balance is too low to access the Anthropic API.',
    "This request would exceed your organization's rate limit of 50,000 input tokens per minute.",
    'Insufficient credits. Add more using the settings page.',
    'Insufficient balance.',
    'Resource has been exhausted (e.g. check quota).',
    'You’ve exhausted your premium model quota.',
    'Weekly limit reached',
    'Overloaded',
  ])('of the services behind opencode: %s', (message) => {
    expect(ofOpencode({ name: 'APIError', data: { message } }, NOW).reason).toBe('rate-limited');
  });

  it('and what only speaks of limits is a failure', () => {
    const text = 'The test for the upload failed: file size is over its limit.';
    expect(ofCodex(text)).toBe(false);
    expect(ofGemini(text, NOW).reason).toBe('failed');
    expect(ofOpencode({ name: 'APIError', data: { message: text } }, NOW).reason).toBe('failed');
  });
});
