/** Each stage in which agents work has exactly one role that fits it. */
export interface RoleOf {
  current: 'coder';
  qa: 'qa';
  merge: 'mergemaster';
}
export type WorkStage = keyof RoleOf;
export type Role = RoleOf[WorkStage];
export const ROLE_OF: { readonly [S in WorkStage]: RoleOf[S] } = { current: 'coder', qa: 'qa', merge: 'mergemaster' };
