import { flag, text } from '../../src/bot/parse/arguments.ts';
import { endInReason, pauseEnd, projectScope } from '../../src/bot/pause/arguments.ts';
import { command, type CommandContext } from '../../src/bot/command.ts';
import { pauseProject, scopedProjects, untilEnded, type PauseWish } from '../../src/bot/pause/pausing.ts';
import type { CommandTx } from '../../src/bot/capabilities.ts';
import { resolveWhen } from '../../src/bot/parse/when.ts';
import { runsWords } from '../../src/words/item/run.ts';
import { pauseWords, pausedProjects, resumeCommand } from '../../src/words/item/pause.ts';
import { done, goesOn, refused } from '../../src/words/replies.ts';
import { command as typed, phrase, type Content } from '../../src/message/build.ts';
import type { Run } from '../../src/log/projections/run.ts';
import type { Reply } from '../../src/words/reply.ts';
import { readerOf } from '../../src/words/reader.ts';

interface Paused {
  readonly names: readonly string[];
  /** What finishes, or was asked to stop. */
  readonly runs: readonly Run[];
}

export const pause = command({
  words: ['pause'],
  summary: 'Pauses a project: nothing new starts until `resume`.',
  details:
    'Agents finish their current runs, and gates and merges that are running finish too. With `--stop` they are stopped at once: their work is kept, ' +
    'no attempt is counted, and they continue after `resume`. A restart changes nothing. You can still start, move and approve items; they wait. ' +
    '`restore` and `undo` still run, because you asked for them. `pause all` takes the role in every project.',
  examples: ['pause', 'pause for 2h', 'pause until 18:00 we deploy', 'pause --stop', 'pause all'],
  args: {
    scope: projectScope(),
    until: pauseEnd(),
    reason: text('Why, for the others.').optional(),
    stop: flag('stop', 'Stops the runs in progress too; they continue after `resume`.'),
  },
  role: 'operator',
  waits: true,
  run(context, { scope, until: said, reason: given, stop }) {
    const found = scopedProjects(context, scope, 'pause');
    if (!found.ok) return found.error;
    const names = found.value;
    const read = said === null && given !== null ? endInReason(given) : { reason: given, until: said };
    const { now, timezone } = readerOf(context);
    const end = read.until === null ? null : resolveWhen(read.until, now, timezone);
    if (end?.ok === false) return refused('bad-time', end.error);
    const reason = read.reason === null || read.reason === '' ? null : read.reason;
    const wish: PauseWish = { until: end?.value.at ?? null, reason, how: stop ? 'stop' : 'finish' };
    if (!stop) return context.change((tx) => finishing(context, pauseEach(context, tx, names, wish)));
    return stopping(context, names, wish);
  },
});

function pauseEach(context: CommandContext, tx: CommandTx, names: readonly string[], wish: PauseWish): Paused {
  const paused = names.flatMap((name) => {
    const runs = pauseProject(tx, name, wish);
    return runs === null ? [] : [{ name, runs }];
  });
  const [first] = names;
  const already = first === undefined ? null : tx.reads.pauses.get(first);
  if (paused.length > 0 || first === undefined || already === null)
    return { names: paused.map(({ name }) => name), runs: paused.flatMap(({ runs }) => runs) };
  const words = pauseWords(already, readerOf(context));
  const again = names.length > 1 ? typed('resume all') : typed(resumeCommand(first, context.project.name));
  return tx.refuse(refused('already-paused', ...phrase`${pausedProjects(names)} already ${words}. `, again, ' lets work continue.'));
}

/** `shop is paused by Anna until 18:00: we deploy. Nothing new starts. ` */
function head(context: CommandContext, names: readonly string[]): Content[] {
  const [first = ''] = names;
  const now = context.reads.pauses.get(first);
  const words = now === null ? 'paused' : pauseWords(now, readerOf(context));
  return phrase`‖ ${pausedProjects(names)} ${words}. Nothing new starts. `;
}

function ways(context: CommandContext, names: readonly string[]): Content[] {
  const [first = ''] = names;
  return [names.length > 1 ? typed('resume all') : typed(resumeCommand(first, context.project.name)), ' lets work continue.'];
}

function finishing(context: CommandContext, { names, runs }: Paused): Reply {
  const [first = ''] = names;
  const what = names.length > 1 ? 'pause all --stop' : first === context.project.name ? 'pause --stop' : `pause ${first} --stop`;
  const still: Content[] =
    runs.length === 0
      ? []
      : [
          `${runsWords(runs, context.project.name)} ${runs.length === 1 ? 'finishes its run' : 'finish their runs'}; `,
          typed(what),
          runs.length === 1 ? ' stops it now. ' : ' stops them now. ',
        ];
  return done(...head(context, names), ...still, ...ways(context, names));
}

async function stopping(context: CommandContext, all: readonly string[], wish: PauseWish): Promise<Reply> {
  const begun = context.begin((tx) => pauseEach(context, tx, all, wish));
  if (!begun.ok) return begun.error;
  const { names, runs } = begun.value;
  const left = await untilEnded(context, runs);
  const ended = runs.filter((run) => !left.includes(run));
  const stopped = ended.length === 0 ? '' : `Stopped ${runsWords(ended, context.project.name)}; the work is kept. `;
  if (left.length === 0) return done(...head(context, names), stopped, ...ways(context, names));
  const rest = `Still stopping: ${runsWords(left, context.project.name)}; `;
  return goesOn(...head(context, names), stopped, rest, typed('status'), ' shows when they have. ', ...ways(context, names));
}
