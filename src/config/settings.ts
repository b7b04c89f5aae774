import type { Caps } from '../pipeline/budget/budget.ts';
import type { QaMode } from '../pipeline/types.ts';
import type { Role, WorkStage } from '../pipeline/role.ts';

/** What Musher runs with: `bot.toml` and each project's `.musher/project.toml`, validated and frozen. */
export interface Settings {
  /** Absolute path of the file read; null for the embedded demo. */
  readonly file: string | null;
  /** How people call the bot in a room. */
  readonly name: string;
  /** Absolute. Holds the log, worktrees and run logs; 0700. */
  readonly dataDir: string;
  /** IANA name; times are shown and days are counted in it. */
  readonly timezone: string;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error';
  readonly backup: BackupSettings;
  /** Null: nothing is served. */
  readonly monitor: MonitorSettings | null;
  /** Values of the files that must be shown nowhere. */
  readonly secrets: readonly string[];
  readonly projects: readonly ProjectSettings[];
  /** Absolute path of the program `bwrap`; null: the one on the PATH. */
  readonly bubblewrap: string | null;
  readonly roles: RoleSettings;
  /** Rights in one project alone, for every project. They are in `bot.toml`: whoever writes to a repository must not widen them. */
  readonly projectRoles: readonly ProjectRoles[];
  /** Whether the roles count in direct messages too; without it a direct message gives no rights at all. */
  readonly directMessages: boolean;
  readonly flood: FloodSettings;
  readonly people: readonly PersonSettings[];
  readonly rooms: readonly RoomSettings[];
  /** Those that are used. */
  readonly networks: readonly NetworkSettings[];
  /** By the model's name; they win over the list prices. */
  readonly prices: Readonly<Record<string, PriceSettings>>;
  readonly approvals: ApprovalSettings;
  readonly mcp: McpSettings;
}

/** US dollars per million tokens. */
export interface PriceSettings {
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
}

/** What agents may ask of people while they run. */
export interface ApprovalSettings {
  /** Who may allow; operators may always deny. */
  readonly role: 'operator' | 'admin';
  /** Then what nobody has allowed is denied. */
  readonly expireMs: number;
  /** Longest time before a question's default is taken. */
  readonly questionMs: number;
}

/** Where agents reach Musher. */
export interface McpSettings {
  /** On the loopback address; 0: a free one. */
  readonly port: number;
}

export interface BackupSettings {
  /** Five fields of cron, in the bot's time zone; null: never by itself. */
  readonly schedule: string | null;
  /** Absolute; null: `backups` in the data directory. */
  readonly folder: string | null;
  /** How many copies are kept. */
  readonly keep: number;
}

/** Where `/healthz` and `/metrics` are served. */
export interface MonitorSettings {
  readonly address: string;
  /** 0: any free one. */
  readonly port: number;
}

/** What one sender may send. */
export interface FloodSettings {
  /** Worked on as they come. */
  readonly burst: number;
  readonly perMinute: number;
  /** What may wait; more is not taken. */
  readonly waiting: number;
}

/** A network that is used. What its section holds is the network's own: `keys` of its `transports/<name>/network.ts`. */
export interface NetworkSettings {
  readonly name: string;
  readonly section: Readonly<Record<string, unknown>>;
}

/** One person with their ids on the networks: one actor everywhere. */
export interface PersonSettings {
  readonly name: string;
  /** Written `<transport>:<id>`. */
  readonly ids: readonly string[];
}

export const NOTIFY_KINDS = ['stages', 'failures', 'approvals', 'merges', 'none'] as const;
export type NotifyKind = (typeof NOTIFY_KINDS)[number];

export const NOTIFY_STYLES = ['messages', 'threads'] as const;
/** Whether each notification is a message of the room, or is in a thread of its item. */
export type NotifyStyle = (typeof NOTIFY_STYLES)[number];

/** A room of a network that Musher serves. */
export interface RoomSettings {
  /** The name of its network. */
  readonly transport: string;
  readonly id: string;
  /** What people call it in commands; null: by its network and id. */
  readonly name: string | null;
  readonly project: string;
  readonly notify: readonly NotifyKind[];
  readonly notifyStyle: NotifyStyle;
  /** Notifications wait while it is this time of day: minutes after midnight in the bot's zone, the end not included. */
  readonly quietHours: { readonly from: number; readonly to: number } | null;
  /** Rights to this room's project in this room alone, besides those that hold everywhere. */
  readonly roles: RoleSettings;
}

export const ACCESS_ROLES = ['viewer', 'operator', 'admin'] as const;
/** What a person may do: viewers read, operators steer, admins destroy and configure. Each includes the ones before. */
export type AccessRole = (typeof ACCESS_ROLES)[number];

/** Stable sender ids, written `<transport>:<id>`. */
export interface RoleSettings {
  readonly admin: readonly string[];
  readonly operator: readonly string[];
  readonly viewer: readonly string[];
}

/** Who may do what in one project, from any room that is served. */
export interface ProjectRoles {
  readonly project: string;
  readonly roles: RoleSettings;
}

export interface ProjectSettings {
  readonly name: string;
  /** Absolute path of the owner's checkout (or bare repository). */
  readonly path: string;
  /** Absolute path of the project file that was read. */
  readonly file: string;
  readonly sandbox: SandboxSettings;
  /** Paths from the checkout's top whose change waits for a person: the running configuration was read from them. */
  readonly guarded: readonly string[];
  readonly baseBranch: string;
  readonly qa: QaMode;
  /** Start items by themselves when the last dependency they wait for is met. */
  readonly autoStart: boolean;
  /** Coder runs at the same time. */
  readonly maxCoders: number;
  /** Attempts after the first, per stage, before an item is blocked. */
  readonly maxRetries: number;
  readonly links: LinkSettings;
  readonly gates: readonly GateSettings[];
  readonly components: readonly ComponentSettings[];
  readonly agents: readonly AgentSettings[];
  readonly budget: BudgetSettings;
}

/** What the runs of a project may use. The caps of days are shared with others: they hold for all projects together. */
export interface BudgetSettings {
  /** One run, besides its agent's own limits. */
  readonly run: Caps;
  /** One item, in its whole life. */
  readonly item: Caps;
  /** The project, in a day. */
  readonly day: Caps;
  /** All projects together, in a day. */
  readonly bot: Caps;
  /** Runs charged to one person, in a day; `people` have caps of their own, by actor. */
  readonly anyone: Caps;
  readonly people: readonly { readonly actor: string; readonly caps: Caps }[];
  /** IANA name: where days begin. */
  readonly timezone: string;
}

/** Where items and commits can be looked at; null: nowhere. `{item}` and `{commit}` are in the addresses. */
export interface LinkSettings {
  readonly item: string | null;
  readonly commit: string | null;
}

/** What holds a project's processes; from `bot.toml` alone. */
export interface SandboxSettings {
  readonly kind: 'bubblewrap' | 'none';
  /** `host`, `*.host`, either with `:port`; lower case. */
  readonly allowHosts: readonly string[];
  /** Absolute. */
  readonly read: readonly string[];
  /** Absolute. */
  readonly write: readonly string[];
  /** Why nothing may run: what the trial at the start of Musher found. Null: it holds, or none is asked for. */
  readonly problem: string | null;
}

export interface GateSettings {
  readonly name: string;
  /** Run by `/bin/sh -c` in the tree's root. */
  readonly command: string;
  readonly timeoutMs: number;
  /** Relative to the tree's root: what this gate makes there, later gates find. */
  readonly keep: readonly string[];
}

/** A part of the repository that needs preparation in each new worktree. */
export interface ComponentSettings {
  readonly name: string;
  /** Relative to the worktree's root; never outside it. */
  readonly path: string;
  readonly setup: readonly string[];
  readonly teardown: readonly string[];
  readonly timeoutMs: number;
}

/** An account at a model provider: what makes a program use it. */
export interface AccountSettings {
  readonly name: string;
  readonly env: Readonly<Record<string, string>>;
}

export interface AgentSettings {
  readonly name: string;
  readonly stage: WorkStage;
  readonly role: Role;
  /** The name of one in `src/agents/runtimes/index.ts`. */
  readonly runtime: string;
  /** The program and its arguments. */
  readonly command: readonly string[];
  readonly model: string | null;
  readonly effort: string | null;
  /** What is set of the runtime's own keys; it alone knows their types. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Environment given to the process besides the small allow-list; values already resolved from `env:` and `file:`. */
  readonly env: Readonly<Record<string, string>>;
  readonly limits: LimitSettings;
  /** The accounts that it may use, in order; missing or empty: its own environment is one. */
  readonly accounts?: readonly AccountSettings[];
  /** Templates; their variables were checked when the config was read. Null: the default of the agent's role. */
  readonly prompt: string | null;
  readonly systemPrompt: string | null;
  /** Who commits: the agent (uncommitted work is no success), or Musher what it finds uncommitted when a run ends. */
  readonly commit: 'agent' | 'musher';
}

/** Null: no limit. */
export interface LimitSettings {
  readonly turns: number | null;
  /** Input, cache and output tokens of one run together. */
  readonly tokens: number | null;
  /** Money of one run, in millionths of a US dollar. */
  readonly microUsd: number | null;
  readonly wallClockMs: number;
  /** Longest time without a line of output. */
  readonly silenceMs: number;
  /** Longest wait after output that ends like a question to a person. */
  readonly questionMs: number;
  /** The same tool call with the same answer, or the same error, so many times in a row while no file changes. */
  readonly repeats: number;
  /** Output tokens of a run that is to change files, since the last change of one. */
  readonly idleTokens: number;
}

/** The variables that a prompt template may use. */
export const TEMPLATE_VARIABLES = [
  'item',
  'title',
  'body',
  'criteria',
  'worktree',
  'base_branch',
  'failure',
  'project',
  'branch',
  'type',
  'attempt',
] as const;
export type TemplateVariable = (typeof TEMPLATE_VARIABLES)[number];
