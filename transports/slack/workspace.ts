import { listOf, objectOf, textOf, type Payload } from './payload.ts';

/** Who the bot is and where it is installed: what a payload has to agree with. */
export interface Workspace {
  readonly team: string;
  readonly botUser: string;
  readonly botId: string | null;
  /** Null where it isn't known; the socket belongs to the app anyway. */
  readonly app: string | null;
}

/**
 * Whether a payload is meant for this installation: of our app, in our workspace, or in a channel shared with it. A field
 * that is missing does not agree.
 */
export function isForUs(body: Payload, workspace: Workspace): boolean {
  const app = textOf(body, 'api_app_id');
  if (workspace.app !== null && app !== workspace.app) return false;
  const teams = [
    textOf(body, 'team_id'),
    textOf(objectOf(body, 'team'), 'id'),
    textOf(body, 'context_team_id'),
    ...listOf(body, 'authorizations').map((one) => textOf(one, 'team_id')),
  ];
  return teams.includes(workspace.team);
}
