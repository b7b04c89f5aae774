import { action, actions, command, doc, fields, line, paragraph, strong, type Content } from '../../message/build.ts';
import type { Action, Block, Document } from '../../message/document.ts';
import type { Run } from '../../log/projections/run.ts';
import type { Step } from '../../pipeline/next/step.ts';
import type { StageName, WorkItem } from '../../pipeline/types.ts';
import { money, tokens } from '../amounts.ts';
import type { Reader } from '../reader.ts';
import { duration } from '../time.ts';
import { saidBriefly } from './closing.ts';
import { firstLine, itemLabel, itemName, labelOf, marksOf } from './item.ts';
import { stepSign, stepWords } from './step.ts';

/** What a card shows of an item, as it stands at one moment. */
export interface CardFacts {
  readonly item: WorkItem;
  readonly step: Step;
  /** The latest run; null: none yet. */
  readonly run: Run | null;
  readonly spent: { readonly microUsd: number; readonly tokens: number };
  /** The item's cap in micro-dollars; null: it has none. */
  readonly cap: number | null;
  /** A person or a review by an agent comes before the merge. */
  readonly reviewed: boolean;
  /** Who approved it, an actor, and why; null: nobody did. */
  readonly approval: { readonly by: string; readonly reason: string } | null;
  /** The room has buttons that carry their own command. */
  readonly pressable: boolean;
}

const MINUTE_MS = 60_000;
/** UTF-16 units: two lines of a phone. */
const ACTIVITY = 80;

/** An item's card: what happens, the way through the stages, cost, criteria, what the agent does, and what can be pressed. */
export function cardDocument(facts: CardFacts, reader: Reader): Document {
  const { item, step, run, spent, cap, approval } = facts;
  const met = item.criteria.filter(({ checked }) => checked).length;
  const cost = [
    `${money(spent.microUsd)}${cap === null ? '' : ` of ${money(cap)}`}`,
    ...(spent.tokens === 0 ? [] : [`${tokens(spent.tokens)} tokens`]),
  ];
  const works = run !== null && run.state !== 'ended';
  const buttons = buttonsOf(facts, reader);
  return doc(
    paragraph(
      `${stepSign(step)} `,
      strong(itemLabel(item, reader.current)),
      `${item.title === '' ? '' : ` ${item.title}`}${marksOf(item)} · `,
      ...stepWords(item, step, reader),
      works ? age(reader.now - (run.startedAt ?? run.pendingAt)) : '',
    ),
    fields([
      ['Stage', track(facts)],
      ['Cost', spent.microUsd === 0 && spent.tokens === 0 ? null : cost.join(', ')],
      ['Labels', item.labels === undefined || item.labels.length === 0 ? null : item.labels.join(', ')],
      ['Criteria', item.criteria.length === 0 ? null : `${met} of ${item.criteria.length} met`],
      ['Approved', approval === null ? null : approvedWords(approval, reader)],
      ['Last', works && run.activity !== null ? firstLine(run.activity, ACTIVITY) : null],
    ]),
    !works &&
      run?.reason === 'finished' &&
      run.closing !== item.title &&
      saidBriefly(run.agent, run.report ?? run.verdictReason ?? run.closing ?? ''),
    buttons.length > 0 && (facts.pressable ? actions(...buttons) : typedLine(buttons)),
  );
}

function approvedWords({ by, reason }: NonNullable<CardFacts['approval']>, { nameOf }: Reader): string {
  return `by ${nameOf(by)}${reason === '' ? '' : `: ${firstLine(reason, ACTIVITY)}`}`;
}

/** Takes the place of a card that was edited as often as a network allows: the item has another one further down. */
export function continuedCard(item: WorkItem, reader: Reader): Document {
  const name = itemName(item, reader.current);
  return line(
    strong(itemLabel(item, reader.current)),
    ' continues in a newer message below. ',
    command(`show ${name}`),
    ' shows all of it.',
  );
}

/** What can be typed, where the network has no buttons: `stop 1` · `logs 1`. */
function typedLine(buttons: readonly Action[]): Block {
  return paragraph(...buttons.flatMap(({ typed, command: words }, index) => [index === 0 ? '' : ' · ', command(typed ?? words)]));
}

/** ` · 3 min`: in steps that don't make a card change for nothing; empty in the first minute. */
function age(ms: number): string {
  const step = ms < 60 * MINUTE_MS ? MINUTE_MS : 5 * MINUTE_MS;
  const whole = Math.floor(ms / step) * step;
  return whole <= 0 ? '' : ` · ${duration(whole)}`;
}

/** The way through the stages, with what is behind it, where it is, and what comes: 36 columns at most. */
function track({ item, reviewed }: CardFacts): Content[] {
  const { stage } = item;
  const at: StageName = stage.name === 'archived' ? stage.from.name : stage.name;
  const stuck = stage.name === 'archived' && stage.reason.kind !== 'completed';
  // It ended with its report.
  if (stage.name === 'archived' && !stuck && at !== 'done') return ['✓ current › ✓ done'];
  const way = (['current', 'qa', 'merge', 'done'] as const).filter((name) => name !== 'qa' || reviewed || at === 'qa');
  const here = way.findIndex((name) => name === at);
  return way.flatMap((name, index): Content[] => {
    const before: Content[] = index === 0 ? [] : [' › '];
    if (index < here || (name === 'done' && at === 'done' && !stuck)) return before.concat(`✓ ${name}`);
    return before.concat(index === here ? strong(`${stuck ? '✗ ' : ''}${name}`) : name);
  });
}

/** What can be pressed. Each names project and commit: pressed late it means no other item, and no commit that nobody looked at. */
export function buttonsOf({ item, step, run }: Pick<CardFacts, 'item' | 'step' | 'run'>, { current }: Pick<Reader, 'current'>): Action[] {
  const { stage, work, held } = item;
  const button = (label: string, words: string, style: Action['style'] = 'plain', further = ''): Action => ({
    ...action(label, `${words} ${item.project}#${item.number}${further}`, style),
    typed: `${words} ${itemName(item, current)}`,
  });
  const tell = run === null || run.state === 'ended' ? [] : [tellButton(item, itemName(item, current))];
  const reject = [rejectButton(item, itemName(item, current))];
  const logs = run === null ? [] : [button('Logs', 'logs')];
  const diff = work === null || work.commitsAhead === 0 ? [] : [button('Diff', 'diff')];
  const verdict = (label: string, words: string): Action[] =>
    work === null ? [] : [button(label, words, 'primary', ` ${work.head.slice(0, 10)}`)];
  if (item.deletedAt !== null) return [];
  if (held !== null) return [button('Start', 'start', 'primary'), ...logs, ...diff];
  switch (stage.name) {
    case 'backlog':
      return [button('Start', 'start', 'primary')];
    case 'current':
      return [button('Stop', 'stop', 'danger'), ...tell, ...logs];
    case 'qa':
      return step.reason.kind === 'review'
        ? [...verdict('Approve', 'approve'), ...reject, ...diff, ...logs]
        : [button('Stop', 'stop', 'danger'), ...tell, ...diff, ...logs];
    case 'merge':
      return [...tell, ...diff, ...logs];
    case 'done':
      return diff;
    case 'archived':
      if (stage.reason.kind === 'reviewHeld') return [...verdict('Accept', 'accept'), ...reject, ...diff, ...logs];
      if (stage.reason.kind === 'completed' && stage.from.name !== 'done') return [button('Report', 'report', 'primary'), ...logs];
      return 'reason' in stage.reason ? [button('Retry', 'retry', 'primary'), ...logs, ...diff] : [];
  }
}

type Named = Pick<WorkItem, 'project' | 'number'>;

/** Asks for words to the agent that works on an item. `name`: how the item is called there. */
export function tellButton({ project, number }: Named, name: string): Action {
  return {
    ...action('Tell', `tell ${project}#${number}`),
    typed: `tell ${name} <words>`,
    asks: { title: `Tell ${labelOf(String(number))}`, label: 'What should the agent know?' },
  };
}

/** Asks for the reason for sending an item back. */
export function rejectButton({ project, number }: Named, name: string): Action {
  return {
    ...action('Reject', `reject ${project}#${number}`, 'danger'),
    typed: `reject ${name} <reason>`,
    asks: { title: `Reject ${labelOf(String(number))}`, label: 'Reason, for the next attempt' },
  };
}
