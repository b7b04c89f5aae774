import { join } from 'node:path';
import { fieldsOf } from '../json-line.ts';
import type { Doctor } from '../runtime.ts';

/**
 * How opencode is installed and signed in to. It can't say that nobody is: keys come from the environment and from settings
 * too, and some of its models need none. So nothing but a login is certain.
 */
export const opencodeDoctor: Doctor = {
  install: 'npm install --global opencode-ai',
  version: ['--version'],
  signIn({ XDG_DATA_HOME: folder }) {
    return `${folder === undefined ? '' : `XDG_DATA_HOME='${folder}' `}opencode auth login`;
  },
  signedIn({ env, home, read }) {
    const file = join(env['XDG_DATA_HOME'] ?? join(home, '.local/share'), 'opencode/auth.json');
    const logins = Object.keys(fieldsOf((read(file) ?? '').replaceAll(/\s+/g, ' ')) ?? {});
    return Promise.resolve(logins.length > 0 ? 'in' : 'unknown');
  },
};
