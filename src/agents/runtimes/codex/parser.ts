import { describeExit } from '../../supervision/exit.ts';
import type { Signal } from '../../supervision/signals.ts';
import { closingText, oneLine } from '../../text.ts';
import { verdictOfText } from '../../verdict.ts';
import { asFields, readLine, listField, numberField, textField, type Fields } from '../json-line.ts';
import type { Conclusion, OutputParser, ParserContext, ProcessExit } from '../runtime.ts';
import { runUsage, UNNAMED_MODEL } from '../run-usage.ts';
import { answeredCall, describeCall } from '../tool-call.ts';
import { turnCounter } from '../turns.ts';
import { isForbidden, isRateLimit, isSessionMissing, isSignedOut, resetTime } from './limits.ts';
import { threadTokens } from './usage.ts';

/** Reads the lines of `codex exec --json`. */
export function codexParser(context: ParserContext): OutputParser {
  const turns = turnCounter();
  const model = context.model ?? UNNAMED_MODEL;
  const metered = runUsage(context.pricing);
  let session: string | null = null;
  let conclusion: Conclusion | null = null;
  /** It waits for an allowance. */
  let limited: Conclusion | null = null;
  /** The model's last words in full: they are the result, and hold a reviewer's verdict. */
  let answer = '';
  let lastText = '';

  const said = (text: string): readonly Signal[] => {
    const line = oneLine(text);
    if (line === '') return [];
    lastText = line;
    return [{ kind: 'activity', text: line }];
  };

  /** An error on the way: Codex tries again by itself, but a refused key stays refused. */
  const trouble = (message: string): readonly Signal[] => {
    if (isSignedOut(message)) return [{ kind: 'signed-out', text: refused(message) }];
    if (isForbidden(message)) return [{ kind: 'fatal', text: oneLine(message) }];
    if (!isRateLimit(message)) return said(message);
    // It waits as long as the service says, be it an hour, and prints nothing meanwhile.
    limited = { reason: 'rate-limited', summary: oneLine(message), resumeAt: resetTime(message, context.now()) };
    return [{ kind: 'rate-limited', resumeAt: limited.resumeAt, text: limited.summary, waits: true }];
  };

  const item = (fields: Fields, completed: boolean): readonly Signal[] => {
    const type = textField(fields, 'type') ?? '';
    if (type !== 'error') limited = null;
    if (type === 'error') return completed ? trouble(textField(fields, 'message') ?? '') : [];
    if (type === 'agent_message') {
      if (!completed) return [];
      answer = textField(fields, 'text') ?? '';
      return [...turns.spoke(model), ...said(answer)];
    }
    const call = callOf(type, fields);
    if (call === null) return [];
    if (!completed) return [...turns.spoke(model), ...said(call.text)];
    const spoke = turns.spoke(model);
    turns.answered();
    const status = textField(fields, 'status');
    const asks: readonly Signal[] = status === 'declined' ? [{ kind: 'asks', text: oneLine(`permission for ${call.text}`) }] : [];
    return [...spoke, answeredCall(call.text, call.input, call.answer, status === 'failed' || status === 'declined'), ...asks];
  };

  const failed = (message: string): readonly Signal[] => {
    const summary = oneLine(message) || 'Codex gave up without a reason.';
    const ended: Signal = { kind: 'result', outcome: 'failure', summary };
    if (isSignedOut(message)) {
      conclusion = { reason: 'signed-out', summary: refused(message), resumeAt: null };
      return [{ kind: 'signed-out', text: conclusion.summary }, ended];
    }
    if (isRateLimit(message)) {
      conclusion = { reason: 'rate-limited', summary, resumeAt: resetTime(message, context.now()) };
      return [{ kind: 'rate-limited', resumeAt: conclusion.resumeAt, text: summary }, ended];
    }
    conclusion = { reason: 'failed', summary, resumeAt: null };
    return [ended];
  };

  const completed = (usage: Fields): readonly Signal[] => {
    const summary = oneLine(answer);
    conclusion = { reason: 'finished', summary, closing: closingText(answer), resumeAt: null };
    const verdict = verdictOfText(answer);
    return [
      { kind: 'result', outcome: 'success', summary },
      ...(verdict === null ? [] : [{ kind: 'verdict', ...verdict } as const]),
      ...metered.total(model, threadTokens(usage, context.before)),
    ];
  };

  const read = (fields: Fields): readonly Signal[] => {
    switch (textField(fields, 'type')) {
      case 'thread.started': {
        const id = textField(fields, 'thread_id');
        if (id === null || id === session) return [];
        session = id;
        return [{ kind: 'session', id }];
      }
      case 'turn.started':
        conclusion = null;
        return [];
      case 'item.started':
        return item(asFields(fields['item']) ?? {}, false);
      case 'item.completed':
        return item(asFields(fields['item']) ?? {}, true);
      case 'error':
        return trouble(textField(fields, 'message') ?? '');
      case 'turn.failed':
        return failed(textField(asFields(fields['error']) ?? {}, 'message') ?? '');
      case 'turn.completed':
        return completed(asFields(fields['usage']) ?? {});
      default:
        return [];
    }
  };

  return {
    line: (text) => readLine(text, read, said),
    complaint(text) {
      return isSessionMissing(text) ? [{ kind: 'session-missing', text: oneLine(text) }] : [];
    },
    end: (exit) => conclude(exit, conclusion ?? limited, lastText),
  };
}

function conclude(exit: ProcessExit, conclusion: Conclusion | null, lastText: string): Conclusion {
  if (conclusion !== null && (conclusion.reason !== 'finished' || exit.code === 0)) return conclusion;
  const what = `Codex ${describeExit(exit.code)}${conclusion === null ? ' and gave no result' : ' after its result'}`;
  return { reason: 'failed', summary: oneLine(lastText === '' ? `${what}.` : `${what}: ${lastText}`), resumeAt: null };
}

function refused(message: string): string {
  return oneLine(`Codex is not signed in, or its key was refused: ${message.replace(/^Reconnecting\.\.\. \d+\/\d+ \((.*)\)$/, '$1')}`);
}

interface Call {
  readonly text: string;
  readonly input: string;
  readonly answer: string;
}

/** What an item that is a tool's call was asked and has answered; null for any other item. */
function callOf(type: string, fields: Fields): Call | null {
  switch (type) {
    case 'command_execution': {
      const command = textField(fields, 'command') ?? '';
      // Codex wraps every command in `/bin/bash -lc '…'`.
      const own = /^\S*sh -l?c (['"])(.*)\1$/s.exec(command)?.[2] ?? command;
      const answer = `${textField(fields, 'aggregated_output') ?? ''}\nexit ${numberField(fields, 'exit_code')}`;
      return { text: oneLine(`$ ${own}`, 120), input: command, answer };
    }
    case 'file_change': {
      const paths = listField(fields, 'changes').map(
        (change) => `${textField(change, 'kind') ?? 'change'} ${textField(change, 'path') ?? ''}`,
      );
      return {
        text: oneLine(`edit ${paths.join(', ')}`, 120),
        input: JSON.stringify(fields['changes'] ?? null),
        answer: textField(fields, 'status') ?? '',
      };
    }
    case 'mcp_tool_call': {
      const text = oneLine(`${textField(fields, 'server') ?? ''}.${textField(fields, 'tool') ?? ''}`, 120);
      return {
        text,
        input: JSON.stringify(fields['arguments'] ?? null),
        answer: JSON.stringify(fields['error'] ?? fields['result'] ?? null),
      };
    }
    case 'web_search':
      return { text: describeCall('search', fields, ['query']), input: textField(fields, 'query') ?? '', answer: '' };
    default:
      return null;
  }
}
