import { startModelServer, type Answer, type ModelApi, type ModelServer } from './model-server.ts';

/** A model service on loopback that speaks Anthropic's streaming Messages API. */
export function startMessagesApi(script: readonly Answer[]): Promise<ModelServer> {
  return startModelServer(script, MESSAGES);
}

const MESSAGES: ModelApi = {
  asked: (path, body) =>
    path.startsWith('/v1/messages') && !path.includes('count_tokens') ? (JSON.parse(body) as { model: string }).model : null,
  keyHeaders: ['x-api-key', 'authorization'],
  errorBody: ({ type, message }) => ({ type: 'error', error: { type, message } }),
  events(answer, usage, model, number) {
    const counted = { input_tokens: usage.input, cache_creation_input_tokens: 0, cache_read_input_tokens: usage.cacheRead };
    const message = { id: `msg_${number}`, type: 'message', role: 'assistant', model, content: [], stop_reason: null, stop_sequence: null };
    const [block, delta, stopReason] =
      answer.kind === 'text'
        ? [{ type: 'text', text: '' }, { type: 'text_delta', text: answer.text }, 'end_turn']
        : [
            { type: 'tool_use', id: `toolu_${number}`, name: answer.tool, input: {} },
            { type: 'input_json_delta', partial_json: JSON.stringify(answer.input) },
            'tool_use',
          ];
    return [
      { type: 'message_start', message: { ...message, usage: { ...counted, output_tokens: 1 } } },
      { type: 'content_block_start', index: 0, content_block: block },
      { type: 'content_block_delta', index: 0, delta },
      { type: 'content_block_stop', index: 0 },
      {
        type: 'message_delta',
        delta: { stop_reason: stopReason, stop_sequence: null },
        usage: { ...counted, output_tokens: usage.output },
      },
      { type: 'message_stop' },
    ];
  },
};
