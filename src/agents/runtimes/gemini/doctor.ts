import { join } from 'node:path';
import type { Doctor } from '../runtime.ts';

const KEYS = ['GEMINI_API_KEY', 'GOOGLE_API_KEY', 'GOOGLE_APPLICATION_CREDENTIALS', 'GOOGLE_GENAI_USE_VERTEXAI', 'GOOGLE_GENAI_USE_GCA'];
/** Files that hold a login, a key, or the way in which somebody chose to sign in. */
const FILES = ['.gemini/oauth_creds.json', '.gemini/settings.json', '.gemini/.env', '.env'];

/** How Gemini CLI is installed and signed in to, and how it is seen that nobody is. */
export const geminiDoctor: Doctor = {
  install: 'npm install --global @google/gemini-cli',
  version: ['--version'],
  signIn({ GEMINI_CLI_HOME: folder }) {
    return `${folder === undefined ? '' : `GEMINI_CLI_HOME='${folder}' `}gemini, then /auth`;
  },
  signedIn({ env, home, read }) {
    if (KEYS.some((key) => (env[key] ?? '') !== '')) return Promise.resolve('in');
    const base = env['GEMINI_CLI_HOME'] ?? home;
    const [login, ...others] = FILES.map((file) => read(join(base, file)) !== null);
    // A way to sign in may hold a key in the system's key ring, which is not looked into.
    return Promise.resolve(login === true ? 'in' : others.includes(true) ? 'unknown' : 'out');
  },
};
