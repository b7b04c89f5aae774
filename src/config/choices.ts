// The words that keys of the configuration choose from, where they are words of commands or of the domain as well.

export const NOTIFY_KINDS = ['stages', 'failures', 'approvals', 'merges', 'limits', 'none'] as const;
export type NotifyKind = (typeof NOTIFY_KINDS)[number];

export const NOTIFY_STYLES = ['messages', 'threads', 'cards'] as const;
/** Whether each notification is a message of the room, or is in a thread of its item; or each item has one message, edited in place. */
export type NotifyStyle = (typeof NOTIFY_STYLES)[number];

export const ACCESS_ROLES = ['viewer', 'operator', 'admin'] as const;
/** What a person may do: viewers read, operators steer, admins destroy and configure. Each includes the ones before. */
export type AccessRole = (typeof ACCESS_ROLES)[number];

/** The variables that a prompt template may use. */
export const TEMPLATE_VARIABLES = [
  'item',
  'title',
  'body',
  'criteria',
  'out_of_scope',
  'worktree',
  'base_branch',
  'failure',
  'project',
  'branch',
  'type',
  'attempt',
] as const;
export type TemplateVariable = (typeof TEMPLATE_VARIABLES)[number];
