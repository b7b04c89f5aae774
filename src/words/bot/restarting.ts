import { code, codeBlock, command, doc, paragraph } from '../../message/build.ts';
import { refused } from '../replies.ts';
import type { Reply } from '../reply.ts';

/** A command that concerns every project, from someone who is not an admin of all. */
export function adminEverywhere(words: string): Reply {
  return refused('not-allowed', code(words), ' needs the role admin in every project. ', command('whoami'), ' shows your roles.');
}

/** While Musher runs a script (`--batch`), whose further lines a restart would lose. */
export function scriptRuns(): Reply {
  return refused(
    'script-runs',
    'Musher is running a script, and a restart would lose its other lines. Restart it when the script has ended.',
  );
}

/** Files that Musher could not start with. `problem`: file, line, key and what is wrong, without secrets. */
export function brokenConfiguration(problem: string): Reply {
  const body = doc(
    paragraph('✗ The configuration is broken, so the old one stays in use:'),
    codeBlock(problem),
    paragraph('Fix it, then try again.'),
  );
  return { ...refused('config-broken', ''), body };
}

/** Another folder holds another log: that is no change of the Musher that runs. */
export function dataDirChanged(): Reply {
  return refused(
    'data-dir',
    'The data directory would change (',
    code('data_dir'),
    ' or ',
    code('name'),
    '). Stop Musher, move the folder and start it again, or change the key back.',
  );
}
