import type { AccountSettings, AgentSettings, LimitSettings } from './sections/agents.ts';
import type { ApprovalSettings, ClimbStep, McpSettings } from './sections/approvals.ts';
import type { BudgetSettings } from './sections/budget.ts';
import type { ComponentSettings } from './sections/components.ts';
import type { DefaultSettings } from './sections/defaults.ts';
import type { FloodSettings } from './sections/flood.ts';
import type { GateSettings, ReportSettings } from './sections/gates.ts';
import type { LinkSettings } from './sections/links.ts';
import type { PriceSettings } from './sections/prices.ts';
import type { RoleSettings, RoomSettings } from './sections/rooms.ts';
import type { SandboxSettings } from './sections/sandbox.ts';
import type { BackupSettings, MonitorSettings } from './sections/upkeep.ts';
import type { WorkSettings } from './sections/work.ts';

export type {
  AccountSettings,
  AgentSettings,
  ApprovalSettings,
  BackupSettings,
  BudgetSettings,
  ClimbStep,
  ComponentSettings,
  DefaultSettings,
  FloodSettings,
  GateSettings,
  LimitSettings,
  LinkSettings,
  McpSettings,
  MonitorSettings,
  PriceSettings,
  ReportSettings,
  RoleSettings,
  RoomSettings,
  SandboxSettings,
};

// What a section holds is said in its schema, in `sections/`; here is only what is put together from several.

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
  /** Commands, with flags, that a second person has to confirm. */
  readonly twoPerson: readonly string[];
  readonly flood: FloodSettings;
  readonly people: readonly PersonSettings[];
  readonly rooms: readonly RoomSettings[];
  /** Those that are used. */
  readonly networks: readonly NetworkSettings[];
  /** By the model's name; they win over the list prices. */
  readonly prices: Readonly<Record<string, PriceSettings>>;
  readonly approvals: ApprovalSettings;
  /** What happens with what nobody answers; empty: nothing. */
  readonly climb: readonly ClimbStep[];
  readonly mcp: McpSettings;
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

/** Who may do what in one project, from any room that is served. */
export interface ProjectRoles {
  readonly project: string;
  readonly roles: RoleSettings;
}

export interface ProjectSettings extends WorkSettings {
  readonly name: string;
  /** Absolute path of the owner's checkout (or bare repository). */
  readonly path: string;
  /** Absolute path of the project file that was read. */
  readonly file: string;
  readonly sandbox: SandboxSettings;
  /** Paths from the checkout's top whose change waits for a person: the running configuration was read from them. */
  readonly guarded: readonly string[];
  readonly links: LinkSettings;
  readonly gates: readonly GateSettings[];
  readonly components: readonly ComponentSettings[];
  readonly reports: readonly ReportSettings[];
  readonly agents: readonly AgentSettings[];
  readonly defaults: DefaultSettings;
  readonly budget: BudgetSettings;
}
