import { text } from '../../src/bot/parse/arguments.ts';
import { command } from '../../src/bot/command.ts';
import { pauseProject, untilEnded } from '../../src/bot/pause/pausing.ts';
import { includes } from '../../src/bot/rights/rights.ts';
import { counted } from '../../src/words/amounts.ts';
import { runsWords } from '../../src/words/item/run.ts';
import { pausedProjects, resumeCommand } from '../../src/words/item/pause.ts';
import { done, goesOn, refused } from '../../src/words/replies.ts';
import { command as typed, type Content } from '../../src/message/build.ts';

export const panic = command({
  words: ['panic'],
  summary: 'Stops every agent at once and pauses everything.',
  details:
    'In every project in which you are an operator: runs, gates and merges are stopped, the work is kept, no attempt is counted, and nothing starts until `resume`. It asks nothing first.',
  examples: ['panic', 'panic the tests delete data'],
  args: { reason: text('Why, for the others.').optional() },
  role: 'operator',
  // Their role is looked at in each project.
  about: 'musher',
  waits: true,
  async run(context, { reason }) {
    const names = context.configured.filter((project) => includes(context.roleIn({ project }), 'operator'));
    const current = context.project.name;
    const resume: Content[] = [
      ...names.flatMap((name, i): Content[] =>
        names.length === context.configured.length && names.length > 1 ? [] : [i === 0 ? '' : ', ', typed(resumeCommand(name, current))],
      ),
      ...(names.length === context.configured.length && names.length > 1 ? [typed('resume all')] : []),
      ' lets work continue.',
    ];
    const begun = context.begin((tx) => {
      const runs = names.map((name) => pauseProject(tx, name, { until: null, reason, how: 'panic' }));
      if (runs.every((one) => one === null))
        return tx.refuse(refused('already-paused', `${pausedProjects(names)} already paused, and no agent runs. `, ...resume));
      return runs.flatMap((one) => one ?? []);
    });
    if (!begun.ok) return begun.error;
    const runs = begun.value;
    const left = await untilEnded(context, runs);
    const where = names.length === 1 ? (names[0] ?? '') : counted(names.length, 'project');
    const stopped = runs.length === 0 ? 'No agent was running' : `Stopped ${counted(runs.length - left.length, 'agent')} in ${where}`;
    const which = runs.length === 0 ? '' : ` (${runsWords(runs, current)}); the work is kept`;
    const first = `‖ ${stopped}${which}. ${pausedProjects(names)} paused: nothing starts. `;
    if (left.length === 0) return done(first, ...resume);
    return goesOn(first, `Still stopping: ${runsWords(left, current)}; `, typed('status'), ' shows when they have. ', ...resume);
  },
});
