import { readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { parse } from 'smol-toml';
import { COMMANDS } from '../../../commands/index.ts';
import { commandTable } from '../../bot/command-table.ts';
import { includes, rightsFrom } from '../../bot/rights/rights.ts';
import { roleFor } from '../../bot/second/wanted.ts';
import { keyText } from '../../config/read/explain.ts';
import { absolutePath } from '../../config/read/references.ts';
import { literalSecrets, secretFiles } from '../../config/secrets.ts';
import { nobodyToConfirm } from '../../words/steer/two-person.ts';
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
      : [warning('roles', 'nobody is admin, so admin commands are refused to everyone', 'Add an id to [roles] admin.')]),
  ];
};

/** Secrets written into a file: a copy of it, or a commit, would show them. That others can't read it, the configuration's own check has seen. */
export const secrets: Check = ({ settings, env }) => {
  if (settings === null || settings.file === null) return [];
  const files = [
    { file: settings.file, folder: dirname(settings.file) },
    // What a project's file names counts from its checkout.
    ...settings.projects.map(({ file, path }) => ({ file, folder: path })),
  ];
  return files.flatMap(({ file, folder }) => {
    const written = parse(readFileSync(file, 'utf8'));
    const keys = literalSecrets(written).map(keyText);
    const plain = warning('secrets', `${file} contains ${keys.join(', ')} as plain text`, 'Use env:NAME or file:PATH instead.');
    const open = secretFiles(written)
      .map(({ path, file: named }) => ({ path, named: absolutePath(named, folder, env) }))
      .filter(({ named }) => ((statSync(named, { throwIfNoEntry: false })?.mode ?? 0) & READ_FOR_ALL) !== 0)
      .map(({ path, named }) =>
        warning(
          'secrets',
          `every user of this machine can read ${named}, which contains ${keyText(path)}`,
          `chmod 600 ${shellWord(named)}`,
        ),
      );
    return (keys.length === 0 ? [] : [plain]).concat(open);
  });
};

/** Commands for two people that nobody, or one person alone, may use: they are always refused. */
export const twoPerson: Check = ({ settings }) => {
  if (settings === null || settings.twoPerson.length === 0) return [];
  const rights = rightsFrom(settings);
  const table = commandTable(COMMANDS);
  const able = (entry: string, project: string): number =>
    settings.people.filter((person) =>
      rights.originsOf(person).some((origin) => includes(rights.roleIn(origin, project), roleFor(entry, table) ?? 'admin')),
    ).length;
  const short = settings.twoPerson.flatMap((entry) =>
    settings.projects.map(({ name }) => ({ entry, name, able: able(entry, name) })).filter((one) => one.able < 2),
  );
  if (short.length > 0)
    return short.map((one) => warning('roles', nobodyToConfirm.what(one.entry, one.name, one.able), nobodyToConfirm.fix));
  return [good('roles', `two people for ${settings.twoPerson.join(', ')}`)];
};

const READ_FOR_ALL = 0o004;

/** A network in which nobody has a role: everyone there would be refused. */
export const people: Check = ({ settings }) => {
  if (settings === null) return [];
  const lists = [settings, ...settings.projectRoles, ...settings.rooms].map(({ roles }) => roles);
  const listed = new Set(lists.flatMap(({ admin, operator, viewer }) => admin.concat(operator, viewer)));
  const ids = settings.people.flatMap(({ name, ids: own }) => (listed.has(name) ? own : [])).concat(...listed);
  return settings.networks
    .filter(({ name }) => !ids.some((id) => id.startsWith(`${name}:`)))
    .map(({ name }) =>
      warning(
        'roles',
        `nobody on ${name} has a role, so everyone there is refused`,
        'Add their ids under [roles], a [[project]] or a [[room]].',
      ),
    );
};
