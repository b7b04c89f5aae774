import type { Clock } from '../../src/clock.ts';
import type { DrawPicture } from '../../src/message/picture/picture.ts';
import type { CommandCatalogue } from '../command-catalogue.ts';
import type { PeopleNames } from '../people.ts';
import type { HttpOptions } from './intake/http.ts';
import type { SlackState } from './state.ts';

export interface SlackOptions {
  /** `xoxb-…` */
  readonly botToken: string;
  /** Socket Mode with the app-level token `xapp-…`, or signed requests to an address of ours. */
  readonly intake: { readonly kind: 'socket'; readonly appToken: string } | ({ readonly kind: 'http' } & HttpOptions);
  /** `A…`; null: found out by itself, which needs the scope `users:read`. */
  readonly appId: string | null;
  /** The slash command, `/musher`. */
  readonly command: string;
  /** What the single-word forms and the form for `create` know of the commands. */
  readonly catalogue: CommandCatalogue | null;
  /** The channels bound to a project now: read after a gap. */
  readonly rooms: () => readonly string[];
  readonly state: SlackState;
  /** Runs the taking of what arrives in one commit with all that arrives at the same moment; rejects where that fails. */
  readonly inSharedCommit: <T>(run: () => T) => Promise<T>;
  readonly clock: Clock;
  /** Missing: nobody is known by name. */
  readonly people?: PeopleNames;
  /** Draws pictures; missing: none are shown. */
  readonly draw?: DrawPicture;
  /** What went wrong within: for the log file. */
  readonly report: (error: unknown) => void;
  /** Base address of the Web API, ending with a slash; null: Slack's own. */
  readonly apiUrl: string | null;
  /** What response addresses begin with; null: Slack's own. */
  readonly responseBase: string | null;
}

export const DEFAULT_COMMAND = '/musher';
export const DEFAULT_PATH = '/slack/events';
