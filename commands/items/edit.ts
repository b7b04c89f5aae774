import { BOUNDS } from '../../src/bounds.ts';
import { itemRef, text, word as wordArgument } from '../../src/bot/parse/arguments.ts';
import { command, type CommandContext } from '../../src/bot/command.ts';
import type { CommandTx } from '../../src/bot/capabilities.ts';
import { splitCriteria } from '../../src/bot/criteria.ts';
import { counted } from '../../src/words/amounts.ts';
import { itemName, itemTitle } from '../../src/words/item/item.ts';
import { editsSince } from '../../src/bot/edits-since.ts';
import { readerOf } from '../../src/words/reader.ts';
import { changedMeanwhile } from '../../src/words/fields/conflict.ts';
import { command as typed } from '../../src/message/build.ts';
import { openRun } from '../../src/bot/of-item.ts';
import { done, refused } from '../../src/words/replies.ts';
import { editSection, hasSection } from '../../src/agents/sections.ts';
import { setField } from '../../src/bot/fields/field.ts';
import { ITEM_TYPES, QA_MODES, type Criterion, type WorkItem } from '../../src/pipeline/types.ts';
import type { Reply } from '../../src/words/reply.ts';

const FIELDS = ['title', 'type', 'qa', 'priority', 'agent', 'model', 'labels', 'description', 'criteria', 'out of scope'] as const;
const OUT_OF_SCOPE = 'Out of scope';
/** Longest title and name of a section, in UTF-16 units. */
const LONGEST_TITLE = BOUNDS.title;
const LONGEST_NAME = BOUNDS.sectionName;

export const edit = command({
  words: ['edit'],
  summary: 'Edits a field of an item, or a section of its description.',
  details:
    'The fields are `title`, `type`, `qa` (server, agent, human or default), `priority`, `agent`, `model`, `labels`, `description` and `criteria` (one per line; also `acceptance criteria`). ' +
    '`nothing` clears the description, the criteria or the labels. `out of scope` says what agents shall leave alone. ' +
    'Any other word names a section of the description, which is replaced or added. ' +
    'A form of the page says `title@120`: the text is not replaced if somebody else has changed it since event 120. A run in progress does not see the change; the next one does.',
  examples: [
    'edit 42 title Export as CSV and JSON',
    'edit 42 qa human',
    'edit 42 criteria the file opens\ndates are ISO 8601',
    'edit 42 out of scope Excel and PDF',
    'edit 42 notes Ask the design team first.',
  ],
  args: {
    item: itemRef(),
    field: wordArgument({ description: 'A field or the name of a section; put several words in quotes.', complete: () => FIELDS }),
    text: text('The new value.'),
  },
  role: 'operator',
  run: (context, { item: ref, field: named, text: value }) =>
    context.change((tx) => {
      const before = tx.find(ref);
      const { name: field, seen } = seenField(named);
      const text_ = textField(field);
      const [since] = seen === null || text_ === null ? [] : editsSince(tx.reads, before, text_, seen);
      if (since !== undefined && text_ !== null && since.value !== value.trim())
        return tx.refuse(changedMeanwhile(before, text_, since, value, readerOf(context)));
      const set = setField(context, tx, before, field, value);
      if (set !== null) return set;
      const what = change(context, tx, before, field, value);
      if (typeof what !== 'function') return tx.refuse(what);
      return done(`${what(itemTitle(tx.find(ref), context.project.name))}. ${unseen(context, before)}`.trimEnd());
    }),
});

/** `title@120`: only if nobody has changed it since event 120, which is the last that the sender has seen. The page sends that. */
function seenField(word: string): { readonly name: string; readonly seen: number | null } {
  const [, name, seen] = /^(.+)@(\d{1,15})$/.exec(word) ?? [];
  return name === undefined ? { name: word, seen: null } : { name, seen: Number(seen) };
}

function textField(name: string): 'title' | 'description' | 'criteria' | null {
  return (['title', 'description', 'criteria'] as const).find((one) => one === name.toLowerCase()) ?? null;
}

/** What was done, given the item's new title; a sentence without its full stop. */
type Said = (title: string) => string;

/** Appends the edits. Returns what was done, or the refusal. */
function change(context: CommandContext, tx: CommandTx, item: WorkItem, field: string, value: string): Said | Reply {
  // "acceptance criteria" is two words, and the second arrived as the start of the text.
  const two = field.toLowerCase() === 'acceptance' ? /^criteria(?::|\b)\s*(?=\S)/i.exec(value) : null;
  if (two !== null) return change(context, tx, item, 'criteria', value.slice(two[0].length));
  // "out of scope" is three.
  const scope = field.toLowerCase() === 'out' ? /^of[ -]scope(?::|\b)\s*(?=\S)/i.exec(value) : null;
  if (scope !== null) return setSection(tx, item, OUT_OF_SCOPE, value.slice(scope[0].length));
  switch (field.toLowerCase()) {
    case 'title':
      return setTitle(tx, item, value);
    case 'type': {
      const type = ITEM_TYPES.find((one) => one === value.trim().toLowerCase());
      if (type === undefined)
        return refused('unknown-type', `“${value.slice(0, 40)}” is not an item type. Types: ${ITEM_TYPES.join(', ')}.`);
      if (type === item.type) return unchanged('type');
      tx.append(item, 'item.edited', { field: 'type', value: type, prior: item.type });
      return (title) => `${title} is now a ${type}`;
    }
    case 'qa': {
      const word = value.trim().toLowerCase();
      const mode = word === 'default' ? null : QA_MODES.find((one) => one === word);
      if (mode === undefined)
        return refused('unknown-qa', `“${value.slice(0, 40)}” is not a qa mode. Modes: ${QA_MODES.join(', ')}, default.`);
      if (mode === item.qaMode) return unchanged('qa');
      tx.append(item, 'item.edited', { field: 'qa', value: mode, prior: item.qaMode });
      return (title) => `${title}: qa is now ${mode ?? 'the project’s default'}`;
    }
    case 'description':
      return setDescription(tx, item, value);
    case 'criteria':
    case 'acceptance criteria':
      return setCriteria(tx, item, criteriaFrom(item, value));
    case 'out-of-scope':
    case 'out of scope':
      return setSection(tx, item, OUT_OF_SCOPE, value);
    default: {
      const other = hasSection(item.description, field) ? null : doneElsewhere(context, item, field);
      return other ?? setSection(tx, item, field, value);
    }
  }
}

function setTitle(tx: CommandTx, item: WorkItem, value: string): Said | Reply {
  const title = value.replaceAll(/\s+/g, ' ').trim();
  if (title.length > LONGEST_TITLE)
    return refused(
      'title-too-long',
      `The title has ${title.length} characters; the limit is ${LONGEST_TITLE}. Put the rest in the description.`,
    );
  if (title === item.title) return unchanged('title');
  tx.append(item, 'item.edited', { field: 'title', value: title, prior: item.title });
  return (now) => `Renamed to ${now}`;
}

/** Check boxes in a description become its criteria, as in `create`; without any, the criteria stay. */
function setDescription(tx: CommandTx, item: WorkItem, value: string): Said | Reply {
  const { description, criteria } = splitCriteria(value);
  const clears = isNothing(value);
  const text_ = clears ? '' : criteria.length === 0 ? value.trim() : description;
  if (text_ === item.description && criteria.length === 0) return unchanged('description');
  const after = tx.append(item, 'item.edited', { field: 'description', value: text_, prior: item.description });
  if (criteria.length === 0) return (title) => `${title}: ${clears ? 'cleared' : 'changed'} the description`;
  tx.append(after, 'item.edited', { field: 'criteria', value: criteria, prior: item.criteria });
  return (title) => `${title}: changed the description, with ${counted(criteria.length, 'criterion', 'criteria')}`;
}

function setCriteria(tx: CommandTx, item: WorkItem, criteria: readonly Criterion[]): Said | Reply {
  if (JSON.stringify(criteria) === JSON.stringify(item.criteria)) return unchanged('criteria');
  tx.append(item, 'item.edited', { field: 'criteria', value: criteria, prior: item.criteria });
  return (title) =>
    criteria.length === 0 ? `${title}: cleared the criteria` : `${title} now has ${counted(criteria.length, 'criterion', 'criteria')}`;
}

/** What is no field and no likely section either, with the command that does it. */
const ELSEWHERE: ReadonlyMap<string, string> = new Map([
  ['stage', 'move <item> <stage>'],
  ['status', 'move <item> <stage>'],
  ['depends', 'depends <item> on <numbers>'],
  ['dependencies', 'depends <item> on <numbers>'],
  ['budget', 'budget <item> <amount>'],
]);

function doneElsewhere(context: CommandContext, item: WorkItem, field: string): Reply | null {
  const form = ELSEWHERE.get(field.toLowerCase());
  if (form === undefined) return null;
  const words = form.replace('<item>', itemName(item, context.project.name));
  return refused('other-command', `“${field}” is no text of an item. `, typed(words), ' changes it.');
}

/** The word that clears a field. */
function isNothing(value: string): boolean {
  return value.trim().toLowerCase() === 'nothing';
}

/** One criterion per line, with a check box, a bullet or nothing before it. Without a box, a checked criterion stays checked. */
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
      `A section name is one line of at most ${LONGEST_NAME} characters, without #. Fields: ${FIELDS.join(', ')}.`,
    );
  const section = editSection(item.description, name, value);
  if (section.description === item.description) return unchanged(`section ${section.name}`);
  tx.append(item, 'item.edited', { field: 'description', value: section.description, prior: item.description });
  const did = section.created ? 'added' : 'replaced';
  return (title) => `${title}: ${did} the section “${section.name}”`;
}

function unchanged(what: string): Reply {
  return refused('unchanged', `Nothing changed: the ${what} is already that.`);
}

function unseen(context: CommandContext, item: WorkItem): string {
  const run = openRun(context.reads, item);
  return run === null ? '' : `Run ${run.run} by ${run.agent} won’t see this; the next run will.`;
}
