import * as z from 'zod';
import { microUsdOf } from '../../pipeline/money.ts';
import { ROLE_OF, type Role, type WorkStage } from '../../pipeline/role.ts';
import { asSettings, type AsSettings } from '../as-settings.ts';
import { durationField as duration } from '../duration.ts';
import { argumentList, name, positive, text } from './fields.ts';
import { RUNTIMES, SUGGESTED } from '../../agents/runtimes/index.ts';
import { knownModels } from '../../agents/runtimes/known-models.ts';
import { findRuntime, type Runtime } from '../../agents/runtimes/runtime.ts';

export const limitsSchema = z.strictObject({
  turns: positive().optional().meta({ description: 'Model turns in one run. Default: no limit.', example: 100 }),
  tokens: positive()
    .optional()
    .meta({ description: 'Input, cache and output tokens of one run together. Default: no limit.', example: 5_000_000 }),
  cost_usd: z
    .number()
    .positive()
    .optional()
    .meta({ description: 'US dollars of one run. Default: no limit. With a subscription, use `tokens` instead.', example: 5 }),
  wall_clock: duration().prefault('30m').meta({ description: 'Longest duration of a run.' }),
  silence: duration().prefault('10m').meta({ description: 'Longest time without output, or with only repeated lines.' }),
  question: duration().prefault('2m').meta({ description: 'Longest time without output after something that looks like a question.' }),
  repeats: positive().min(2).default(12).meta({
    description: 'Identical tool calls with the same result or error in a row while no file changes, if the program reports its calls.',
  }),
  idle_tokens: positive()
    .default(200_000)
    .meta({ description: 'Output tokens of a coder or mergemaster without a file change or commit.' }),
});

/** The words for an agent's stage; the name of the role is accepted as well. */
export const STAGE_WORDS = ['current', 'qa', 'merge', 'coder', 'mergemaster'] as const;

/** Keys that only some runtimes know, each said to be theirs. */
function runtimeKeys(runtimes: readonly Runtime[]): z.ZodRawShape {
  const names = [...new Set(runtimes.flatMap(({ keys }) => Object.keys(keys)))];
  return Object.fromEntries(
    names.flatMap((key) => {
      const owners = runtimes.filter(({ keys }) => key in keys);
      const schema = owners[0]?.keys[key];
      if (!(schema instanceof z.ZodType)) return [];
      const notes = schema.meta() ?? {};
      const whose = owners.map((owner) => `\`${owner.name}\``).join(', ');
      return [[key, schema.meta({ ...notes, description: `${whose}: ${notes.description ?? ''}` })]];
    }),
  );
}

/** Keys of an agent that every runtime knows. */
const agentKeys = (runtimes: readonly Runtime[]) => ({
  name: name().meta({ description: "The agent's name: `assign 42 coder-1`.", example: 'coder-1' }),
  stage: z.enum(STAGE_WORDS).meta({
    description: 'Its stage: `current` (or `coder`) writes code, `qa` reviews, `merge` (or `mergemaster`) resolves conflicts.',
    example: 'current',
  }),
  runtime: z.enum(runtimes.map((runtime) => runtime.name)).meta({
    description: `The kind of program it runs: ${runtimes.map((runtime) => `\`${runtime.name}\` is ${runtime.title}`).join(', ')} (docs/runtimes.md).`,
    example: SUGGESTED.name,
  }),
  command: argumentList()
    .optional()
    .meta({
      description: `The program and its arguments as a list. ${commandDefaults(runtimes)}`,
      example: SUGGESTED.command,
    }),
  model: text().optional().meta({ description: "The model, as the program names it. Default: the program's own.", example: 'opus' }),
  auto: z.boolean().default(true).meta({
    description:
      'Whether it works on any item of its stage. `false` keeps a coder for items that ask for it: by `assign`, or by [defaults].',
  }),
  max_parallel: positive().max(64).default(1).meta({ description: 'Items that it works on at the same time; `max_coders` holds besides.' }),
  effort: text()
    .optional()
    .meta({ description: "The model's reasoning effort, as the program names it. Default: the program's own.", example: 'high' }),
  commit: z.enum(['agent', 'musher']).default('agent').meta({
    description: 'Who commits: the agent (uncommitted work does not count), or Musher at the end of each run.',
  }),
  prompt: text().optional().meta({
    description: 'The prompt: a template, or `file:` and a path. Default: a built-in one for the stage.',
    example: 'file:.musher/coder.md',
  }),
  system_prompt: text()
    .optional()
    .meta({ description: "Added to the program's own system prompt; a template, or `file:` and a path.", example: 'Answer briefly.' }),
  env: z
    .record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'is not a name of an environment variable'), z.string())
    .default({})
    .meta({
      description:
        'Environment variables for the process, besides a small allow-list. Keep secrets out of this file: use `env:NAME` or `file:PATH`.',
      example: keyExample(SUGGESTED),
      type: 'table of text',
    }),
  limits: limitsSchema.prefault({}).meta({ description: 'Limits of one run. It is stopped when it reaches one.' }),
});

function commandDefaults(runtimes: readonly Runtime[]): string {
  const needed = runtimes.filter(({ command }) => command === null).map((runtime) => `\`${runtime.name}\``);
  return `Required for ${needed.join(', ')}; other runtimes default to the program of their name.`;
}

/** How a key of the model's provider reaches the program. */
export function keyExample({ needs: { keyVariable } }: Runtime): Readonly<Record<string, string>> {
  return keyVariable === null ? {} : { [keyVariable]: `env:${keyVariable}` };
}

/** A section `[[agent]]` of a project's file, for these runtimes. */
export function agentSchemaFor(runtimes: readonly Runtime[]) {
  return z.strictObject({ ...agentKeys(runtimes), ...runtimeKeys(runtimes) });
}

export const agentSchema = agentSchemaFor(RUNTIMES);

type AgentEntry = z.output<typeof agentSchema>;
type CommonKeys = AsSettings<z.ZodObject<ReturnType<typeof agentKeys>>>;

/** An account at a model provider: what makes a program use it. */
export interface AccountSettings {
  readonly name: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Null: no limit. `microUsd` is money of one run, in millionths of a US dollar. */
export interface LimitSettings extends Omit<AsSettings<typeof limitsSchema>, 'costUsd'> {
  readonly microUsd: number | null;
}

/** Templates have known variables, and values of `env` stand resolved. */
export interface AgentSettings extends Omit<CommonKeys, 'stage' | 'command' | 'limits'> {
  readonly stage: WorkStage;
  readonly role: Role;
  /** Models that its program is known to have. */
  readonly knownModels: readonly string[];
  /** The program and its arguments. */
  readonly command: readonly string[];
  /** What is set of the runtime's own keys; it alone knows their types. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly limits: LimitSettings;
  /** The accounts that it may use, in order; missing or empty: its own environment is one. */
  readonly accounts?: readonly AccountSettings[];
}

/** A section `[[agent]]` as settings. */
export function agentSettings(agent: AgentEntry): AgentSettings {
  const stage = workStage(agent.stage);
  const { costUsd, ...limits } = asSettings(limitsSchema, agent.limits);
  return {
    ...asSettings(z.strictObject(agentKeys(RUNTIMES)), agent),
    stage,
    knownModels: knownModels(findRuntime(RUNTIMES, agent.runtime)),
    role: ROLE_OF[stage],
    command: agent.command ?? findRuntime(RUNTIMES, agent.runtime).command ?? [],
    options: ownKeys(agent),
    limits: { ...limits, microUsd: costUsd === null ? null : microUsdOf(costUsd) },
  };
}

/** What is set of the keys that the agent's runtime alone knows. */
function ownKeys(agent: AgentEntry): AgentSettings['options'] {
  const { keys } = findRuntime(RUNTIMES, agent.runtime);
  const set: Readonly<Record<string, unknown>> = agent;
  return Object.fromEntries(
    Object.keys(keys)
      .filter((key) => set[key] !== undefined)
      .map((key) => [key, set[key]]),
  );
}

/** The stage that a word in the file means. */
export function workStage(word: AgentEntry['stage']): WorkStage {
  if (word === 'coder') return 'current';
  return word === 'mergemaster' ? 'merge' : word;
}
