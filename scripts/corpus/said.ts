/** What is said of one fact. */
export interface Said {
  readonly of: string;
  readonly text: string;
}
