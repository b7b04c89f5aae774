import { projectOrAll } from '../../src/bot/parse/arguments.ts';
import { command } from '../../src/bot/command.ts';
import { projectsMeant } from '../../src/bot/of-item.ts';
import { pictureFlag, wantsPicture } from '../../src/bot/pictures.ts';
import { dependenciesOf } from '../../src/decide/dependencies.ts';
import { doc, join } from '../../src/message/build.ts';
import { graphDocument, graphPicture } from '../../src/words/pictures/graph.ts';
import { readerOf } from '../../src/words/reader.ts';
import { answer } from '../../src/words/replies.ts';

/** Items of one graph: what a screen shows so that it can be read. */
const MOST_ITEMS = 30;

export const graph = command({
  words: ['graph'],
  summary: 'Shows which items wait for which.',
  details:
    'The open items that depend on others, with what they depend on. As a picture, a dependency that others imply is not drawn. `depends` changes them.',
  examples: ['graph', 'graph --picture', 'graph shop'],
  args: { project: projectOrAll().optional(), picture: pictureFlag() },
  role: 'viewer',
  run(context, { project: asked, picture }) {
    const reader = readerOf(context);
    const isWanted = wantsPicture(context, picture);
    const projects = asked === 'all' ? context.projects : projectsMeant(context, asked);
    return answer(
      join(
        ...projects.map(({ name }) => {
          const graphOf = dependenciesOf(context.reads, context.facts(name), MOST_ITEMS);
          return join(
            graphDocument(graphOf, name, reader),
            doc(isWanted && graphOf.items.length > 0 && graphPicture(graphOf, name, reader)),
          );
        }),
      ),
    );
  },
});
