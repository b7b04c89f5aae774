import { join } from 'node:path';
import type { Doctor } from '../runtime.ts';

/** How Codex is installed and signed in to, and how it says that nobody is. */
export const codexDoctor: Doctor = {
  install: 'npm install --global @openai/codex',
  version: ['--version'],
  signIn({ CODEX_HOME: folder }) {
    return `${folder === undefined ? '' : `CODEX_HOME='${folder}' `}codex login`;
  },
  async signedIn({ args, ask, env, home, read }) {
    if (env['CODEX_API_KEY'] !== undefined) return 'in';
    // A provider of the user's own has its own key, which `login status` knows nothing of.
    const settings = read(join(env['CODEX_HOME'] ?? join(home, '.codex'), 'config.toml')) ?? '';
    if (/^\s*(?:model_provider|profile)\s*=/m.test(settings)) return 'unknown';
    if (args.some((word) => /model_provider|^--?(?:p|profile|oss)\b/.test(word))) return 'unknown';
    const { code, stdout, stderr } = await ask(['login', 'status']);
    const text = `${stdout}\n${stderr}`;
    if (/not logged in/i.test(text)) return 'out';
    return code === 0 && /logged in/i.test(text) ? 'in' : 'unknown';
  },
};
