/** Ends the parts one after the other, in the given order. One that fails is reported and does not keep the others from ending. */
export async function shutDown(
  parts: readonly (readonly [name: string, stop: () => void | Promise<void>])[],
  onProblem: (what: string, error: unknown) => void,
): Promise<void> {
  for (const [name, stop] of parts) {
    try {
      await stop();
    } catch (error) {
      onProblem(`ending ${name}`, error);
    }
  }
}
