import { readFileSync } from 'node:fs';
import { parse } from 'smol-toml';
import { keyText } from '../../config/explain.ts';
import { literalSecrets } from '../../config/secrets.ts';
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

/** Secrets written into a file: a copy of it, or a commit, would show them. That others can't read it, the configuration's own check has seen. */
export const secrets: Check = ({ settings }) => {
  if (settings === null) return [];
  const files = [settings.file, ...settings.projects.map(({ file }) => file)].filter((file) => file !== null);
  return files.flatMap((file) => {
    const keys = literalSecrets(parse(readFileSync(file, 'utf8'))).map(keyText);
    if (keys.length === 0) return [];
    return [warning('secrets', `${file} holds ${keys.join(', ')} as plain text`, 'Write env:NAME or file:PATH instead.')];
  });
};
