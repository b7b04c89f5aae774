import { command } from '../../src/bot/command.ts';
import { itemTitle } from '../../src/words/item/item.ts';
import { done } from '../../src/words/replies.ts';
import { allowance, answerRequest, onlyRequest } from '../../src/bot/requests.ts';
import { revealed } from '../../src/message/reveal.ts';
import { requestName } from '../../src/pipeline/requests.ts';

export const allow = command({
  words: ['allow'],
  summary: 'Gives an agent the permission it asks for, once or for its run.',
  details:
    'It covers exactly what the request showed, once. `allow` alone answers the only open permission of this room’s project. ' +
    '`allow r7 for this run` also covers every further use of the same tool until that run ends, whatever its input. ' +
    '`allowed_tools` in the project file lists what an agent may do without asking.',
  examples: ['allow r7', 'allow', 'allow r7 for this run', 'allow r7 it is only the test database'],
  args: { request: allowance() },
  role: 'operator',
  // The request belongs to a project, and the sender's role is checked there.
  about: 'musher',
  run(context, { request: typed }) {
    const named = typed?.request ?? null;
    const found = named === null ? onlyRequest(context) : { ok: true as const, value: named };
    if (!found.ok) return found.error;
    const given = { end: 'allowed', text: typed?.reason ?? '' } as const;
    if (typed?.forRun !== true)
      return answerRequest(context, found.value, given, ({ agent, brief }, item) =>
        done(`✓ Allowed once: ${brief}. ${agent} continues with ${itemTitle(item, context.project.name)}.`),
      );
    return answerRequest(context, found.value, { ...given, scope: 'run' }, ({ agent, brief, ask, run }, item, covered) => {
      const tool = ask.kind === 'permission' ? revealed(ask.tool) : '';
      const also = covered.length === 0 ? '' : `, with ${covered.map(({ number }) => requestName(number)).join(', ')}`;
      return done(
        `✓ Allowed: ${brief}${also}. ${agent} may use ${tool} without asking for the rest of run ${run}, and continues with ${itemTitle(item, context.project.name)}.`,
      );
    });
  },
});
