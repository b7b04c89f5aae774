import { userInfo } from 'node:os';

/** What whoever sits at the terminal is called. In a container the system may not know the user at all. */
export function localName(env: NodeJS.ProcessEnv): string {
  try {
    return userInfo().username;
  } catch {
    const named = env['USER'] ?? '';
    return named === '' ? 'local' : named;
  }
}
