import type { LoggedEvent } from '../../src/pipeline/events.ts';
import type { QaMode, WorkItem } from '../../src/pipeline/types.ts';
import type { Outside } from './edge.ts';
import type { Role } from '../../src/pipeline/role.ts';

/** An item as a person would keep it on a sheet of paper. */
interface Plain {
  stage: string;
  held: boolean;
  gone: 'no' | 'deleted' | 'purged';
  queued: boolean;
  attempts: number;
  /** Failures since a person last looked. */
  failures: number;
  dependsOn: readonly number[];
  runs: number;
  /** Its last run is a coder's. */
  coder: boolean;
  /** The run whose process has not ended in the log. */
  open: number | null;
  /** The run whose end still matters to the item. */
  wanted: number | null;
  /** Its coder has finished, and the gates decide. */
  finished: boolean;
  /** The end of a run that mattered came in this very transaction. */
  settling: boolean;
  approved: boolean;
  /** A gate has passed since its last run began. */
  passed: boolean;
  /** Who looks at it in qa. */
  qaMode: QaMode;
  /** Times that it came to `done`, and that its merge was worked on again. */
  merges: number;
  timers: Set<number>;
  microUsd: number;
}

export const MAX_CODERS = 2;
export const MAX_RETRIES = 3;
/** So many failures, where they are the same, and no further attempt is made. */
const SAME_FAILURES = 3;
/** What may still come of an item that was deleted: its clean-up, and the accounts of what was running. */
const AFTER_DELETE = new Set([
  'item.deleted',
  'item.removed',
  'item.purged',
  'item.set_aside',
  'run.usage',
  'run.ended',
  'run.stop_requested',
  'command.handled',
]);

/**
 * The plain model: it is told each event of the log once, says which of them may not be, and what must then stand in
 * the projections. Knows nothing of the product's transition function, facts or next steps.
 */
export class PlainModel {
  readonly items = new Map<number, Plain>();
  readonly wrong: string[] = [];
  readonly #outside: Outside;
  readonly #qaMode: QaMode;
  readonly #texts: ReadonlyMap<string, string>;
  readonly #effects = new Map<string, number>();
  #paused = false;

  /** `texts`: what people said, by the cause that their effects carry. */
  constructor(outside: Outside, texts: ReadonlyMap<string, string>, qaMode: QaMode) {
    this.#outside = outside;
    this.#qaMode = qaMode;
    this.#texts = texts;
  }

  take(event: LoggedEvent): void {
    if (event.kind === 'item.created') return this.#created(event.item);
    if (event.kind === 'project.paused') this.#paused = true;
    if (event.kind === 'project.resumed') this.#paused = false;
    if (event.item === null) return;
    if (this.#paused && event.kind === 'run.pending')
      this.wrong.push(`event ${event.seq}: a run of ${event.item} begins in a paused project`);
    const item = this.items.get(event.item);
    const say = (what: string): void => void this.wrong.push(`event ${event.seq}, ${event.kind} of ${event.item}: ${what}`);
    if (item === undefined) return say('of an item that was never made');
    if (item.gone !== 'no' && !AFTER_DELETE.has(event.kind)) say(`it was ${item.gone}`);
    this.#oncePerMessage(event, say);
    this.#follow(event, item, say);
  }

  #created(number: number): void {
    if (number !== this.items.size + 1) this.wrong.push(`item ${number} was made as the ${this.items.size + 1}th`);
    const none = {
      held: false,
      gone: 'no',
      queued: false,
      attempts: 0,
      failures: 0,
      dependsOn: [],
      runs: 0,
      coder: false,
      open: null,
      wanted: null,
    } as const;
    const more = {
      passed: false,
      qaMode: this.#qaMode,
      finished: false,
      settling: false,
      approved: false,
      merges: 0,
      timers: new Set<number>(),
      microUsd: 0,
    };
    this.items.set(number, { stage: 'backlog', ...none, ...more });
  }

  /** What a person said names the item that it changes, and changes it once. */
  #oncePerMessage(event: LoggedEvent, say: (what: string) => void): void {
    const text = this.#texts.get(event.cause ?? '');
    if (text === undefined) return;
    const named = /\d+/.exec(text)?.[0];
    if (named !== undefined && Number(named) !== event.item) say(`its cause is "${text}"`);
    const key = `${event.cause} ${event.kind} ${event.item}`;
    const times = (this.#effects.get(key) ?? 0) + 1;
    this.#effects.set(key, times);
    if (times > 1 && !['timer.cancelled', 'item.moved'].includes(event.kind)) say(`"${text}" had this effect ${times} times`);
  }

  #follow(event: LoggedEvent, item: Plain, say: (what: string) => void): void {
    const { settling } = item;
    item.settling = false;
    const stopped = (): void => {
      item.wanted = null;
    };
    // oxlint-disable-next-line typescript/switch-exhaustiveness-check -- what is not named here moves no item
    switch (event.kind) {
      case 'item.moved':
        return this.#moved(event, item, settling, say);
      case 'item.dependencies_set':
        item.dependsOn = event.payload.dependsOn;
        return;
      case 'item.queued':
        item.queued = event.payload.queued;
        return;
      case 'item.edited':
        if (event.payload.field === 'qa') item.qaMode = event.payload.value ?? this.#qaMode;
        return;
      case 'item.held':
        item.held = true;
        item.queued = false;
        return stopped();
      case 'item.released':
        item.held = false;
        return;
      case 'item.put_back': {
        const { standing } = event.payload;
        item.stage = standing.stage.name;
        item.held = standing.held !== null;
        item.queued = standing.queued;
        item.attempts = standing.attempts;
        // Only what a person had sent there comes back to merge.
        item.approved = standing.stage.name === 'merge';
        item.finished = false;
        return stopped();
      }
      case 'item.attempts_reset':
        item.attempts = 0;
        item.failures = 0;
        return;
      case 'item.attempt_failed':
        if (item.held) say('it is stopped');
        if (!settling && !item.finished && item.stage !== 'merge') say('no run and no gate of its own has just ended');
        item.attempts += 1;
        item.failures += 1;
        item.finished = false;
        return;
      case 'item.deleted':
        item.gone = item.gone === 'purged' ? 'purged' : 'deleted';
        item.queued = false;
        return stopped();
      case 'item.purged':
        if (item.gone !== 'deleted') say('it was not deleted before');
        item.gone = 'purged';
        item.held = false;
        return;
      case 'item.accepted':
        if (event.actor !== 'musher') item.approved = true;
        return;
      case 'run.pending':
        return this.#began(event.payload.run, event.payload.role, item, say);
      case 'run.ended':
        if (item.open !== event.payload.run) say('no such run is open');
        item.open = null;
        item.settling = item.wanted === event.payload.run;
        if (item.settling) item.finished = item.stage === 'current' && event.payload.reason === 'finished';
        item.wanted = null;
        return;
      case 'gate.ran': {
        const { where, exitCode, commit } = event.payload;
        if (where === 'branch') item.passed = exitCode === 0 && this.#outside.passed.has(commit);
        return;
      }
      case 'run.usage':
        item.microUsd += event.payload.usage.microUsd;
        return;
      case 'timer.set':
        item.timers.add(event.payload.timer);
        return;
      case 'timer.fired':
      case 'timer.missed':
      case 'timer.cancelled':
        if (!item.timers.delete(event.payload.timer)) say(`timer ${event.payload.timer} is not set`);
    }
  }

  #began(run: number, role: Role, item: Plain, say: (what: string) => void): void {
    if (item.stage !== (role === 'coder' ? 'current' : role)) say(`a ${role} in ${item.stage}`);
    if (role === 'qa' && item.qaMode !== 'agent') say(`an agent reviews what ${item.qaMode} decides`);
    if (item.held) say('it is stopped');
    if (item.open !== null) say(`run ${item.open} is still open`);
    if (run !== item.runs + 1) say(`run ${run} after run ${item.runs}`);
    if (item.attempts > MAX_RETRIES) say(`after ${item.attempts} failed attempts`);
    if (role === 'coder' && !this.#ready(item)) say('what it depends on is not done');
    item.coder = role === 'coder';
    item.passed = false;
    item.runs = run;
    item.open = run;
    item.wanted = run;
    item.finished = false;
    const open = [...this.items.values()].filter((one) => one.open !== null && one.coder).length;
    if (open > MAX_CODERS) say(`${open} coders at the same time`);
  }

  #moved(event: Extract<LoggedEvent, { kind: 'item.moved' }>, item: Plain, settling: boolean, say: (what: string) => void): void {
    const { to } = event.payload;
    const byPerson = this.#texts.has(event.cause ?? '');
    if (!byPerson && item.held) say('it is stopped, and nobody asked for it');
    if (!byPerson && to.name === 'current' && item.stage === 'backlog' && !this.#ready(item)) say('what it depends on is not done');
    if (!byPerson && to.name === 'qa' && !item.passed) say('no gate has passed at its head');
    const byAgent = event.actor === 'agent:qa' && settling && item.stage === 'qa' && item.qaMode === 'agent';
    const byGates = event.actor === 'musher' && item.qaMode === 'server' && item.passed;
    if (!byPerson && to.name === 'merge' && !byAgent && !byGates) say('nobody has approved it');
    if (!byPerson && to.name === 'archived' && item.failures < SAME_FAILURES && !settling) say('it was blocked for no reason');
    if (to.name === 'done') this.#done(event.item, to.mergeCommit, item, say);
    item.failures = byPerson || to.name === 'done' ? 0 : item.failures + (event.payload.failure === null || to.name === 'archived' ? 0 : 1);
    if (to.name === 'merge') item.approved = byPerson || byAgent || byGates;
    if (to.name === 'current' || to.name === 'backlog') item.approved = false;
    item.stage = to.name;
    item.held = false;
    item.queued = false;
    item.attempts = 0;
    item.finished = false;
    item.wanted = null;
  }

  #done(number: number, commit: string, item: Plain, say: (what: string) => void): void {
    if (item.stage !== 'merge') say(`it comes from ${item.stage}`);
    if (!item.approved) say('nobody has approved it');
    if (!this.#outside.base.some((one) => one === commit)) say('its merge is not on the base branch');
    const squashed = this.#outside.squashed.get(commit);
    if (squashed === undefined || squashed.item !== number) say(`the commit is of ${squashed?.item ?? 'nobody'}`);
    item.merges += 1;
    const own = [...this.#outside.squashed].filter(([one, of]) => of.item === number && this.#outside.base.some((other) => other === one));
    if (own.length !== item.merges) say(`${own.length} commits of it are on the base branch, and it came to done ${item.merges} times`);
  }

  #ready(item: Plain): boolean {
    return item.dependsOn.every((number) => {
      const other = this.items.get(number);
      return other !== undefined && other.merges > 0;
    });
  }

  /** Where the projections differ from it. */
  differences(find: (number: number) => WorkItem | null, spent: (number: number) => number): string[] {
    const wrong: string[] = [];
    for (const [number, plain] of this.items) {
      const item = find(number);
      if (item === null) {
        wrong.push(`item ${number} is not there`);
        continue;
      }
      const { stage, attempts, dependsOn, runs, held } = plain;
      const wanted = { stage, attempts, dependsOn, runs, held, gone: plain.gone, spent: plain.microUsd };
      const found = {
        stage: item.stage.name,
        attempts: item.attempts,
        dependsOn: item.dependsOn,
        runs: item.runs,
        held: item.held !== null,
        gone: item.removal?.state === 'purged' ? 'purged' : item.deletedAt === null ? 'no' : 'deleted',
        spent: spent(number),
      };
      if (JSON.stringify(found) !== JSON.stringify(wanted))
        wrong.push(`item ${number} is ${JSON.stringify(found)}, not ${JSON.stringify(wanted)}`);
      const said = [...this.#outside.agents.values()].filter((agent) => agent.item === number).reduce((sum, agent) => sum + agent.used, 0);
      if (said !== plain.microUsd) wrong.push(`runs of ${number} said that they used ${said}, and ${plain.microUsd} is counted`);
    }
    return wrong;
  }
}
