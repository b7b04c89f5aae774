import { once } from 'node:events';
import { systemClock } from '../../clock.ts';
import { loadSettings } from '../../config/load.ts';
import { MusherError } from '../../errors.ts';
import { dump, type DumpAsk } from '../../log/copies/dump.ts';
import { redactorFor } from '../../redaction/redactor.ts';
import { musherVersion } from '../../version.ts';
import { choose, type Choice } from '../choose.ts';
import { dataDirOf, withLog } from '../data-dir.ts';
import type { Run } from '../subcommand.ts';

/** `musher dump`: what the log of a stopped Musher holds, as JSON on the standard output. */
export const run: Run = (typed, terminal) => {
  const choice = choose(typed, terminal);
  const ask = askOf(typed.positionals[0]);
  const about = { version: musherVersion(), at: systemClock().now() };
  return withLog(dataDirOf(choice, terminal.env), async (db) => {
    const text = JSON.stringify(dump(db, ask, redactorFor(secretsOf(choice, terminal.env)), about), null, 2);
    if (!terminal.stdout.write(`${text}\n`)) await once(terminal.stdout, 'drain');
    return 0;
  });
};

/** `42` of any project, or `shop#42`. */
function askOf(typed: string | undefined): DumpAsk {
  if (typed === undefined) return { project: null, number: null };
  const [, project = null, number] = /^(?:(.+)#|#)?(\d{1,15})$/.exec(typed) ?? [];
  if (number === undefined)
    throw new MusherError('USAGE', `${JSON.stringify(typed)} is not an item.`, 'Write its number, like 42 or shop#42.');
  return { project, number: Number(number) };
}

/** The secrets in the configuration, if it can be read; the log itself was written without them. */
function secretsOf({ config }: Choice, env: NodeJS.ProcessEnv): readonly string[] {
  if (config === null) return [];
  const settings = loadSettings(config, env);
  return settings.ok ? settings.value.secrets : [];
}
