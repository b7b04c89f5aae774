import { itemRef, text, word } from '../../src/bot/parse/arguments.ts';
import { command, type CommandContext } from '../../src/bot/command.ts';
import type { CommandTx } from '../../src/bot/capabilities.ts';
import { splitCriteria } from '../../src/bot/criteria.ts';
import { counted } from '../../src/words/amounts.ts';
import { itemTitle } from '../../src/words/item.ts';
import { openRun } from '../../src/bot/of-item.ts';
import { done, refused } from '../../src/words/replies.ts';
import { editSection } from '../../src/bot/sections.ts';
import type { Reply } from '../../src/bot/command.ts';
import { ITEM_TYPES, QA_MODES, type Criterion, type WorkItem } from '../../src/pipeline/types.ts';

const FIELDS = ['title', 'type', 'qa', 'description', 'criteria'] as const;
/** Longest title and name of a section, in UTF-16 units. */
const LONGEST_TITLE = 200;
const LONGEST_NAME = 60;

export const edit = command({
  words: ['edit'],
  summary: 'Changes a field of an item, or a section of its description.',
  details:
    'Fields are `title`, `type`, `qa` (server, agent, human or default), `description` and `criteria` (one a line; also as `acceptance criteria`). ' +
    '`nothing` clears the description or the criteria. ' +
    'Any other word names a section of the description, which is replaced, or made where there is none. A run under way does not see the change; the next one does.',
  examples: [
    'edit 42 title Export as CSV and JSON',
    'edit 42 qa human',
    'edit 42 criteria the file opens\ndates are ISO 8601',
    'edit 42 notes Ask the design team first.',
  ],
  args: {
    item: itemRef(),
    field: word({ description: 'A field, or the name of a section; several words in quotes.', complete: () => FIELDS }),
    text: text('What it is from now on.'),
  },
  role: 'operator',
  run: (context, { item: ref, field, text: value }) =>
    context.change((tx) => {
      const before = tx.find(ref);
      const what = change(tx, before, field, value);
      if (typeof what !== 'function') return tx.refuse(what);
      return done(`${what(itemTitle(tx.find(ref), context.project.name))}. ${unseen(context, before)}`.trimEnd());
    }),
});

/** What was done, given the item's title as it is now; a sentence without its full stop. */
type Said = (title: string) => string;

/** Appends the edits; gives what was done, or the refusal. */
function change(tx: CommandTx, item: WorkItem, field: string, value: string): Said | Reply {
  // What documents call them, in two words: the second came as the beginning of the text.
  const two = field.toLowerCase() === 'acceptance' ? /^criteria(?::|\b)\s*(?=\S)/i.exec(value) : null;
  if (two !== null) return change(tx, item, 'criteria', value.slice(two[0].length));
  switch (field.toLowerCase()) {
    case 'title':
      return setTitle(tx, item, value);
    case 'type': {
      const type = ITEM_TYPES.find((one) => one === value.trim().toLowerCase());
      if (type === undefined)
        return refused('unknown-type', `“${value.slice(0, 40)}” is no type of item. There are ${ITEM_TYPES.join(', ')}.`);
      if (type === item.type) return unchanged('type');
      tx.append(item, 'item.edited', { field: 'type', value: type, prior: item.type });
      return (title) => `${title} is a ${type} now`;
    }
    case 'qa': {
      const typed = value.trim().toLowerCase();
      const mode = typed === 'default' ? null : QA_MODES.find((one) => one === typed);
      if (mode === undefined)
        return refused('unknown-qa', `“${value.slice(0, 40)}” is no way of review. There are ${QA_MODES.join(', ')} and default.`);
      if (mode === item.qaMode) return unchanged('qa');
      tx.append(item, 'item.edited', { field: 'qa', value: mode, prior: item.qaMode });
      return (title) => `Set the review of ${title} to ${mode ?? 'the default'}`;
    }
    case 'description':
      return setDescription(tx, item, value);
    case 'criteria':
    case 'acceptance criteria':
      return setCriteria(tx, item, criteriaFrom(item, value));
    default:
      return setSection(tx, item, field, value);
  }
}

function setTitle(tx: CommandTx, item: WorkItem, value: string): Said | Reply {
  const title = value.replaceAll(/\s+/g, ' ').trim();
  if (title.length > LONGEST_TITLE)
    return refused(
      'title-too-long',
      `The title has ${title.length} characters, the most is ${LONGEST_TITLE}. Put the rest into the description.`,
    );
  if (title === item.title) return unchanged('title');
  tx.append(item, 'item.edited', { field: 'title', value: title, prior: item.title });
  return (now) => `Changed the title: ${now}`;
}

/** Check boxes in a description are its criteria, as in `create`; without any, the criteria stay. */
function setDescription(tx: CommandTx, item: WorkItem, value: string): Said | Reply {
  const { description, criteria } = splitCriteria(value);
  const clears = isNothing(value);
  const text_ = clears ? '' : criteria.length === 0 ? value.trim() : description;
  if (text_ === item.description && criteria.length === 0) return unchanged('description');
  const after = tx.append(item, 'item.edited', { field: 'description', value: text_, prior: item.description });
  if (criteria.length === 0) return (title) => `${clears ? 'Cleared' : 'Changed'} the description of ${title}`;
  tx.append(after, 'item.edited', { field: 'criteria', value: criteria, prior: item.criteria });
  return (title) => `Changed the description of ${title}, with ${counted(criteria.length, 'criterion', 'criteria')}`;
}

function setCriteria(tx: CommandTx, item: WorkItem, criteria: readonly Criterion[]): Said | Reply {
  if (JSON.stringify(criteria) === JSON.stringify(item.criteria)) return unchanged('criteria');
  tx.append(item, 'item.edited', { field: 'criteria', value: criteria, prior: item.criteria });
  return (title) =>
    criteria.length === 0 ? `Cleared the criteria of ${title}` : `${title} has ${counted(criteria.length, 'criterion', 'criteria')} now`;
}

/** The word that clears a field. */
function isNothing(value: string): boolean {
  return value.trim().toLowerCase() === 'nothing';
}

/** One criterion a line, with a check box, a bullet or nothing before it. Without a box, one that was checked before stays so. */
function criteriaFrom(item: WorkItem, value: string): readonly Criterion[] {
  if (isNothing(value)) return [];
  const checked = new Set(item.criteria.filter((one) => one.checked).map((one) => one.text));
  return value.split(/\r\n|\r|\n/).flatMap((line) => {
    const boxed = splitCriteria(line).criteria[0];
    if (boxed !== undefined) return [boxed];
    const wanted = line.replace(/^\s*(?:[-*+]|\d+[.)])\s+/, '').trim();
    return wanted === '' ? [] : [{ text: wanted, checked: checked.has(wanted) }];
  });
}

function setSection(tx: CommandTx, item: WorkItem, name: string, value: string): Said | Reply {
  if (/[\r\n#]/.test(name) || name.trim() === '' || name.length > LONGEST_NAME)
    return refused(
      'bad-section',
      `A section's name is one line of at most ${LONGEST_NAME} characters without #. Fields are ${FIELDS.join(', ')}.`,
    );
  const section = editSection(item.description, name, value);
  if (section.description === item.description) return unchanged(`section ${section.name}`);
  tx.append(item, 'item.edited', { field: 'description', value: section.description, prior: item.description });
  const did = section.created ? 'Added' : 'Replaced';
  return (title) => `${did} the section “${section.name}” in the description of ${title}`;
}

function unchanged(what: string): Reply {
  return refused('unchanged', `The ${what} is that already; nothing was changed.`);
}

function unseen(context: CommandContext, item: WorkItem): string {
  const run = openRun(context.reads, item);
  return run === null ? '' : `Run ${run.run} of ${run.agent} does not see it; the next run does.`;
}
