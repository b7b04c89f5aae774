import { join } from 'node:path';
import type { Signal } from '../../supervision/signals.ts';
import type { Millis } from '../../../pipeline/values.ts';
import { describeExit } from '../../supervision/exit.ts';
import { expandArgument } from '../../template.ts';
import { closingText, oneLine } from '../../text.ts';
import { verdictOfLine } from '../../verdict.ts';
import { dollarsField, fieldsOf, textField, tokensField, type Fields } from '../json-line.ts';
import type { Pricing } from '../pricing.ts';
import { believable } from '../resume-time.ts';
import { mcpServers } from '../mcp-servers.ts';
import {
  defineRuntime,
  type Command,
  type Conclusion,
  type Launch,
  type OutputParser,
  type ParserContext,
  type ProcessExit,
} from '../runtime.ts';
import { NO_USAGE, maxUsage, sameUsage, type Usage } from '../../../pipeline/usage.ts';

/** Any program. The protocol is written down in docs/runtimes.md. */
export const commandRuntime = defineRuntime({
  name: 'command',
  title: 'a program of your own',
  keys: {},
  command: null,
  templates: true,
  models: { provider: null, aliases: [] },
  metered: false,
  hears: 'file',
  needs: { hosts: [], folders: [], keyVariable: null },
  // What a program of the user's own does without its arguments, nobody knows: it is not started to look.
  doctor: { install: null, version: null, signIn: null, signedIn: null },
  prepare,
  parser,
});

const MCP_FILE = 'mcp.json';

function prepare(launch: Launch<object>): Command {
  const [file = '', ...args] = launch.command;
  const { variables, access, model } = launch;
  return {
    file,
    args: args.map((arg) => expandArgument(arg, variables)),
    env: {
      MUSHER_PROMPT_FILE: launch.promptFile,
      MUSHER_TOLD_FILE: launch.toldFile,
      ...(launch.systemPromptFile === null ? {} : { MUSHER_SYSTEM_PROMPT_FILE: launch.systemPromptFile }),
      ...(launch.resumeSession === null ? {} : { MUSHER_SESSION: launch.resumeSession }),
      ...(access === null
        ? {}
        : { MUSHER_MCP_URL: access.url, MUSHER_MCP_TOKEN: access.token, MUSHER_MCP_CONFIG: join(launch.runDir, MCP_FILE) }),
      ...(model === null ? {} : { MUSHER_MODEL: model }),
    },
    inherit: [],
    stdin: launch.prompt,
    files: access === null ? [] : [{ name: MCP_FILE, text: mcpServers(access) }],
  };
}

function parser(context: ParserContext): OutputParser {
  const totals = new Map<string, Usage>();
  let turns = 0;
  /** Spoke the protocol: then only a result line can mean success. */
  let structured = false;
  let result: Extract<Signal, { kind: 'result' }> | null = null;
  let closing = '';
  let limited: Extract<Signal, { kind: 'rate-limited' }> | null = null;
  let lastText = '';

  const known = (fields: Fields): readonly Signal[] | null => {
    switch (textField(fields, 'type')) {
      case 'session': {
        const id = textField(fields, 'id');
        return id === null || id === '' ? null : [{ kind: 'session', id }];
      }
      case 'usage': {
        const model = textField(fields, 'model') ?? context.model ?? 'unknown';
        const before = totals.get(model);
        const { usage: said, unpriced } = usageOf(model, fields, context.pricing);
        const usage = maxUsage(before ?? NO_USAGE, said);
        totals.set(model, usage);
        return before !== undefined && sameUsage(before, usage) ? [] : [{ kind: 'usage', model, usage, ...unpriced }];
      }
      case 'status': {
        const text = textField(fields, 'text');
        return text === null ? null : [{ kind: 'activity', text: oneLine(text) }];
      }
      case 'read': {
        const id = fields['id'];
        return typeof id === 'number' ? [{ kind: 'read', id }] : null;
      }
      case 'turn':
        turns += 1;
        return [{ kind: 'turn', count: turns }];
      case 'rate_limit':
        limited = {
          kind: 'rate-limited',
          resumeAt: believable(timeOf(fields['resume_at']), context.now()),
          text: oneLine(textField(fields, 'text') ?? 'rate limited'),
        };
        return [limited];
      case 'signed_out':
        return [{ kind: 'signed-out', text: oneLine(textField(fields, 'text') ?? 'signed out') }];
      case 'verdict': {
        const verdict = textField(fields, 'verdict');
        if (verdict !== 'approve' && verdict !== 'reject') return null;
        return [{ kind: 'verdict', verdict, reason: oneLine(textField(fields, 'reason') ?? '') }];
      }
      case 'report': {
        const text = textField(fields, 'text');
        return text === null ? null : [{ kind: 'report', text }];
      }
      case 'result': {
        const status = textField(fields, 'status');
        if (status !== 'success' && status !== 'failure') return null;
        const said = textField(fields, 'text') ?? '';
        closing = closingText(said);
        result = { kind: 'result', outcome: status, summary: oneLine(said) };
        return [result];
      }
      default:
        return null;
    }
  };

  return {
    line(text) {
      const fields = fieldsOf(text);
      const signals = fields === null ? null : known(fields);
      if (signals !== null) {
        structured = true;
        return signals;
      }
      const plain = oneLine(text);
      if (plain === '') return [];
      lastText = plain;
      const verdict = verdictOfLine(text);
      return verdict === null
        ? [{ kind: 'activity', text: plain }]
        : [
            { kind: 'activity', text: plain },
            { kind: 'verdict', ...verdict },
          ];
    },
    end: (exit) => conclude(exit, { structured, result, closing, limited, lastText }),
  };
}

interface Seen {
  readonly structured: boolean;
  readonly result: Extract<Signal, { kind: 'result' }> | null;
  readonly closing: string;
  readonly limited: Extract<Signal, { kind: 'rate-limited' }> | null;
  readonly lastText: string;
}

function conclude(exit: ProcessExit, seen: Seen): Conclusion {
  const { result, limited } = seen;
  const success = result?.outcome === 'success';
  if (limited !== null && !success) return { reason: 'rate-limited', summary: limited.text, resumeAt: limited.resumeAt };
  if (result !== null && !success) return failed(result.summary || 'The agent reported a failure.');
  if (exit.code !== 0) return failed(joined(`The program ${describeExit(exit.code)}`, seen.lastText));
  if (result !== null) return { reason: 'finished', summary: result.summary, closing: seen.closing, resumeAt: null };
  if (seen.structured) return failed('The program ended without a result line.');
  return { reason: 'finished', summary: seen.lastText, closing: seen.lastText, resumeAt: null };
}

function failed(summary: string): Conclusion {
  return { reason: 'failed', summary, resumeAt: null };
}

function joined(what: string, detail: string): string {
  return oneLine(detail === '' ? `${what}.` : `${what}: ${detail}`);
}

/** The program's own figure of money, also where it is 0; where it gives none, what the tokens cost. */
function usageOf(
  model: string,
  fields: Fields,
  pricing: Pricing,
): { readonly usage: Usage; readonly unpriced: { readonly unpriced?: true } } {
  const tokens = {
    inputTokens: tokensField(fields, 'input_tokens'),
    outputTokens: tokensField(fields, 'output_tokens'),
    cacheReadTokens: tokensField(fields, 'cache_read_tokens'),
    cacheWriteTokens: tokensField(fields, 'cache_write_tokens'),
  };
  const cost = typeof fields['cost_usd'] === 'number' ? dollarsField(fields, 'cost_usd') : pricing.cost(model, tokens);
  return { usage: { ...tokens, microUsd: cost ?? 0 }, unpriced: cost === null ? { unpriced: true } : {} };
}

/** ISO 8601 or milliseconds since the epoch; null where it is neither. */
function timeOf(value: unknown): Millis | null {
  const time = typeof value === 'number' ? value : typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isFinite(time) ? time : null;
}
