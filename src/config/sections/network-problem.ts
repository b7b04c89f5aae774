/** A key of `bot.toml`, and what is wrong with it. */
export interface NetworkProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}
