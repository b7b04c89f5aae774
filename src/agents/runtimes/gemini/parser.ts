import { describeExit } from '../../supervision/exit.ts';
import type { Signal } from '../../supervision/signals.ts';
import { closingText, oneLine } from '../../text.ts';
import { verdictOfText } from '../../verdict.ts';
import { asFields, readLine, textField, tokensField, type Fields } from '../json-line.ts';
import type { Conclusion, OutputParser, ParserContext, ProcessExit } from '../runtime.ts';
import { runUsage, UNNAMED_MODEL, type Tokens } from '../run-usage.ts';
import { answeredCall, describeCall } from '../tool-call.ts';
import { turnCounter } from '../turns.ts';
import { isSessionMissing, isSignedOut, isUnprotected, outcomeOfError, outcomeOfExit } from './limits.ts';

/** What tells most about a call, in that order. */
const TARGETS = ['command', 'file_path', 'path', 'dir_path', 'pattern', 'url', 'query', 'prompt', 'name'] as const;
/** Answers of a tool that its policy kept from running. */
const REFUSAL = new Set(['policy_violation', 'tool_not_registered']);

/** Reads the lines of `gemini -o stream-json`. */
export function geminiParser(context: ParserContext): OutputParser {
  const metered = runUsage(context.pricing);
  const turns = turnCounter();
  const model = context.model ?? UNNAMED_MODEL;
  const open = new Map<string, { readonly text: string; readonly input: string }>();
  let session: string | null = null;
  let conclusion: Conclusion | null = null;
  /** What the model says comes in pieces; whole since the tools last answered. */
  let answer = '';
  let lastText = '';
  let lastComplaint = '';

  const said = (text: string): readonly Signal[] => {
    const line = oneLine(text);
    if (line === '') return [];
    lastText = line;
    return [{ kind: 'activity', text: line }];
  };

  const called = (fields: Fields): readonly Signal[] => {
    const input = asFields(fields['parameters']) ?? {};
    const text = describeCall(textField(fields, 'tool_name') ?? 'tool', input, TARGETS);
    open.set(textField(fields, 'tool_id') ?? '', { text, input: JSON.stringify(input) });
    return [...turns.spoke(model), ...spoken(), ...said(text)];
  };

  /** Told once it is whole: a line of its own for each piece would be read by nobody. */
  const spoken = (): readonly Signal[] => {
    const text = answer;
    answer = '';
    return said(text);
  };

  const answered = (fields: Fields): readonly Signal[] => {
    const id = textField(fields, 'tool_id') ?? '';
    const call = open.get(id);
    if (call === undefined) return [];
    open.delete(id);
    turns.answered();
    const error = asFields(fields['error']);
    const output = textField(fields, 'output') ?? '';
    const signal = answeredCall(call.text, call.input, output, textField(fields, 'status') === 'error');
    if (error === null || !REFUSAL.has(textField(error, 'type') ?? '')) return [signal];
    return [...said(`Not allowed: ${call.text}`), signal, { kind: 'asks', text: oneLine(`permission for ${call.text}`) }];
  };

  const result = (fields: Fields): readonly Signal[] => {
    const usage = modelUsage(asFields(asFields(fields['stats'])?.['models']) ?? {}).flatMap(([name, tokens]) =>
      metered.total(name, tokens),
    );
    const text = answer;
    const last = spoken();
    if (textField(fields, 'status') === 'success') {
      const summary = oneLine(text);
      conclusion = { reason: 'finished', summary, closing: closingText(text), resumeAt: null };
      const verdict = verdictOfText(text);
      return [
        ...last,
        { kind: 'result', outcome: 'success', summary },
        ...(verdict === null ? [] : [{ kind: 'verdict', ...verdict } as const]),
        ...usage,
      ];
    }
    const error = asFields(fields['error']) ?? {};
    const ended = outcomeOfError(textField(error, 'message') ?? textField(error, 'type') ?? '', context.now());
    conclusion = ended;
    return [...last, ...signalsOf(ended), { kind: 'result', outcome: 'failure', summary: ended.summary }, ...usage];
  };

  const read = (fields: Fields): readonly Signal[] => {
    switch (textField(fields, 'type')) {
      case 'init': {
        const id = textField(fields, 'session_id');
        if (id === null || id === session) return [];
        session = id;
        return [{ kind: 'session', id }];
      }
      case 'message':
        if (textField(fields, 'role') !== 'assistant') return [];
        answer += textField(fields, 'content') ?? '';
        return turns.spoke(model);
      case 'tool_use':
        return called(fields);
      case 'tool_result':
        return answered(fields);
      case 'error':
        return said(textField(fields, 'message') ?? '');
      case 'result':
        return result(fields);
      default:
        return [];
    }
  };

  return {
    line: (text) => readLine(text, read, said),
    complaint(text) {
      const line = oneLine(text);
      if (line === '') return [];
      if (isUnprotected(line)) return [{ kind: 'fatal', text: line }];
      if (isSessionMissing(line)) return [{ kind: 'session-missing', text: line }];
      if (isSignedOut(line)) lastComplaint = line;
      return /^Attempt \d+ failed/.test(line) ? said(line) : [];
    },
    end: (exit) => conclude(exit, conclusion, lastText, lastComplaint),
  };
}

function signalsOf(ended: Conclusion): readonly Signal[] {
  if (ended.reason === 'signed-out') return [{ kind: 'signed-out', text: ended.summary }];
  if (ended.reason === 'rate-limited') return [{ kind: 'rate-limited', resumeAt: ended.resumeAt, text: ended.summary }];
  return [];
}

function conclude(exit: ProcessExit, conclusion: Conclusion | null, lastText: string, lastComplaint: string): Conclusion {
  if (conclusion !== null && (conclusion.reason !== 'finished' || exit.code === 0)) return conclusion;
  const byExit = conclusion === null ? outcomeOfExit(exit.code, lastComplaint) : null;
  if (byExit !== null) return byExit;
  const what = `Gemini CLI ${describeExit(exit.code)}${conclusion === null ? ' and gave no result' : ' after its result'}`;
  return { reason: 'failed', summary: oneLine(lastText === '' ? `${what}.` : `${what}: ${lastText}`), resumeAt: null };
}

/** Tokens of each model that was used. Cached ones are counted within input; what the total has beyond both is thought, and costs as output. */
function modelUsage(models: Fields): (readonly [string, Tokens])[] {
  return Object.entries(models).flatMap(([model, entry]) => {
    const fields = asFields(entry);
    if (fields === null) return [];
    const input = tokensField(fields, 'input_tokens');
    const cached = Math.min(input, tokensField(fields, 'cached'));
    const output = Math.max(tokensField(fields, 'output_tokens'), tokensField(fields, 'total_tokens') - input);
    if (input + output === 0) return [];
    return [[model, { inputTokens: input - cached, outputTokens: output, cacheReadTokens: cached, cacheWriteTokens: 0 }] as const];
  });
}
