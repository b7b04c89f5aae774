import { BOUNDS } from '../../bounds.ts';
import * as z from 'zod';
import { briefInput, canBeShown, shownInput } from '../../agents/shown-input.ts';
import type { AgentRequest } from '../../pipeline/requests.ts';
import { ended, putToPeople, refuseUnasked, useAllowedForRun } from '../people.ts';
import { said, tool, type ToolAnswer } from '../tool.ts';

/** A tool's name is shown in a sentence. */
const LONGEST_NAME = BOUNDS.toolName;

/**
 * Claude Code asks by this before it uses a tool that it may not use without asking (`--permission-prompt-tool`), in
 * this form and wants the answer in that of `decision`. Whatever is not an allowance by a person is a denial.
 */
export const approve = tool({
  name: 'approve',
  description:
    'Asks people for permission to use a tool, with exactly this input, and waits for the answer. Use it only if your program does not ask by itself.',
  input: {
    tool_name: z.string().max(LONGEST_NAME),
    input: z.record(z.string(), z.unknown()),
    tool_use_id: z.string().max(200).optional(),
  },
  async run(parts, call, { tool_name: name, input, tool_use_id: use }) {
    // Its own way of asking people would be shown here as a tool's input; there is a better one.
    if (name === 'AskUserQuestion') return denied('Nobody sees this. Use the tool ask of the server musher instead.');
    const given = JSON.stringify(input);
    const brief = briefInput(name, given);
    const shown = shownInput(given);
    if (!canBeShown(shown)) {
      const why = refuseUnasked(parts, call, brief, { kind: 'too-long', units: shown.length, lines: shown.split('\n').length });
      return denied(`Nobody was asked: ${why}. Do it in smaller steps.`);
    }
    if (parts.redactor.redact(given) !== given) {
      const why = refuseUnasked(parts, call, brief, { kind: 'holds-secret' });
      return denied(`Nobody was asked: ${why}. Read it from a file or from the environment.`);
    }
    if (useAllowedForRun(parts, call, name, brief) !== null) return allowed(given);
    const request = putToPeople(parts, call, {
      ask: { kind: 'permission', tool: name, input: given },
      brief,
      waitMs: parts.people.expireMs,
      // The program names each use: one that comes again was cut off from its answer. Without a name it is a new one.
      again: () => use !== undefined,
    });
    if (typeof request === 'string') return denied(`Nobody was asked: ${request}.`);
    return decision(await ended(parts.log, request.number, call.signal));
  },
});

/** The answer to a request for leave, as Claude Code reads it. Null: nobody listens any more. */
export function decision(request: AgentRequest | null): ToolAnswer {
  if (request === null || request.ask.kind !== 'permission') return denied('The request was cancelled.');
  switch (request.state) {
    case 'allowed':
      return allowed(request.ask.input);
    case 'denied':
      return denied(request.text === '' ? 'A person denied it.' : `A person denied it: ${request.text}`);
    case 'expired':
      return denied('Nobody answered in time, so it is denied. Continue without it, or report a blocker.');
    case 'open':
    case 'answered':
    case 'cancelled':
      return denied('The request is no longer valid.');
  }
}

function allowed(input: string): ToolAnswer {
  return said(JSON.stringify({ behavior: 'allow', updatedInput: JSON.parse(input) as unknown }));
}

function denied(message: string): ToolAnswer {
  return said(JSON.stringify({ behavior: 'deny', message }));
}
