import type { Millis } from '../../../pipeline/values.ts';
import { describeExit } from '../../supervision/exit.ts';
import type { Signal } from '../../supervision/signals.ts';
import { closingText, oneLine } from '../../text.ts';
import { verdictOfText } from '../../verdict.ts';
import { askedBy, claudeCalls } from './calls.ts';
import { isRateLimit, isSignedOut, REFUSED_STATUS, resetTime } from './limits.ts';
import { realModel, usageMeter } from './usage.ts';
import { asFields, fieldsOf, listField, numberField, textField, type Fields } from '../json-line.ts';
import { believable } from '../resume-time.ts';
import type { Conclusion, OutputParser, ParserContext, ProcessExit } from '../runtime.ts';

/** What is forbidden stays so. */
const FORBIDDEN = 403;

/** Reads the lines of `--output-format stream-json --verbose`, with or without partial messages. */
export function claudeParser(context: ParserContext): OutputParser {
  const meter = usageMeter(context.pricing);
  const calls = claudeCalls();
  const turns = new Set<string>();
  let session: string | null = null;
  let conclusion: Conclusion | null = null;
  /** What the service said about the allowance, in an event of its own. */
  let announcedReset: Millis | null = null;
  /** The message that partial lines are about. */
  let streaming: { readonly id: string; readonly model: string } | null = null;
  let lastText = '';

  const sessionOf = (fields: Fields): readonly Signal[] => {
    const id = textField(fields, 'session_id');
    if (id === null || id === session) return [];
    session = id;
    return [{ kind: 'session', id }];
  };

  const assistant = (fields: Fields): readonly Signal[] => {
    const message = asFields(fields['message']);
    if (message === null) return [];
    const blocks = listField(message, 'content');
    const activity = blocks.flatMap(activityOf);
    lastText = activity.at(-1)?.text ?? lastText;
    calls.made(blocks);
    const said: readonly Signal[] = [...activity, ...blocks.flatMap(askedBy)];
    const model = realModel(message);
    const id = textField(message, 'id');
    if (model === null || id === null) return said;
    const usage = meter.message(id, model, asFields(message['usage']) ?? {});
    // Sub-agents have turns of their own, which are part of one of ours.
    if (turns.has(id) || textField(fields, 'parent_tool_use_id') !== null) return [...usage, ...said];
    turns.add(id);
    return [{ kind: 'turn', count: turns.size }, ...usage, ...said];
  };

  const partial = (fields: Fields): readonly Signal[] => {
    const event = asFields(fields['event']);
    if (event === null) return [];
    if (event['type'] === 'message_start') {
      const message = asFields(event['message']);
      const model = message === null ? null : realModel(message);
      const id = message === null ? null : textField(message, 'id');
      streaming = model === null || id === null ? null : { id, model };
      return streaming === null || message === null ? [] : meter.message(streaming.id, streaming.model, asFields(message['usage']) ?? {});
    }
    if (event['type'] === 'message_delta' && streaming !== null) {
      return meter.message(streaming.id, streaming.model, asFields(event['usage']) ?? {});
    }
    return [];
  };

  const system = (fields: Fields): readonly Signal[] => {
    switch (textField(fields, 'subtype')) {
      case 'api_retry': {
        const status = numberField(fields, 'error_status');
        const error = textField(fields, 'error') ?? 'error';
        if (status === REFUSED_STATUS) return [{ kind: 'signed-out', text: `The model service refused the key (${status}, ${error}).` }];
        if (status === FORBIDDEN) return [{ kind: 'fatal', text: `The model service forbids this (${status}, ${error}).` }];
        const where = status === 0 ? error : `${status}, ${error}`;
        return [
          {
            kind: 'activity',
            text: `Model service: ${where}; try ${numberField(fields, 'attempt')} of ${numberField(fields, 'max_retries')}`,
          },
        ];
      }
      case 'permission_denied':
        return [
          { kind: 'activity', text: oneLine(`Not allowed: ${textField(fields, 'tool_name') ?? 'a tool'}`) },
          { kind: 'asks', text: calls.permission(textField(fields, 'tool_use_id'), textField(fields, 'tool_name') ?? 'a tool') },
        ];
      case 'model_fallback':
        return [{ kind: 'activity', text: oneLine(textField(fields, 'content') ?? 'Switched to another model') }];
      default:
        return [];
    }
  };

  const rateLimit = (fields: Fields): readonly Signal[] => {
    const info = asFields(fields['rate_limit_info']);
    if (info === null || textField(info, 'status') !== 'rejected') return [];
    const seconds = numberField(info, 'resetsAt');
    announcedReset = believable(seconds * 1000, context.now()) ?? announcedReset;
    return [{ kind: 'activity', text: 'The allowance of the model service is used up.' }];
  };

  const result = (fields: Fields): readonly Signal[] => {
    const usage = meter.result(fields, context.resumed);
    const text = textField(fields, 'result') ?? firstError(fields) ?? '';
    const summary = oneLine(text);
    const subtype = textField(fields, 'subtype') ?? '';
    if (subtype === 'success' && fields['is_error'] === false) {
      conclusion = { reason: 'finished', summary, closing: closingText(text), resumeAt: null };
      const verdict = verdictOfText(text);
      return [
        { kind: 'result', outcome: 'success', summary },
        ...(verdict === null ? [] : [{ kind: 'verdict', ...verdict } as const]),
        ...usage,
      ];
    }
    const signals: Signal[] = [];
    const status = numberField(fields, 'api_error_status');
    if (subtype === 'error_max_turns' || subtype === 'error_max_budget_usd') {
      conclusion = { reason: 'over-budget', summary, resumeAt: null };
      return [{ kind: 'result', outcome: 'over-budget', summary }, ...usage];
    }
    if (/No conversation found with session ID/i.test(text)) signals.push({ kind: 'session-missing', text: summary });
    if (isSignedOut(text, status)) {
      signals.push({ kind: 'signed-out', text: summary });
      conclusion = { reason: 'signed-out', summary, resumeAt: null };
    } else if (isRateLimit(text, status)) {
      const resumeAt = announcedReset ?? believable(resetTime(text, timeOf(fields) ?? context.now()), context.now());
      signals.push({ kind: 'rate-limited', resumeAt, text: summary });
      conclusion = { reason: 'rate-limited', summary, resumeAt };
    } else {
      conclusion = { reason: 'failed', summary: summary || `Claude Code ended with ${subtype || 'an error'}.`, resumeAt: null };
    }
    return [...signals, { kind: 'result', outcome: 'failure', summary: conclusion.summary }, ...usage];
  };

  const read = (fields: Fields): readonly Signal[] => {
    switch (textField(fields, 'type')) {
      case 'assistant':
        return assistant(fields);
      case 'user':
        return calls.answered(listField(asFields(fields['message']) ?? {}, 'content'));
      case 'stream_event':
        return partial(fields);
      case 'system':
        return system(fields);
      case 'rate_limit_event':
        return rateLimit(fields);
      case 'result':
        return result(fields);
      default:
        return [];
    }
  };

  return {
    line(text) {
      // Most lines of a run are pieces of text that come again whole: not worth reading.
      if (text.startsWith('{"type":"stream_event"') && text.includes('"content_block_')) return [];
      const fields = fieldsOf(text);
      if (fields !== null) return [...sessionOf(fields), ...read(fields)];
      const plain = oneLine(text);
      // A line that was cut is JSON too, and no text for people.
      if (plain === '' || plain.startsWith('{')) return [];
      lastText = plain;
      return [{ kind: 'activity', text: plain }];
    },
    end: (exit) => conclude(exit, conclusion, lastText),
  };
}

function conclude(exit: ProcessExit, conclusion: Conclusion | null, lastText: string): Conclusion {
  if (conclusion !== null && (conclusion.reason !== 'finished' || exit.code === 0)) return conclusion;
  const what = `Claude Code ${describeExit(exit.code)}${conclusion === null ? ' and gave no result' : ' after its result'}`;
  return { reason: 'failed', summary: oneLine(lastText === '' ? `${what}.` : `${what}: ${lastText}`), resumeAt: null };
}

function activityOf(block: Fields): readonly { readonly kind: 'activity'; readonly text: string }[] {
  if (block['type'] === 'text') {
    const text = oneLine(textField(block, 'text') ?? '');
    return text === '' ? [] : [{ kind: 'activity', text }];
  }
  if (block['type'] !== 'tool_use') return [];
  const input = asFields(block['input']) ?? {};
  const target = ['file_path', 'notebook_path', 'command', 'pattern', 'path', 'url', 'query', 'description']
    .map((name) => textField(input, name))
    .find((value) => value !== null);
  return [{ kind: 'activity', text: oneLine(`${textField(block, 'name') ?? 'tool'} ${target ?? ''}`) }];
}

function firstError(fields: Fields): string | null {
  const errors = fields['errors'];
  const first: unknown = Array.isArray(errors) ? errors[0] : null;
  return typeof first === 'string' ? first : null;
}

function timeOf(fields: Fields): Millis | null {
  const time = Date.parse(textField(fields, 'timestamp') ?? '');
  return Number.isFinite(time) ? time : null;
}
