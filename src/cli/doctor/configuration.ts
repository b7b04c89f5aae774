import { statSync } from 'node:fs';
import { literalSecrets } from '../../config/literal-secrets.ts';
import { shellWord } from '../terminal.ts';
import { good, warning } from './check.ts';
import type { Check } from './check.ts';

export const configuration: Check = ({ settings }) => {
  if (settings === null) return [];
  const names = settings.projects.map(({ name }) => name).join(', ');
  return [
    good('config', `${settings.file ?? 'built in'}: ${settings.projects.length === 1 ? 'project' : 'projects'} ${names}`),
    good('timezone', settings.timezone),
    ...(settings.roles.admin.length > 0
      ? []
      : [warning('roles', 'nobody is admin: delete and other destructive commands are refused to all', 'Add an id to [roles] admin.')]),
  ];
};

/** Secrets written into a file that others can read. */
export const secrets: Check = ({ settings }) => {
  if (settings === null) return [];
  const files = [settings.file, ...settings.projects.map(({ file }) => file)].filter((file) => file !== null);
  return files.flatMap((file) => {
    const keys = literalSecrets(file);
    if (keys.length === 0) return [];
    const isOpen = (statSync(file).mode & 0o077) !== 0;
    const what = `${file} holds ${keys.join(', ')} as plain text${isOpen ? ', and others can read it' : ''}`;
    return [warning('secrets', what, `Write env:NAME or file:PATH instead${isOpen ? `, or run: chmod 600 ${shellWord(file)}` : ''}`)];
  });
};
