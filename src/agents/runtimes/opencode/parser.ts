import { describeExit } from '../../supervision/exit.ts';
import type { Signal } from '../../supervision/signals.ts';
import { closingText, oneLine } from '../../text.ts';
import { verdictOfText } from '../../verdict.ts';
import { asFields, dollarsField, readLine, textField, tokensField, type Fields } from '../json-line.ts';
import type { Conclusion, OutputParser, ParserContext, ProcessExit } from '../runtime.ts';
import { runUsage, UNNAMED_MODEL } from '../run-usage.ts';
import { answeredCall, describeCall } from '../tool-call.ts';
import { isRefusal, isSessionMissing, loggedError, outcomeOfError } from './limits.ts';
import { NO_USAGE, addUsage } from '../../../pipeline/usage.ts';

/** What tells most about a call, in that order. */
const TARGETS = ['command', 'filePath', 'path', 'pattern', 'url', 'query', 'description', 'name'] as const;

/** Reads the lines of `opencode run --format json`. It has no end line: a last step that ends with `stop` is one. */
export function opencodeParser(context: ParserContext): OutputParser {
  const metered = runUsage(context.pricing);
  const steps = new Set<string>();
  let used = NO_USAGE;
  /** Whether each step so far said what it cost; null: no step yet. */
  let costKnown: boolean | null = null;
  let turns = 0;
  let session: string | null = null;
  let conclusion: Conclusion | null = null;
  /** The model's last words in full: they are the result, and hold a reviewer's verdict. */
  let answer = '';
  let lastText = '';
  /** A tool that was refused ends the run, with exit code 0. */
  let refused: string | null = null;
  /** It waits for an allowance. */
  let limited: Conclusion | null = null;

  const said = (text: string): readonly Signal[] => {
    const line = oneLine(text);
    if (line === '') return [];
    lastText = line;
    return [{ kind: 'activity', text: line }];
  };

  const tool = (part: Fields): readonly Signal[] => {
    const state = asFields(part['state']) ?? {};
    const input = asFields(state['input']) ?? {};
    const text = describeCall(textField(part, 'tool') ?? 'tool', input, TARGETS);
    const error = textField(state, 'error');
    const call = answeredCall(
      text,
      JSON.stringify(input),
      error ?? textField(state, 'output') ?? '',
      textField(state, 'status') === 'error',
    );
    if (error === null || !isRefusal(error)) return [...said(text), call];
    refused = text;
    return [...said(`Not allowed: ${text}`), call, { kind: 'asks', text: oneLine(`permission for ${text}`) }];
  };

  const finished = (part: Fields): readonly Signal[] => {
    const id = textField(part, 'id') ?? '';
    const usage = steps.has(id) ? [] : stepUsage(part);
    steps.add(id);
    const reason = textField(part, 'reason') ?? '';
    // Each step but the last ends because tools were called.
    if (reason === 'tool-calls') return usage;
    if (reason !== 'stop') {
      conclusion = { reason: 'failed', summary: `The model stopped early: ${oneLine(reason) || 'no reason given'}.`, resumeAt: null };
      return [{ kind: 'result', outcome: 'failure', summary: conclusion.summary }, ...usage];
    }
    // No `result` yet: after opencode has compacted the conversation, it continues.
    conclusion = { reason: 'finished', summary: oneLine(answer), closing: closingText(answer), resumeAt: null };
    const verdict = verdictOfText(answer);
    return [...(verdict === null ? [] : [{ kind: 'verdict', ...verdict } as const]), ...usage];
  };

  const stepUsage = (part: Fields): readonly Signal[] => {
    const tokens = asFields(part['tokens']) ?? {};
    const cache = asFields(tokens['cache']) ?? {};
    const step = {
      inputTokens: tokensField(tokens, 'input'),
      outputTokens: tokensField(tokens, 'output') + tokensField(tokens, 'reasoning'),
      cacheReadTokens: tokensField(cache, 'read'),
      cacheWriteTokens: tokensField(cache, 'write'),
      microUsd: dollarsField(part, 'cost'),
    };
    // A model that opencode knows no price for costs it nothing, which says nothing.
    costKnown = costKnown !== false && step.microUsd > 0;
    used = addUsage(used, step);
    const { microUsd, ...all } = used;
    return metered.total(context.model ?? UNNAMED_MODEL, all, costKnown ? microUsd : null);
  };

  const error = (fields: Fields): readonly Signal[] => {
    const ended = outcomeOfError(asFields(fields['error']) ?? {}, context.now());
    // Its log has said more of what the line calls an unexpected error.
    if (conclusion?.reason === 'signed-out') return [];
    conclusion = ended;
    const result: Signal = { kind: 'result', outcome: 'failure', summary: ended.summary };
    if (ended.reason === 'signed-out') return [{ kind: 'signed-out', text: ended.summary }, result];
    if (ended.reason === 'rate-limited') return [{ kind: 'rate-limited', resumeAt: ended.resumeAt, text: ended.summary }, result];
    return [result];
  };

  const read = (fields: Fields): readonly Signal[] => {
    const part = asFields(fields['part']) ?? {};
    switch (textField(fields, 'type')) {
      case 'step_start':
        // Work continues, whatever was said before.
        conclusion = null;
        limited = null;
        refused = null;
        turns += 1;
        return [{ kind: 'turn', count: turns }];
      case 'text':
        answer = textField(part, 'text') ?? '';
        return said(answer);
      case 'tool_use':
        return tool(part);
      case 'step_finish':
        return finished(part);
      case 'error':
        return error(fields);
      default:
        return [];
    }
  };

  /** It tries again by itself, for as long as the service says, and prints nothing meanwhile. */
  const fromLog = (text: string): readonly Signal[] => {
    const logged = loggedError(text);
    if (logged === null) return [];
    const ended = outcomeOfError({ message: logged }, context.now());
    if (ended.reason === 'signed-out') {
      conclusion = ended;
      return [{ kind: 'signed-out', text: ended.summary }];
    }
    if (ended.reason !== 'rate-limited') return said(logged);
    limited = ended;
    return [{ kind: 'rate-limited', resumeAt: ended.resumeAt, text: ended.summary, waits: true }];
  };

  const sessionOf = (fields: Fields): readonly Signal[] => {
    const id = textField(fields, 'sessionID');
    if (id === null || id === session) return [];
    session = id;
    return [{ kind: 'session', id }];
  };

  return {
    line: (text) => readLine(text, (fields) => [...sessionOf(fields), ...read(fields)], said),
    complaint(text) {
      if (isSessionMissing(text)) return [{ kind: 'session-missing', text: oneLine(text) }];
      return fromLog(text);
    },
    end: (exit) => conclude(exit, conclusion ?? limited, refused, lastText),
  };
}

function conclude(exit: ProcessExit, conclusion: Conclusion | null, refused: string | null, lastText: string): Conclusion {
  if (conclusion !== null && (conclusion.reason !== 'finished' || exit.code === 0)) return conclusion;
  if (conclusion === null && refused !== null) return failed(`opencode ended because nobody allowed ${refused}.`);
  const what = `opencode ${describeExit(exit.code)}${conclusion === null ? ' in the middle of its work' : ' after its last step'}`;
  return failed(lastText === '' ? `${what}.` : `${what}: ${lastText}`);
}

function failed(summary: string): Conclusion {
  return { reason: 'failed', summary: oneLine(summary), resumeAt: null };
}
