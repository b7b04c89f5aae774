/** Every attack that is tried, and what is said of it. */
export const ATTACKS = {
  'read-outside': 'read a file outside',
  'write-outside': 'write a file outside',
  'plant-hook': 'plant a hook',
  'plant-config': 'plant git configuration',
  'plant-filter': 'plant a filter',
  'plant-worktree-config': "plant configuration in the worktree's git directory",
  'swap-git-file': "swap the worktree's .git file",
  'swap-common-dir': 'point git to another directory',
  'move-base': 'move the base branch',
  'move-other-branch': 'move another branch',
  'destroy-objects': "write into the repository's objects",
  'host-loopback': 'reach a port of this machine',
  'host-network': 'reach the network past the proxy',
  'unlisted-host': 'reach a host that is not allowed through the proxy',
  'host-processes': 'see processes of this machine',
  'host-kill': 'signal a process of this machine',
  'kernel-settings': 'change settings of this machine’s kernel',
  'own-output': 'cut or forge what was printed before',
  descriptors: 'use a file that was left open for it',
  outlive: 'keep a process running after its end',
  'honest-commit': 'commit on its own branch',
} as const;
export type Attack = keyof typeof ATTACKS;

/** The attacker's targets. */
export interface AttackOrder {
  readonly canary: string;
  /** A file that must not come to be. */
  readonly outside: string;
  readonly worktree: string;
  readonly gitDir: string;
  readonly commonDir: string;
  readonly baseBranch: string;
  /** A port on the host's loopback address where something listens. */
  readonly port: number;
  /** A process of the host. */
  readonly pid: number;
  /** Seconds that the daemon sleeps: a number that nobody else uses, by which it is found. */
  readonly sleep: string;
}

/** What one attack came to. */
export interface AttackResult {
  readonly attack: Attack;
  /** The sandbox did what it is for; of the honest commit: it was taken over. */
  readonly held: boolean;
  /** The words of the refusal, or what went through. */
  readonly words: string;
}
