import type * as z from 'zod';
import type { EngineParts } from '../engine/parts.ts';
import type { Caller } from './caller.ts';
import type { GateRuns } from './gate-runs.ts';
import type { ApprovalSettings } from '../config/settings.ts';

/** What tools share. */
export interface ToolParts extends Pick<
  EngineParts,
  'log' | 'clock' | 'dataDir' | 'installation' | 'onProblem' | 'projects' | 'redactor' | 'failureText'
> {
  readonly people: ApprovalSettings;
  /** When people first see what is asked of them at this moment, ms since the epoch. */
  readonly seenFrom: (project: string, now: number) => number;
  readonly gateRuns: GateRuns;
}

/** One call of a tool. */
export interface Call {
  readonly caller: Caller;
  /** Names the call by its tool and arguments. */
  readonly key: string;
  /** It came over the session that the reviewing program opened when it began; see `cameOverConnection`. */
  readonly ownConnection: boolean;
  /** Aborts when nobody listens any more. */
  readonly signal: AbortSignal;
}

/** What the model reads. `ok: false`: nothing was done, and the text says why. */
export interface ToolAnswer {
  readonly ok: boolean;
  readonly text: string;
}

/** One tool is one declaration. */
export interface Tool<I extends z.ZodRawShape = z.ZodRawShape> {
  readonly name: string;
  readonly description: string;
  readonly input: I;
  // A method, not a property: so that tools of different inputs fit in one list.
  run(parts: ToolParts, call: Call, args: z.output<z.ZodObject<I>>): Promise<ToolAnswer> | ToolAnswer;
}

/** Gives a declaration its types. */
export function tool<const I extends z.ZodRawShape>(declaration: Tool<I>): Tool<I> {
  return declaration;
}

/** What was done. */
export function said(text: string): ToolAnswer {
  return { ok: true, text };
}

/** Why nothing was done. */
export function refusal(text: string): ToolAnswer {
  return { ok: false, text };
}
