import { BOUNDS } from '../../bounds.ts';
import * as z from 'zod';
import { canBeShown, cutLine } from '../../agents/shown-input.ts';
import { revealed } from '../../message/reveal.ts';
import type { AgentRequest } from '../../pipeline/requests.ts';
import { fenced } from '../data.ts';
import { ended, putToPeople } from '../people.ts';
import { refusal, said, tool, type ToolAnswer } from '../tool.ts';

/** Buttons hold no more than this on every network, with the command around it. */
const LONGEST_CHOICE = BOUNDS.choice;
const MOST_CHOICES = BOUNDS.choices;

const line = (most: number, what: string) =>
  z
    .string()
    .trim()
    .min(1)
    .max(most)
    .refine((text) => !text.includes('\n') && revealed(text) === text, `${what} must be one line without hidden characters`);

export const ask = tool({
  name: 'ask',
  description:
    'Asks people a question in the room and waits for the answer. Give a default, which applies if nobody answers in time. Ask only what you cannot find out yourself.',
  input: {
    question: z.string().trim().min(1).max(1_000),
    choices: z
      .array(line(LONGEST_CHOICE, 'a choice'))
      .max(MOST_CHOICES)
      .optional()
      .describe('Suggested answers; people may answer something else.'),
    default: line(200, 'the default').describe('The answer if nobody replies in time.'),
    minutes: z.number().positive().max(10_000).optional().describe('How long to wait; the configuration sets the maximum.'),
  },
  async run(parts, call, { question, choices = [], default: fallback, minutes }) {
    if (!canBeShown([question, ...choices, fallback].join('\n'))) return refusal('The question is too long to show. Ask a shorter one.');
    const request = putToPeople(parts, call, {
      ask: { kind: 'question', text: question, choices, fallback },
      brief: cutLine(question),
      waitMs: Math.min(parts.people.questionExpireMs, (minutes ?? Number.MAX_SAFE_INTEGER) * 60_000),
      // The same question in the same run has the same answer.
      again: ({ state }) => state !== 'cancelled',
    });
    if (typeof request === 'string') return refusal(`Nobody was asked: ${request}. Continue with your default.`);
    return answerText(await ended(parts.log, request.number, call.signal));
  },
});

/** The answer to a question. Null: nobody listens any more. */
export function answerText(request: AgentRequest | null): ToolAnswer {
  if (request?.state === 'answered') return said(`A person answered.\n${fenced('answer', request.text)}`);
  if (request?.state === 'expired') return said(`Nobody answered in time. Continue with your default: ${request.text}`);
  return refusal('The question was cancelled. Continue with your default.');
}
