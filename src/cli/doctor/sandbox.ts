import { systemClock } from '../../clock.ts';
import { ATTACKS, type AttackResult } from '../../sandbox/attacks.ts';
import { WITHOUT_SANDBOX } from '../../lifecycle/greeting.ts';
import { trySandbox } from '../../sandboxes.ts';
import { failure, good, warning } from './check.ts';
import type { Check, Finding } from './check.ts';

/** Proves each project's sandbox by an attack from inside, one line for each, or says what agents could do without one. */
export const sandbox: Check = async ({ settings, dataDir, env }) => {
  const findings: Finding[] = [];
  for (const project of settings?.projects ?? []) {
    const subject = `sandbox ${project.name}`;
    if (project.sandbox.kind === 'none') {
      findings.push(
        warning(subject, WITHOUT_SANDBOX, 'Set sandbox = "bubblewrap" for the project in bot.toml, or run Musher as a user of its own.'),
      );
      continue;
    }
    const tried = await trySandbox(project, settings?.bubblewrap ?? null, dataDir ?? settings?.dataDir ?? '', env, systemClock());
    findings.push(...tried.results.map((result) => attackLine(subject, result)));
    if (tried.problem !== null && tried.results.length === 0)
      findings.push(
        failure(
          subject,
          tried.problem,
          'Install bubblewrap (and allow user namespaces), or name it as `bubblewrap` in bot.toml; until then nothing of the project runs.',
        ),
      );
  }
  return findings;
};

function attackLine(subject: string, { attack, held, words }: AttackResult): Finding {
  const honest = attack === 'honest-commit';
  const can = honest === held ? 'an agent can' : 'an agent can not';
  const what = `${can} ${ATTACKS[attack]} (${words})`;
  return held ? good(subject, what) : failure(subject, what, 'Nothing of the project runs until this holds: see docs/security.md.');
}
