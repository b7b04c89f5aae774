import * as z from 'zod';
import { NETWORKS } from '../../transports/index.ts';
import type { Network } from '../../transports/network.ts';
import { QA_MODES } from '../pipeline/types.ts';
import { accountSchema } from './sections/accounts.ts';
import { agentSchema } from './sections/agents.ts';
import { approvalSchema, mcpSchema } from './sections/approvals.ts';
import { botBudgetSchema, personBudget, projectBudgetSchema, projectCeilingSchema } from './sections/budget.ts';
import { durationField as duration } from './duration.ts';
import { branch, insideRepository, name, people, positive, text, zone } from './sections/fields.ts';
import { floodSchema } from './sections/flood.ts';
import { linksSchema } from './sections/links.ts';
import { networkSections, personIds } from './sections/networks.ts';
import { roleLists, roomSchemaOf } from './sections/rooms.ts';
import { sandboxKeys } from './sections/sandbox.ts';
import { backupSchema, monitorSchema } from './sections/upkeep.ts';

/**
 * The keys of `bot.toml` and of a project's `.musher/project.toml`. Validation, the generated examples and
 * `docs/configuration.md` all come from here: `description` is the comment in the example, `example` the value shown
 * where there is no default. Defaults that are written as text (`"10m"`) use `prefault`, so that they read like input.
 */
declare module 'zod' {
  interface GlobalMeta {
    /** The value in the generated example, where it is not the default. */
    example?: unknown;
    /** How the documentation names the type, where it is more than the schema's own. */
    type?: string;
  }
}

export const projectEntrySchema = z.strictObject({
  name: name().meta({ description: 'What people call the project; items of others are named by it: `shop#42`.', example: 'shop' }),
  path: text().meta({ description: 'Your checkout (or bare repository), relative to this file; `~` is your home.', example: '.' }),
  file: text()
    .optional()
    .meta({ description: 'The project file, relative to this file. Default: `.musher/project.toml` in the path.', example: 'shop.toml' }),
  ...sandboxKeys,
  ...roleLists('for this project alone, in every room that is served'),
  budget: projectCeilingSchema.prefault({}).meta({ description: "What the project may use; its own file's [budget] may only narrow it." }),
});

const personSchemaOf = (networks: readonly Network[]) =>
  z.strictObject({
    name: name().meta({ description: 'How the log names the person, whatever network they write from.', example: 'anna' }),
    ...personIds(networks),
    ...personBudget,
  });

/** The keys of `bot.toml` where these networks can be used. */
export const botSchemaOf = (networks: readonly Network[]) =>
  z.strictObject({
    name: z
      .string()
      .max(32)
      .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'must be letters, digits, ".", "_" and "-", beginning with a letter or digit')
      .default('musher')
      .meta({ description: 'How people call the bot in a room.' }),
    data_dir: text().optional().meta({
      description:
        'Where the log, worktrees and run logs are kept: outside of every repository. Relative to this file; `~` is your home. Default: `~/.local/state/musher/<name>`.',
      example: '~/.local/state/musher/musher',
    }),
    timezone: zone().optional().meta({
      description: "An IANA time zone, in which times are shown and days are counted. Default: the system's.",
      example: 'Europe/Berlin',
    }),
    log_level: z
      .enum(['debug', 'info', 'warn', 'error'])
      .default('info')
      .meta({ description: "How much goes into Musher's own log file." }),
    roles: z
      .strictObject({
        admin: people()
          .default(['console:local'])
          .meta({ description: 'May also destroy and configure. `console:local` is whoever started Musher in a terminal.' }),
        operator: people()
          .default([])
          .meta({ description: 'May also steer: create, start, stop, move, approve.', example: ['console:anna'] }),
        viewer: people()
          .default([])
          .meta({ description: 'May read.', example: ['console:ben'] }),
        direct_messages: z
          .boolean()
          .default(false)
          .meta({ description: 'Whether these roles, and those of projects, count in direct messages too.' }),
      })
      .prefault({})
      .meta({
        description: 'Who may do what in all projects, by stable sender ids `<transport>:<id>`; whoever is not listed may do nothing.',
      }),
    flood: floodSchema,
    budget: botBudgetSchema
      .prefault({})
      .meta({ description: 'What all projects together may use in a day; a person tops it up with `budget all +20usd`.' }),
    project: z
      .array(projectEntrySchema)
      .min(1, 'at least one project is needed')
      .meta({ description: 'A repository that Musher drives; one section for each.' }),
    person: z
      .array(personSchemaOf(networks))
      .default([])
      .meta({ description: 'A person with their ids on the networks: one actor everywhere.' }),
    room: z.array(roomSchemaOf(networks)).default([]).meta({ description: 'A room of a network that Musher serves; it is in no other.' }),
    bubblewrap: text().optional().meta({
      description: 'The program of the sandbox, relative to this file. Default: `bwrap` on the PATH.',
      example: '/usr/bin/bwrap',
    }),
    backup: backupSchema.prefault({}).meta({ description: 'Copies of the log.' }),
    monitor: monitorSchema.optional().meta({ description: 'Health and figures over HTTP, for a monitoring system.' }),
    account: z
      .array(accountSchema)
      .default([])
      .meta({ description: 'An account at a model provider. When one is rate-limited, agents go on with the next that they may use.' }),
    approvals: approvalSchema.prefault({}).meta({ description: 'What agents may ask of people while they run (docs/runtimes.md).' }),
    mcp: mcpSchema.prefault({}).meta({ description: 'Where agents speak to Musher while they run (docs/runtimes.md).' }),
    ...networkSections(networks),
  });

export const botSchema = botSchemaOf(NETWORKS);

const gateSchema = z.strictObject({
  name: name().meta({ description: 'What receipts and messages call the gate.', example: 'test' }),
  command: text().meta({ description: "Run by `/bin/sh -c` in the tree's root; exit code 0 is a pass.", example: 'npm test' }),
  timeout: duration().prefault('10m').meta({ description: 'Longer than this is a failure.', type: 'duration' }),
});

const componentSchema = z.strictObject({
  name: name().meta({ description: 'What messages call the component.', example: 'app' }),
  path: insideRepository().default('.').meta({ description: 'Where its commands run, inside the repository.' }),
  setup: z
    .array(text())
    .default([])
    .meta({ description: 'Commands that prepare a fresh worktree, run in order by `/bin/sh -c`.', example: ['npm ci'] }),
  teardown: z
    .array(text())
    .default([])
    .meta({ description: 'Commands run before a worktree is removed.', example: ['docker compose down'] }),
  timeout: duration().prefault('10m').meta({ description: 'Limit of each of these commands.', type: 'duration' }),
});

export const projectSchema = z.strictObject({
  base_branch: branch().default('main').meta({ description: 'The branch that work starts from and is merged into.' }),
  qa: z
    .enum(QA_MODES)
    .default('server')
    .meta({ description: "Who decides in `qa`: the gates alone (`server`), an agent's verdict (`agent`) or a person (`human`)." }),
  auto_start: z
    .boolean()
    .default(true)
    .meta({ description: 'Start queued items by themselves when the last dependency they wait for is met.' }),
  max_coders: positive().max(64).default(2).meta({ description: 'Coder runs at the same time.' }),
  max_retries: z.int().min(0).max(100).default(3).meta({ description: 'Attempts after the first, per stage, before an item is blocked.' }),
  links: linksSchema.prefault({}).meta({ description: 'Where items and commits can be looked at: notifications link there.' }),
  budget: projectBudgetSchema
    .prefault({})
    .meta({ description: 'What runs may use; work stops at the line and waits for `budget 42 +5usd`.' }),
  gate: z
    .array(gateSchema)
    .default([])
    .meta({ description: 'A command that Musher itself runs on the work, and again on the merged tree; its exit code decides.' }),
  component: z
    .array(componentSchema)
    .default([])
    .meta({ description: 'A part of the repository that needs preparation in each new worktree.' }),
  agent: z.array(agentSchema).default([]).meta({ description: 'An agent; at least one for the stage `current`.' }),
});

export type BotFile = z.output<typeof botSchema>;
export type ProjectEntry = z.output<typeof projectEntrySchema>;
export type ProjectFile = z.output<typeof projectSchema>;
export type AgentEntry = z.output<typeof agentSchema>;
