import { startModelServer, type Answer, type ModelApi, type ModelServer } from './model-server.ts';

/** A model service on loopback that speaks OpenAI's streaming Responses API. */
export function startResponsesApi(script: readonly Answer[]): Promise<ModelServer> {
  return startModelServer(script, RESPONSES);
}

const RESPONSES: ModelApi = {
  asked: (path, body) => (path === '/v1/responses' ? (JSON.parse(body) as { model: string }).model : null),
  keyHeaders: ['authorization'],
  errorBody: ({ type, message }) => ({ error: { type, code: type, message } }),
  events(answer, usage, _model, number) {
    const id = `resp_${number}`;
    const item =
      answer.kind === 'text'
        ? { type: 'message', role: 'assistant', id: `msg_${number}`, content: [{ type: 'output_text', text: answer.text }] }
        : {
            type: 'function_call',
            id: `fc_${number}`,
            call_id: `call_${number}`,
            ...named(answer.tool),
            arguments: JSON.stringify(answer.input),
          };
    return [
      { type: 'response.created', response: { id } },
      { type: 'response.output_item.done', output_index: 0, item },
      {
        type: 'response.completed',
        response: {
          id,
          usage: {
            input_tokens: usage.input,
            input_tokens_details: { cached_tokens: usage.cacheRead },
            output_tokens: usage.output,
            output_tokens_details: { reasoning_tokens: 0 },
            total_tokens: usage.input + usage.output,
          },
        },
      },
    ];
  },
};

/** `mcp__musher.item`: the tool `item` of a server stands in a namespace of its own. */
function named(tool: string): { readonly name: string; readonly namespace?: string } {
  const [first = '', second] = tool.split('.');
  return second === undefined ? { name: first } : { namespace: first, name: second };
}
