import { fieldsOf } from '../json-line.ts';
import type { Doctor } from '../runtime.ts';

/** How Claude Code is installed and signed in to, and how it says that nobody is. */
export const claudeDoctor: Doctor = {
  install: 'npm install --global @anthropic-ai/claude-code',
  version: ['--version'],
  signIn({ CLAUDE_CONFIG_DIR: folder }) {
    return `${folder === undefined ? '' : `CLAUDE_CONFIG_DIR='${folder}' `}claude auth login`;
  },
  async signedIn({ ask }) {
    const { stdout } = await ask(['auth', 'status']);
    const told = fieldsOf(stdout.replaceAll(/\s+/g, ' '))?.['loggedIn'];
    return typeof told === 'boolean' ? (told ? 'in' : 'out') : 'unknown';
  },
};
