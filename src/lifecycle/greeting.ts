import type { Settings } from '../config/settings.ts';

/** What stands in the terminal after a start: where things are, and what to try. */
export function greeting(settings: Settings, version: string): string {
  const names = settings.projects.map(({ name, path }) => `${name} (${path})`).join(', ');
  const lines = [`Musher ${version}: ${names}`];
  if (settings.file === null) {
    lines.push(
      '  status      shows the board: a demo repository with six items and agents that need no account',
      '  start 1     lets an agent work on item 1; every step up to the merge shows up here',
      '  help        lists all you can type; Tab completes, Ctrl-D leaves',
    );
  } else lines.push('  `status` shows the board, `help` lists all you can type; Tab completes, Ctrl-D leaves.');
  return `${lines.join('\n')}\n`;
}
