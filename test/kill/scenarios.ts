import type { Bench, ProjectFile } from '../e2e/harness.ts';
import { settled } from '../invariants/settled.ts';

/** What happens in a room while Musher dies and comes back; each wait goes on over its deaths. */
export interface Play {
  readonly bench: Bench;
  readonly say: (text: string) => void;
  readonly shows: (text: string) => Promise<void>;
  readonly until: (holds: () => boolean, what: string) => Promise<void>;
  readonly ends: (number: number, end: string) => Promise<void>;
}
export interface Scenario {
  readonly project: ProjectFile;
  readonly play: (play: Play) => Promise<void>;
  readonly ends: Readonly<Record<number, string>>;
  readonly ownCommits?: readonly string[];
}

/** The message that makes an item, with what its agents do. */
export const item = (title: string, ...directives: readonly string[]): string =>
  [`create story ${title}`, ...directives.map((one) => `do ${one}`)].join('\n');

/** What is played at the crash points, by name. */
export const SCENARIOS = {
  /** From an idea to a merge, by an agent that leaves something uncommitted. */
  deliver: {
    project: {
      gates: { test: 'true' },
      sections: '[[component]]\nname = "app"\nsetup = ["echo $MUSHER_ITEM >> {flags}/set-up"]\nteardown = ["true"]\n',
    },
    async play({ say, shows, ends }) {
      say(
        item('Tea', 'coder: session s-1; usage 100 10 0.01; write tea.txt green; commit; write draft.txt rest; usage 200 20 0.02; success'),
      );
      await shows('Created story #1');
      say('ping');
      say('start 1');
      await ends(1, 'done');
    },
    ends: { 1: 'done' },
  },
  /** An item with a run under way is deleted and purged, after a question. */
  purge: {
    project: {},
    async play({ bench, say, shows, until, ends }) {
      say(item('Secret', 'coder: usage 10 1 0.001; write draft.txt half; raise there; hang'));
      await shows('Created story #1');
      say('start 1');
      await until(() => bench.raised('there') && bench.only('run.started', 1).length === 1, 'the run');
      say('delete 1 --purge');
      await shows('and purge it?');
      say('yes');
      await ends(1, 'purged');
    },
    ends: { 1: 'purged' },
  },
  /** Two items change the same line; the merge agent brings them together. */
  conflict: {
    project: { agents: { a: 'current', b: 'current', m: 'merge' } },
    async play({ bench, say, shows, until, ends }) {
      say(item('Two', 'coder: write list.txt two; commit; raise ready; await go; usage 1 1 0; success'));
      await shows('Created story #1');
      say(item('One', 'coder: write list.txt one; commit; usage 1 1 0; success'));
      await shows('Created story #2');
      say('start 1');
      await until(() => bench.raised('ready'), 'the first coder');
      say('start 2');
      await ends(2, 'done');
      bench.raise('go');
      await ends(1, 'done');
    },
    ends: { 1: 'done', 2: 'done' },
  },
  /** A first attempt leaves nothing, and the base branch moves before the second. */
  renewed: {
    project: {},
    async play({ bench, say, shows, until, ends }) {
      say(item('Late', 'coder@1: raise ready; await go; exit 3'));
      await shows('Created story #1');
      say('start 1');
      await until(() => bench.raised('ready'), 'the first attempt');
      bench.write('shop/own.txt', 'by hand\n');
      bench.git(['add', '-A']);
      bench.git(['commit', '-q', '-m', 'by hand']);
      bench.raise('go');
      await ends(1, 'done');
    },
    ends: { 1: 'done' },
    ownCommits: ['by hand'],
  },
  /** Musher commits what the agent left. */
  committed: {
    project: { agents: { a: { stage: 'current', keys: 'commit = "musher"' } } },
    async play({ say, shows, ends }) {
      say(item('Hands', 'coder: write a.txt a; usage 1 1 0; success'));
      await shows('Created story #1');
      say('start 1');
      await ends(1, 'done');
    },
    ends: { 1: 'done' },
  },
  /** A merge is taken back, and a snapshot restored. */
  undone: {
    project: { gates: { test: 'true' } },
    async play({ bench, say, shows, until, ends }) {
      say(item('Tea'));
      await shows('Created story #1');
      say('start 1');
      await ends(1, 'done');
      // While it is being tidied away the question would be about an item that has changed.
      await until(() => settled(bench), 'the end of its worktree');
      say('undo 1 It is too strong.');
      await shows('Revert the merge of');
      say('yes');
      await ends(1, 'held');
      say('restore 1 1');
      await until(() => bench.only('item.restored', 1).length === 1, 'the snapshot to be restored');
    },
    ends: { 1: 'held' },
    ownCommits: ['Revert "1: Tea"'],
  },
  /** Timers put commands into the inbox. */
  later: {
    project: {},
    async play({ say, shows, ends }) {
      for (const number of [1, 2]) {
        say(item(`Later ${number}`));
        await shows(`Created story #${number}`);
        say(`timer ${number} in 1s start`);
      }
      await ends(1, 'done');
      await ends(2, 'done');
    },
    ends: { 1: 'done', 2: 'done' },
  },
  /** A reply that changes while it is looked at. */
  live: {
    project: {},
    async play({ say, shows }) {
      say('htop 1');
      await shows(' (after ');
    },
    ends: {},
  },
} satisfies Record<string, Scenario>;
