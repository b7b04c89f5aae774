import { startModelServer, type Answer, type ModelApi, type ModelServer } from './model-server.ts';

/** A model service on loopback that speaks Gemini's API, streaming. */
export function startGeminiApi(script: readonly Answer[]): Promise<ModelServer> {
  return startModelServer(script, GEMINI);
}

const STATUS = new Map([
  [400, 'INVALID_ARGUMENT'],
  [401, 'UNAUTHENTICATED'],
  [403, 'PERMISSION_DENIED'],
  [429, 'RESOURCE_EXHAUSTED'],
]);

const GEMINI: ModelApi = {
  asked: (path) => /^\/v1beta\/models\/([^/:]+):streamGenerateContent/.exec(path)?.[1] ?? null,
  keyHeaders: ['x-goog-api-key', 'authorization'],
  errorBody: ({ status, message, retryAfter }) => ({
    error: {
      code: status,
      message,
      status: STATUS.get(status) ?? 'UNKNOWN',
      details: retryAfter === undefined ? [] : [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: `${retryAfter}s` }],
    },
  }),
  events(answer, usage, model) {
    const part = answer.kind === 'text' ? { text: answer.text } : { functionCall: { name: answer.tool, args: answer.input } };
    return [
      {
        candidates: [{ content: { role: 'model', parts: [part] }, finishReason: 'STOP', index: 0 }],
        usageMetadata: {
          promptTokenCount: usage.input,
          candidatesTokenCount: usage.output,
          cachedContentTokenCount: usage.cacheRead,
          totalTokenCount: usage.input + usage.output,
        },
        modelVersion: model,
      },
    ];
  },
};
