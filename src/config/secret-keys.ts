import type { KeyPath } from './read/locate.ts';

/** How variables of an environment are called whose value is a secret. */
const SECRET_VARIABLE = /key|token|secret|passw|credential/i;
/** The same of Musher's own keys: `access_token`, and not `day_tokens`. */
const SECRET_KEY = /(?:^|_)(?:key|token|secret|password)$/;

/** Whether the value of a key is a secret. Messages never contain it. */
export function isSecretKey(path: KeyPath): boolean {
  return (path.at(-2) === 'env' ? SECRET_VARIABLE : SECRET_KEY).test(String(path.at(-1)));
}
