import { sandboxKeys } from './sandbox.ts';
import * as z from 'zod';
import { QA_MODES } from '../pipeline/types.ts';
import { floodSchema } from './flood.ts';
import { botBudgetSchema, personBudget, projectBudgetSchema, projectCeilingSchema } from './budget.ts';
import { accountSchema } from './accounts.ts';
import { linksSchema } from './links.ts';
import { approvalSchema, mcpSchema } from './approvals.ts';
import { durationField as duration } from './duration.ts';
import { parseQuietHours } from './quiet-hours.ts';
import { backupSchema, monitorSchema } from './upkeep.ts';
import { NETWORKS, NOTIFY_KINDS, NOTIFY_STYLES, RUNTIMES } from './settings.ts';

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

/** Names that become words of commands, folders and branch names; safe on every file system. */
export const NAME_PATTERN = /^[a-z0-9][a-z0-9._-]*$/;

const name = () =>
  z
    .string()
    .max(64)
    .regex(NAME_PATTERN, 'must be lower-case letters, digits, ".", "_" and "-", beginning with a letter or digit')
    .refine((text) => !/\.\.|\.$|\.lock$/.test(text), 'must not contain "..", nor end in "." or ".lock"');

/** In `subscribe team merges` the room comes first: it must not read like what it is told. */
const NO_ROOM_NAME = new Set<string>([...NOTIFY_KINDS, 'default', 'everything', 'only', 'in', 'threads', 'messages']);
const roomName = () => name().refine((text) => !NO_ROOM_NAME.has(text), 'is a word of the command `subscribe`; choose another');

const text = () => z.string().min(1);

/** A secret of a network. White space in it is a slip of whoever copied it, and an error of HTTP would show all of it. */
const token = () => z.string().regex(/^[\x21-\x7e]+$/, 'must be one word of plain characters, without white space');

const zone = () =>
  z.string().refine(isTimeZone, 'is not a time zone that this Node knows; write an IANA name such as "Europe/Berlin" or "UTC"');

/** A sender's id, or the name of a `[[person]]`; that there is such a person is checked over the whole file. */
const person = () =>
  z
    .string()
    .regex(
      /^(?:[a-z][a-z0-9-]*:\S+|[a-z0-9][a-z0-9._-]*)$/,
      'must be "<transport>:<id>", such as "console:local", or the name of a [[person]]',
    );

const people = () => z.array(person());

const positive = () => z.int().min(1);

/** A name that git accepts for a branch, as far as a look at the text can tell. */
const branch = () =>
  z.string().regex(/^(?![-/.])(?!.*(?:\.\.|\/\/|@\{|\/\.|\.lock$|[/.]$))[^\s~^:?*[\\\p{Cc}]+$/u, 'is not a valid name of a git branch');

const insideRepository = () =>
  z
    .string()
    .min(1)
    .refine((path) => !/^[/~]/.test(path) && !path.split(/[/\\]/).includes('..'), 'must be a path inside the repository');

const argumentList = () =>
  z
    .array(text(), {
      error: (issue) =>
        typeof issue.input === 'string'
          ? 'must be a list of the program and its arguments, not one text: nothing is split and no shell is used'
          : undefined,
    })
    .min(1);

/** The three lists of people, with what `where` adds to each one's comment. */
const roleLists = (where: string) => ({
  admin: people()
    .default([])
    .meta({ description: `Admins ${where}.`, example: ['anna'] }),
  operator: people()
    .default([])
    .meta({ description: `Operators ${where}.`, example: ['ben'] }),
  viewer: people()
    .default([])
    .meta({ description: `Viewers ${where}.`, example: ['slack:T024BE7LD:U061F7AUR'] }),
});

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

export const roomSchema = z.strictObject({
  transport: z.enum(NETWORKS).meta({ description: 'The network that the room is in.', example: 'slack' }),
  id: text().meta({
    description: "The network's own id of the room: Matrix `!…:server`, Slack `C…`, Discord a number.",
    example: 'C024BE91L',
  }),
  name: roomName()
    .optional()
    .meta({ description: 'What people call the room in commands. Default: `<transport>:<id>`.', example: 'shop-team' }),
  project: name().meta({ description: 'The project that the room speaks of.', example: 'shop' }),
  notify: z
    .array(z.enum(NOTIFY_KINDS))
    .default(['stages', 'failures', 'approvals', 'merges'])
    .meta({ description: 'What the room is told without asking; `subscribe` and `unsubscribe` change it from chat.' }),
  notify_style: z.enum(NOTIFY_STYLES).default('messages').meta({
    description: 'Each notification as a message of the room, or what happens to an item in a thread of its own.',
    example: 'threads',
  }),
  quiet_hours: z
    .string()
    .transform((value, context) => {
      const hours = parseQuietHours(value);
      if (hours !== null) return hours;
      context.addIssue({ code: 'custom', message: 'must be two times of day such as "22:00-07:00"' });
      return z.NEVER;
    })
    .optional()
    .meta({
      description: 'Notifications wait while it is this time of day; what an agent asks keeps its whole time for after it.',
      example: '22:00-07:00',
      type: 'times of day',
    }),
  ...roleLists('for this project in this room alone'),
});

const personSchema = z.strictObject({
  name: name().meta({ description: 'How the log names the person, whatever network they write from.', example: 'anna' }),
  matrix: text().optional().meta({ description: 'Full Matrix id.', example: '@anna:example.org' }),
  slack: text().optional().meta({ description: 'Slack team and user id.', example: 'T024BE7LD:U061F7AUR' }),
  discord: text().optional().meta({ description: 'Discord user id.', example: '80351110224678912' }),
  ...personBudget,
});

const matrixSchema = z.strictObject({
  homeserver: z.url().meta({ description: 'Where the client-server API is.', example: 'https://matrix.example.org' }),
  access_token: token().meta({ description: "The bot account's token.", example: 'env:MATRIX_TOKEN' }),
  inviters: z
    .array(text())
    .default([])
    .meta({ description: 'Full ids of the people whose invitations are followed.', example: ['@anna:example.org'] }),
});

const slackSchema = z.strictObject({
  mode: z
    .enum(['socket', 'http'])
    .default('socket')
    .meta({ description: 'How Slack reaches Musher: a socket that Musher opens, or signed HTTP requests.' }),
  bot_token: token().meta({ description: 'The bot token, `xoxb-…`.', example: 'env:SLACK_BOT_TOKEN' }),
  app_token: token().optional().meta({ description: 'The app token, `xapp-…`; needed for `socket`.', example: 'env:SLACK_APP_TOKEN' }),
  signing_secret: token().optional().meta({ description: 'The signing secret; needed for `http`.', example: 'env:SLACK_SIGNING_SECRET' }),
  api_url: z.url().optional().meta({
    description: "Base address of the Web API, ending with a slash, where it is not Slack's own.",
    example: 'https://slack-gov.com/api/',
  }),
  port: z.int().min(0).max(65_535).default(3000).meta({ description: 'Where `http` listens, on the loopback address.' }),
});

const discordSchema = z.strictObject({
  token: token().meta({ description: "The bot's token.", example: 'env:DISCORD_TOKEN' }),
  api_url: z
    .url()
    .optional()
    .meta({ description: "Base address of the API, where it is not Discord's own: a proxy.", example: 'https://proxy.example.org/api' }),
});

export const botSchema = z.strictObject({
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
  log_level: z.enum(['debug', 'info', 'warn', 'error']).default('info').meta({ description: "How much goes into Musher's own log file." }),
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
  person: z.array(personSchema).default([]).meta({ description: 'A person with their ids on the networks: one actor everywhere.' }),
  room: z.array(roomSchema).default([]).meta({ description: 'A room of a network that Musher serves; it is in no other.' }),
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
  matrix: matrixSchema.optional().meta({ description: 'A Matrix account (docs/transports/matrix.md).' }),
  slack: slackSchema.optional().meta({ description: 'A Slack app (docs/transports/slack.md).' }),
  approvals: approvalSchema.prefault({}).meta({ description: 'What agents may ask of people while they run (docs/runtimes.md).' }),
  mcp: mcpSchema.prefault({}).meta({ description: 'Where agents speak to Musher while they run (docs/runtimes.md).' }),
  discord: discordSchema.optional().meta({ description: 'A Discord bot (docs/transports/discord.md).' }),
});

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

export const limitsSchema = z.strictObject({
  turns: positive().optional().meta({ description: 'Turns of the model in one run. Default: no limit.', example: 100 }),
  tokens: positive()
    .optional()
    .meta({ description: 'Input, cache and output tokens of one run together. Default: no limit.', example: 5_000_000 }),
  cost_usd: z
    .number()
    .positive()
    .optional()
    .meta({ description: 'US dollars of one run. Default: no limit. Under a subscription only `tokens` means something.', example: 5 }),
  wall_clock: duration().prefault('30m').meta({ description: 'Longest run.', type: 'duration' }),
  silence: duration()
    .prefault('10m')
    .meta({ description: 'Longest time without output, and with nothing but lines that were printed before.', type: 'duration' }),
  question: duration()
    .prefault('2m')
    .meta({ description: 'Longest time without output after what looks like a question to a person.', type: 'duration' }),
  repeats: positive()
    .min(2)
    .default(12)
    .meta({ description: '`claude`: the same tool call with the same answer, or the same error, in a row, while no file changes.' }),
  idle_tokens: positive()
    .default(200_000)
    .meta({ description: 'Output tokens of a coder or mergemaster since it last changed a file or committed.' }),
});

/** The words for an agent's stage; the name of the role is accepted as well. */
export const STAGE_WORDS = ['current', 'qa', 'merge', 'coder', 'mergemaster'] as const;

export const agentSchema = z.strictObject({
  name: name().meta({ description: 'What people call the agent: `assign 42 coder-1`.', example: 'coder-1' }),
  stage: z.enum(STAGE_WORDS).meta({
    description: 'Where it works: `current` (or `coder`) writes, `qa` judges, `merge` (or `mergemaster`) resolves conflicts.',
    example: 'current',
  }),
  runtime: z.enum(RUNTIMES).meta({
    description: 'How its process is driven: `claude` is Claude Code, `command` any program (`docs/runtimes.md`).',
    example: 'claude',
  }),
  command: argumentList()
    .optional()
    .meta({
      description: 'The program and its arguments, as a list. Needed for `command`; for `claude` the default is `["claude"]`.',
      example: ['claude'],
    }),
  model: text().optional().meta({ description: "The model's name as the program knows it. Default: the program's own.", example: 'opus' }),
  effort: text()
    .optional()
    .meta({ description: "How hard the model thinks, as the program knows it. Default: the program's own.", example: 'high' }),
  allowed_tools: z
    .array(text())
    .default([])
    .meta({ description: '`claude`: tools allowed without asking.', example: ['Bash(npm test:*)', 'Edit'] }),
  permission: z.enum(['ask', 'deny']).default('ask').meta({
    description: '`claude`: what happens to a tool that is not allowed: people are asked in the room, or it is refused at once.',
  }),
  commit: z.enum(['agent', 'musher']).default('agent').meta({
    description: 'Who commits: the agent (uncommitted work is no success), or Musher what it finds uncommitted when a run ends.',
  }),
  prompt: text().optional().meta({
    description: 'What the agent is told: a template, or `file:` and a path. Default: built in, fit for the stage.',
    example: 'file:.musher/coder.md',
  }),
  system_prompt: text()
    .optional()
    .meta({ description: "Added to the program's own system prompt; a template, or `file:` and a path.", example: 'Answer briefly.' }),
  env: z
    .record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'is not a name of an environment variable'), z.string())
    .default({})
    .meta({
      description: 'Environment given to the process besides a small allow-list. Keep secrets out of this file: `env:NAME` or `file:PATH`.',
      example: { ANTHROPIC_API_KEY: 'env:ANTHROPIC_API_KEY' },
      type: 'table of text',
    }),
  limits: limitsSchema.prefault({}).meta({ description: 'What one run may use; it is stopped at the line.' }),
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

function isTimeZone(zoneName: string): boolean {
  // Node also takes offsets such as "+01:00", which know no daylight saving: days would be counted wrongly.
  if (!/^[A-Za-z]/.test(zoneName)) return false;
  try {
    Intl.DateTimeFormat('en', { timeZone: zoneName });
    return true;
  } catch {
    return false;
  }
}
