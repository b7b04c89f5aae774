import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Said } from '../../src/pipeline/why/fault.ts';
import type { RunOutcome } from '../../src/agents/supervision/outcome.ts';
import type { ProjectGit } from '../../src/git/project-git.ts';
import type { Machine } from '../../src/engine/machine.ts';
import type { ShellResult } from '../../src/engine/shell.ts';
import type { Work } from '../../src/pipeline/types.ts';
import type { CommitSha } from '../../src/pipeline/values.ts';
import type { RunHandle, RunSpec } from '../../src/agents/supervision/run-spec.ts';
import type { Role } from '../../src/pipeline/role.ts';
import { outcome } from '../agents/outcome.ts';

/** How an agent's process ends, when the test says so. */
export type Result = 'commit' | 'nothing' | 'fail' | 'limited' | 'reject';

/** A process of an agent: it goes on whatever becomes of Musher. */
export interface Agent {
  readonly marker: string;
  readonly pid: number;
  readonly item: number;
  readonly branch: string;
  /** That its process was started with. */
  readonly model: string | null;
  readonly role: Role;
  /** Micro-dollars that it has said it used. */
  used: number;
  /** Ends only when the test says so, also when it is asked to stop. */
  readonly deaf: boolean;
  outcome: RunOutcome | null;
  asked: Said | null;
  listener: { signal: RunSpec['onSignal']; end: (outcome: RunOutcome) => void } | null;
}

interface Gate {
  readonly commit: string;
  readonly where: string;
  end(exitCode: number | null): void;
}

/** A branch: its head, and how many commits it has of its own. */
interface Branch {
  head: CommitSha;
  ahead: number;
}

/**
 * What stands outside Musher and survives it: agents' processes, gates and the repository, complete enough for the
 * engine and driven by the test. `alive` is of one Musher: what a killed one still calls is never answered.
 */
export class Outside {
  readonly agents = new Map<string, Agent>();
  readonly gates = new Set<Gate>();
  readonly branches = new Map<string, Branch>();
  readonly base: CommitSha[] = [];
  /** Commits that a gate has passed at. */
  readonly passed = new Set<string>();
  /** Which branch's head a squash on the base branch was made of. */
  readonly squashed = new Map<string, { readonly head: string; readonly item: number }>();
  readonly wrong: string[] = [];
  gateMode: 'pass' | 'fail' | 'hang' = 'pass';
  deaf = false;
  /** Looking whether a merge fits takes until the test says so; and then it does not. */
  slow = false;
  conflicts = false;
  /** Looks that are not answered yet. */
  readonly held = new Set<() => void>();
  calls = 0;
  #ids = 0;
  readonly #snapshots = new Map<number, number>();

  constructor() {
    this.base.push(this.#commit());
  }

  #commit(): CommitSha {
    this.#ids += 1;
    return this.#ids.toString(16).padStart(40, '0') as CommitSha;
  }

  get #top(): CommitSha {
    const top = this.base.at(-1);
    if (top === undefined) throw new Error('the base branch has no commit');
    return top;
  }

  /** The machine as one Musher uses it. */
  machine(alive: () => boolean): Machine {
    const guard = <T>(value: () => T): Promise<T> => this.#answer(alive, value);
    return {
      startRun: (spec) => guard(() => ({ ok: true, value: this.#attach(this.#start(spec), spec, alive) })),
      adoptRun: (spec) =>
        guard(() => {
          const agent = this.agents.get(spec.marker);
          if (agent === undefined) throw new Error(`nothing to adopt: ${spec.marker}`);
          return this.#attach(agent, spec, alive);
        }),
      sweep: ({ marker }) =>
        guard(() => {
          const agent = this.agents.get(marker);
          if (agent !== undefined && agent.outcome === null) agent.outcome = outcome('lost');
          return [];
        }),
      runShell: (spec) =>
        guard(() => {
          mkdirSync(dirname(spec.output), { recursive: true });
          writeFileSync(spec.output, 'gate\n');
          return this.#gate(spec.cwd, spec.output.includes('gate-merged-') ? 'merged' : 'branch', spec.signal, alive);
        }).then((result) => result),
    };
  }

  async #answer<T>(alive: () => boolean, value: () => T | Promise<T>): Promise<T> {
    if (!alive()) return new Promise<never>(() => undefined);
    this.calls += 1;
    const result = await value();
    return alive() ? result : new Promise<never>(() => undefined);
  }

  #start(spec: RunSpec): Agent {
    if (this.agents.has(spec.marker)) this.wrong.push(`a second process for ${spec.marker}`);
    const branch = spec.variables.branch;
    const agent: Agent = {
      marker: spec.marker,
      pid: 1_000_000 + this.agents.size,
      item: Number(/^musher\/(\d+)-/.exec(branch)?.[1]),
      branch,
      role: spec.agent.role,
      model: spec.agent.model,
      used: 0,
      deaf: this.deaf,
      outcome: null,
      asked: null,
      listener: null,
    };
    this.agents.set(spec.marker, agent);
    return agent;
  }

  /** After a restart its output is read from the beginning, so the totals come again. */
  #attach(agent: Agent, spec: RunSpec, alive: () => boolean): RunHandle {
    let end: (outcome: RunOutcome) => void = () => undefined;
    const ended = new Promise<RunOutcome>((resolve) => {
      end = resolve;
    });
    agent.listener = { signal: (signal) => alive() && spec.onSignal(signal), end };
    this.#tell(agent);
    if (agent.outcome !== null) end(agent.outcome);
    return {
      pid: agent.pid,
      pidStart: null,
      startedAt: spec.clock.now(),
      stop: (_, summary) => {
        if (!alive() || agent.outcome !== null) return;
        agent.asked = summary;
        if (!agent.deaf) this.#end(agent, outcome('stopped', summary));
      },
      tell: () => undefined,
      release: () => {
        agent.listener = null;
      },
      ended,
    };
  }

  #tell(agent: Agent): void {
    if (agent.used > 0) agent.listener?.signal({ kind: 'usage', model: 'small', usage: usage(agent.used) });
  }

  #end(agent: Agent, result: RunOutcome): void {
    agent.outcome = result;
    agent.listener?.end(result);
  }

  /** Answers what has been looked at for so long. */
  letGo(): void {
    for (const answer of this.held) answer();
    this.held.clear();
  }

  get running(): Agent[] {
    return [...this.agents.values()].filter((agent) => agent.outcome === null);
  }

  /** One of them says that it used more. */
  use(agent: Agent, microUsd: number): void {
    agent.used += microUsd;
    this.#tell(agent);
    // As output that is read twice.
    this.#tell(agent);
  }

  finish(agent: Agent, result: Result, now: number): void {
    const branch = this.branches.get(agent.branch);
    // A reviewer changes nothing; one that says nothing has not reviewed.
    if (agent.role === 'qa' && (result === 'commit' || result === 'reject') && agent.asked === null) {
      const verdict = result === 'commit' ? 'approve' : 'reject';
      return this.#end(agent, { ...outcome('finished', 'done'), verdict, verdictReason: verdict });
    }
    if (agent.role === 'coder' && result === 'commit' && branch !== undefined) {
      branch.head = this.#commit();
      branch.ahead += 1;
    }
    // One that was asked to stop may have ended by itself right before.
    if (agent.asked !== null && result === 'commit') return this.#end(agent, outcome('stopped', agent.asked));
    if (result === 'fail') return this.#end(agent, outcome('failed', 'it broke'));
    if (result === 'limited') return this.#end(agent, { ...outcome('rate-limited', 'too many requests'), resumeAt: now + 600_000 });
    this.#end(agent, outcome('finished', 'done'));
  }

  #gate(cwd: string, where: string, signal: AbortSignal, alive: () => boolean): Promise<ShellResult> {
    const commit = cwd.slice(cwd.lastIndexOf('@') + 1);
    const others = [...this.gates].filter((gate) => gate.where === 'merged').length;
    if (where === 'merged' && others > 0) this.wrong.push('two merges at the same time');
    return new Promise((resolve) => {
      const gate: Gate = {
        commit,
        where,
        end: (exitCode) => {
          this.gates.delete(gate);
          if (exitCode === 0) this.passed.add(commit);
          if (alive()) resolve({ exitCode, timedOut: false, printedTooMuch: false, durationMs: 1 });
        },
      };
      this.gates.add(gate);
      signal.addEventListener('abort', () => this.gates.has(gate) && gate.end(null), { once: true });
      if (this.gateMode !== 'hang') gate.end(this.gateMode === 'pass' ? 0 : 1);
    });
  }

  /** The repository as one Musher uses it. Worktrees are names with the commit that they hold. */
  git(alive: () => boolean): ProjectGit {
    const guard =
      <A extends unknown[], T>(work: (...args: A) => T | Promise<T>) =>
      (...args: A): Promise<T> =>
        this.#answer(alive, () => work(...args));
    const workOf = (branch: string): Work | null => {
      const found = this.branches.get(branch);
      return found === undefined ? null : { branch, head: found.head, commitsAhead: found.ahead };
    };
    const isNew = (head: string): boolean =>
      ![...this.squashed].some(([commit, of]) => of.head === head && this.base.includes(commit as CommitSha));
    const stored: Partial<ProjectGit> = {
      commonDir: '/nowhere',
      identity: { name: 'Ada', email: 'ada@example.org' },
      baseHead: guard(() => this.#top),
      openWorktree: guard(({ number, branch: known }: { number: number; branch: string | null }) => {
        const branch = known ?? `musher/${number}-item`;
        const there = this.branches.get(branch);
        const found = there !== undefined && there.ahead > 0 ? there : { head: this.#top, ahead: 0 };
        this.branches.set(branch, found);
        const place = { path: `/nowhere/${number}@${found.head}`, gitDir: '/nowhere', base: this.#top, created: there === undefined };
        return { ...place, branch, head: found.head, commitsAhead: found.ahead };
      }),
      readWork: guard(workOf),
      treeOf: guard((commit: CommitSha) => commit),
      leftovers: guard(() => []),
      // Each look finds other files: no two failures are the same one.
      treeOfFiles: guard(() => this.#commit()),
      commitLeftovers: guard(() => null),
      itemsWithLeftovers: guard(() => []),
      snapshot: guard(({ number }: { number: number }) => {
        const n = (this.#snapshots.get(number) ?? 0) + 1;
        this.#snapshots.set(number, n);
        return { ref: `refs/musher/snapshots/${number}/${n}`, commit: this.#top, dirty: false, leftOut: 0 };
      }),
      snapshots: guard(() => []),
      resetWorktree: guard(() => undefined),
      clearLocks: guard(() => undefined),
      complaint: guard(() => null),
      takeOffTooLarge: guard(() => null),
      workElsewhere: guard(() => null),
      bringBack: guard(() => undefined),
      restoreTracked: guard(() => []),
      trackedFiles: guard(() => new Set<string>()),
      squash: guard(async ({ base, head }: { base: CommitSha; head: CommitSha }) => {
        if (this.slow) await new Promise<void>((resolve) => this.held.add(resolve));
        if (!isNew(head)) return { kind: 'nothing' as const };
        if (this.conflicts) return { kind: 'conflict' as const, tree: this.#commit(), files: ['shop.txt'] };
        return { kind: 'clean' as const, tree: `${base}${head}` as CommitSha };
      }),
      commitSquash: guard(({ tree, message }: { tree: CommitSha; message: string }) => {
        const commit = this.#commit();
        this.squashed.set(commit, { head: tree.slice(40), item: Number(/Musher-Item: (\d+)/.exec(message)?.[1] ?? 0) });
        return commit;
      }),
      openMergeWorktree: guard((commit: CommitSha) => `/nowhere/merge@${commit}`),
      moveBase: guard(({ from, to }: { from: CommitSha; to: CommitSha }) => {
        if (this.#top !== from) return { kind: 'drifted' as const, head: this.#top };
        if (from !== to) {
          if (!this.passed.has(to)) this.wrong.push(`${to} came to the base branch without a gate`);
          this.base.push(to);
        }
        return { kind: 'moved' as const, checkout: 'not-checked-out' as const };
      }),
      stageConflict: guard(() => []),
      conflictMarkers: guard(() => []),
      removeWorktree: guard(({ branch }: { branch: string | null }) => {
        if (branch !== null) this.branches.delete(branch);
        return { removed: [], kept: [] };
      }),
      takeAsides: () => [],
      trailers: (kind, number) => `Musher-${kind}: ${number}`,
      isRefused: guard((head: CommitSha, refused: readonly CommitSha[]) => refused.includes(head)),
      refusedObjects: () => Promise.resolve(null),
      checkRoom: () => Promise.resolve(),
      broughtByHand: guard(
        ({ head }: { head: CommitSha }) => this.base.findLast((commit) => this.squashed.get(commit)?.head === head) ?? null,
      ),
      hidesFiles: guard(() => false),
      baseContains: guard((commit: CommitSha) => this.base.includes(commit)),
      changedPaths: guard(() => ['shop.txt']),
      patch: guard(() => ({ text: '', truncated: false })),
      blobs: guard(() => new Map<string, Buffer>()),
      diff: guard(() => ({ text: '', truncated: false, stat: '' })),
      log: guard(() => []),
      drift: guard(({ known }: { known: CommitSha }) => ({
        kind: known === this.#top ? ('none' as const) : ('merged' as const),
        head: this.#top,
        taken: [],
      })),
    };
    // What no command of this test reaches says so.
    return new Proxy(stored, {
      get: (target, name) => {
        if (name in target) return target[name as keyof ProjectGit];
        throw new Error(`the test's repository has no ${String(name)}`);
      },
    }) as ProjectGit;
  }
}

function usage(microUsd: number): {
  inputTokens: number;
  outputTokens: number;
  cacheReadTokens: number;
  cacheWriteTokens: number;
  microUsd: number;
} {
  return { inputTokens: microUsd, outputTokens: 1, cacheReadTokens: 0, cacheWriteTokens: 0, microUsd };
}
