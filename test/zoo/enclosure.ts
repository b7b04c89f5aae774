import { actorName } from '../../src/pipeline/actor.ts';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import process from 'node:process';
import { faultWords } from '../../src/words/item/faults.ts';
import type { AgentSettings, LimitSettings, ProjectSettings } from '../../src/config/settings.ts';
import { Log } from '../../src/log/log.ts';
import type { Run } from '../../src/log/projections/run.ts';
import { itemNumber } from '../../src/pipeline/values.ts';
import type { NewEvent } from '../../src/pipeline/events.ts';
import type { WorkItem } from '../../src/pipeline/types.ts';
import { NOTHING_SECRET } from '../../src/redaction/redactor.ts';
import { Engine } from '../../src/engine/engine.ts';
import { jumpingClock, type JumpingClock } from '../agents/jumping-clock.ts';
import { projectSettings } from '../commands/harness.ts';
import { makeOwner, open, type Owner } from '../git/owner.ts';

/** Generous: what is waited for does not depend on how fast the machine is. */
const PATIENCE_MS = 45_000;

export interface Animal {
  /** Run by `/bin/sh -c` in the item's worktree; `$MUSHER_ATTEMPT` and its kin are set. */
  readonly script: string;
  readonly limits?: Partial<LimitSettings>;
  readonly settings?: Partial<ProjectSettings>;
}

/**
 * The real engine over a real repository with one badly behaved agent, and a clock that the test moves: each bound is
 * reached without waiting for it.
 */
export class Enclosure {
  readonly clock: JumpingClock = jumpingClock();
  readonly log: Log;
  readonly owner: Owner;
  readonly problems: string[] = [];
  readonly #engine: Engine;
  readonly #installation: string;

  private constructor(owner: Owner, engineOf: (enclosure: Enclosure, installation: string) => Engine) {
    this.owner = owner;
    this.log = Log.inMemory(this.clock);
    this.#installation = createHash('sha256').update(owner.root).digest('hex').slice(0, 12);
    this.#engine = engineOf(this, this.#installation);
  }

  /** Lets an agent loose on item 1. */
  static async with(animal: Animal): Promise<Enclosure> {
    const owner = makeOwner();
    const git = await open(owner);
    const base = projectSettings('shop', owner.repository);
    const [coder] = base.agents;
    if (coder === undefined) throw new Error('the sample project has a coder');
    const agent: AgentSettings = {
      ...coder,
      command: ['/bin/sh', '-c', animal.script],
      limits: { ...coder.limits, wallClockMs: 30 * 60_000, silenceMs: 10 * 60_000, questionMs: 2 * 60_000, ...animal.limits },
    };
    const settings: ProjectSettings = { ...base, qa: 'server', maxRetries: 0, ...animal.settings, agents: [agent] };
    const enclosure = new Enclosure(
      owner,
      (self, installation) =>
        new Engine({
          log: self.log,
          clock: self.clock,
          dataDir: owner.dataDir,
          installation,
          projects: new Map([['shop', { settings, git, box: null }]]),
          onProblem: (what, error) => self.problems.push(`${what}: ${String(error)}`),
          access: null,
          stopGraceMs: 300,
          failureText: ({ summary }) => faultWords(summary, actorName),
          nameOf: actorName,
          redactor: NOTHING_SECRET,
        }),
    );
    enclosure.#engine.start();
    enclosure.record('item.created', { type: 'story', title: 'Beast', description: '', criteria: [], dependsOn: [], qaMode: null });
    enclosure.record('item.moved', { to: { name: 'current' }, why: 'a person started it', failure: null });
    return enclosure;
  }

  /** Appends what a person would. */
  record(kind: NewEvent['kind'], payload: unknown): void {
    const event = { project: 'shop', item: itemNumber(1), actor: 'console:ann', cause: null, kind, payload } as unknown as NewEvent;
    this.log.transaction((tx) => void tx.record(event));
  }

  get item(): WorkItem {
    const item = this.log.reads.item('shop', 1);
    if (item === null) throw new Error('item 1 was made');
    return item;
  }

  get runs(): Run[] {
    return this.log.reads.runs('shop', 1);
  }

  async until(holds: () => boolean, what: string): Promise<void> {
    const deadline = performance.now() + PATIENCE_MS;
    while (!holds()) {
      if (performance.now() > deadline)
        throw new Error(`waited in vain for ${what}: ${JSON.stringify(this.runs)} ${this.problems.join(' ')}`);
      await new Promise((resolve) => {
        setTimeout(resolve, 5);
      });
    }
  }

  /** Waits until the agent is at it: its output has grown to a text. */
  async said(text: string): Promise<void> {
    await this.until(() => this.#output().includes(text), `the output ${text}`);
  }

  /** Waits for the end of the last run and gives how it is named. */
  async named(): Promise<string> {
    await this.until(() => this.runs.length > 0 && this.runs.every(({ state }) => state === 'ended'), 'the end of its run');
    const run = this.runs.at(-1);
    return run?.cause === null || run === undefined ? String(run?.reason) : `${run.reason}: ${run.cause}`;
  }

  #output(): string {
    try {
      return readFileSync(`${this.owner.dataDir}/runs/shop/1/${this.runs.length}/stdout`, 'utf8');
    } catch {
      return '';
    }
  }

  /** Processes that carry the mark of one of its runs. */
  processes(): number[] {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
      .map(Number)
      .filter((pid) => {
        try {
          return readFileSync(`/proc/${pid}/environ`, 'latin1').includes(`MUSHER_RUN=${this.#installation}-`);
        } catch {
          return false;
        }
      });
  }

  /** Ends it all; fails for a process that is left, or a problem that nobody expected. */
  async close(): Promise<void> {
    await this.#engine.stop('stop');
    const left = this.processes();
    for (const pid of left) process.kill(pid, 'SIGKILL');
    this.log.close();
    this.owner.remove();
    if (left.length > 0 || this.problems.length > 0) throw new Error(`left ${left.join(', ')}; problems: ${this.problems.join('; ')}`);
  }
}
