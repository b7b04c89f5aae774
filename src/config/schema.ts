import * as z from 'zod';
import { LOCAL, NETWORKS, OWNER } from '../../transports/index.ts';
import type { Network } from '../../transports/network.ts';
import { accountSchema } from './sections/accounts.ts';
import { agentSchema } from './sections/agents.ts';
import { approvalSchema, climbSchema, mcpSchema } from './sections/approvals.ts';
import { botBudgetSchema, personBudget, projectBudgetSchema, projectCeilingSchema } from './sections/budget.ts';
import { defaultsSchemaOf } from './sections/defaults.ts';
import { name, people, text, zone } from './sections/fields.ts';
import { componentSchema } from './sections/components.ts';
import { floodSchema } from './sections/flood.ts';
import { gateSchema, reportSchema } from './sections/gates.ts';
import { linksSchema } from './sections/links.ts';
import { networkSections, personIds } from './sections/networks.ts';
import { pricesSchema } from './sections/prices.ts';
import { roleLists, roomSchemaOf } from './sections/rooms.ts';
import { sandboxKeys } from './sections/sandbox.ts';
import { backupSchema, monitorSchema } from './sections/upkeep.ts';
import { workSchema } from './sections/work.ts';

// The keys of `bot.toml` and of a project's `.musher/project.toml`. Validation, the generated examples and
// `docs/configuration.md` all come from here: `description` is the comment in the example, `example` the value shown
// if there is no default. Defaults that are written as text (`"10m"`) use `prefault`, so that they read like input.

export const projectEntrySchema = z.strictObject({
  name: name().meta({ description: "The project's name. Other projects' items are written with it: `shop#42`.", example: 'shop' }),
  path: text().meta({ description: 'Your checkout or bare repository, relative to this file; `~` is your home.', example: '.' }),
  file: text()
    .optional()
    .meta({ description: 'The project file, relative to this file. Default: `.musher/project.toml` in the path.', example: 'shop.toml' }),
  ...sandboxKeys,
  ...roleLists('of this project only, in every room'),
  budget: projectCeilingSchema
    .prefault({})
    .meta({ description: "Budget of the project. The [budget] in the project's own file may only lower it." }),
});

const personSchemaOf = (networks: readonly Network[]) =>
  z.strictObject({
    name: name().meta({ description: "The person's name in messages and in the log, on every network.", example: 'anna' }),
    ...personIds(networks),
    ...personBudget,
  });

/** The keys of `bot.toml` where these networks can be used. */
export const botSchemaOf = (networks: readonly Network[]) =>
  z.strictObject({
    name: z
      .string()
      .max(32)
      .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'must be letters, digits, ".", "_" and "-", starting with a letter or digit')
      .default('musher')
      .meta({ description: 'How people call the bot in a room.' }),
    data_dir: text().optional().meta({
      description:
        'Where the log, worktrees and run logs are kept; must be outside of every repository. Relative to this file, `~` is your home. Default: `~/.local/state/musher/<name>`.',
      example: '~/.local/state/musher/musher',
    }),
    timezone: zone().optional().meta({
      description: "IANA time zone for times and daily budgets. Default: the system's.",
      example: 'Europe/Berlin',
    }),
    log_level: z.enum(['debug', 'info', 'warn', 'error']).default('info').meta({ description: "Log level of Musher's own log file." }),
    roles: z
      .strictObject({
        admin: people()
          .default([OWNER])
          .meta({ description: `May also delete and configure. \`${OWNER}\` is whoever started Musher in a terminal.` }),
        operator: people()
          .default([])
          .meta({ description: 'May also create, start, stop, move and approve items.', example: [`${LOCAL.name}:anna`] }),
        viewer: people()
          .default([])
          .meta({ description: 'May only read.', example: [`${LOCAL.name}:ben`] }),
        direct_messages: z
          .boolean()
          .default(false)
          .meta({ description: 'Whether these roles, and those of projects, also apply in direct messages.' }),
      })
      .prefault({})
      .meta({
        description: 'Roles for all projects, by stable sender id `<transport>:<id>`. Anyone not listed has no role.',
      }),
    two_person: z
      .array(z.string().regex(/^[a-z]+(?: [a-z]+)*(?: --[a-z]+)*$/, 'must be a command, such as "undo" or "delete --purge"'))
      .default([])
      .meta({
        description: 'Commands that a second [[person]] has to confirm, who may use them too. With a flag: only where that is typed.',
        example: ['undo', 'delete --purge', 'budget'],
      }),
    flood: floodSchema
      .prefault({})
      .meta({ description: "Rate limits per sender, so that one sender's flood does not slow down everyone else." }),
    budget: botBudgetSchema
      .prefault({})
      .meta({ description: 'Daily budget of all projects together. `budget all +20usd` raises it for the day.' }),
    project: z
      .array(projectEntrySchema)
      .min(1, 'at least one project is needed')
      .meta({ description: 'A repository that Musher works on; one section each.' }),
    person: z
      .array(personSchemaOf(networks))
      .default([])
      .meta({ description: 'A person with their ids on each network, so that they are one person everywhere.' }),
    room: z.array(roomSchemaOf(networks)).default([]).meta({ description: 'A room that Musher is in. It answers in no other.' }),
    bubblewrap: text().optional().meta({
      description: 'The sandbox program, relative to this file. Default: `bwrap` on the PATH.',
      example: '/usr/bin/bwrap',
    }),
    backup: backupSchema.prefault({}).meta({ description: 'Backups of the log.' }),
    monitor: monitorSchema.optional().meta({ description: 'Health and metrics over HTTP, for a monitoring system.' }),
    account: z
      .array(accountSchema)
      .default([])
      .meta({ description: 'An account at a model provider. If one is rate-limited, agents switch to the next one that they may use.' }),
    prices: pricesSchema,
    defaults: defaultsSchemaOf('For every project; the [defaults] in a project’s own file win.'),
    approvals: approvalSchema
      .prefault({})
      .meta({ description: 'Permissions and questions that agents ask people while they run (docs/runtimes.md).' }),
    climb: z
      .array(climbSchema)
      .default([])
      .meta({ description: 'A step for what nobody answers, in the order of their times; each is taken once, and an answer ends it.' }),
    mcp: mcpSchema.prefault({}).meta({ description: 'How agents talk to Musher while they run (docs/runtimes.md).' }),
    ...networkSections(networks),
  });

export const botSchema = botSchemaOf(NETWORKS);

export const projectSchema = z.strictObject({
  ...workSchema.shape,
  links: linksSchema.prefault({}).meta({ description: 'Web pages of items and commits; notifications link there.' }),
  budget: projectBudgetSchema
    .prefault({})
    .meta({ description: 'Budgets of runs. Work stops when one runs out and waits for `budget 42 +5usd`.' }),
  gate: z
    .array(gateSchema)
    .default([])
    .meta({ description: 'A command that Musher runs on the work, and again on the merged tree. Its exit code decides.' }),
  report: z
    .array(reportSchema)
    .default([])
    .meta({ description: 'A value that people can ask for, such as the coverage; measured on demand.' }),
  component: z.array(componentSchema).default([]).meta({ description: 'A part of the repository that needs setup in each new worktree.' }),
  agent: z.array(agentSchema).default([]).meta({ description: 'An agent. At least one needs the stage `current`.' }),
  defaults: defaultsSchemaOf('The agent has to be one of this project.'),
});

export type BotFile = z.output<typeof botSchema>;
export type ProjectEntry = z.output<typeof projectEntrySchema>;
export type ProjectFile = z.output<typeof projectSchema>;
export type AgentEntry = z.output<typeof agentSchema>;
