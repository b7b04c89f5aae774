import { projectScope } from '../../src/bot/pause/arguments.ts';
import { command, type CommandContext } from '../../src/bot/command.ts';
import { scopedProjects } from '../../src/bot/pause/pausing.ts';
import { projectNames } from '../../src/words/item/pause.ts';
import { done, refused } from '../../src/words/replies.ts';
import { duration } from '../../src/words/time.ts';
import { command as typed } from '../../src/message/build.ts';
import type { Reply } from '../../src/words/reply.ts';

export const resume = command({
  words: ['resume'],
  summary: 'Lets work in a paused project continue.',
  details:
    'What waits starts again in its order. `resume all` takes the role in every project. To continue one stopped item, use `start 42`.',
  examples: ['resume', 'resume all'],
  args: { scope: projectScope() },
  role: 'operator',
  run(context, { scope }): Reply {
    const found = scopedProjects(context, scope, 'resume');
    if (!found.ok) return found.error;
    const names = found.value;
    return context.change((tx) => {
      const paused = names.flatMap((name) => tx.reads.pauses.get(name) ?? []);
      if (paused.length === 0) return tx.refuse(notPaused(names));
      for (const { project, since } of paused) tx.resume(project, since);
      const longest = tx.now - Math.min(...paused.map(({ since }) => since));
      const resumed = projectNames(paused.map(({ project }) => project));
      return done(
        `✓ ${resumed} resumed by ${context.nameOf(context.actor)} after ${duration(longest)}. `,
        ...waiting(
          context,
          paused.map(({ project }) => project),
        ),
      );
    });
  },
});

function notPaused(names: readonly string[]): Reply {
  return refused(
    'not-paused',
    `${names.length === 1 ? `${names[0] ?? ''} isn’t` : 'No project is'} paused. `,
    typed('status'),
    ' shows what runs and what waits.',
  );
}

/** The items that continue by themselves now. */
function waiting({ reads }: CommandContext, names: readonly string[]): (string | ReturnType<typeof typed>)[] {
  const queued = names.flatMap((name) => [
    ...reads.active(name),
    ...reads.waking(name).filter((item) => item.deletedAt === null && item.queued),
  ]);
  if (queued.length === 0) return ['Nothing is queued: ', typed('start <item>'), ' begins something.'];
  return [`${queued.length === 1 ? '1 item continues' : `${queued.length} items continue`}; `, typed('status'), ' shows them.'];
}
