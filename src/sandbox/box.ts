import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import type { Inside } from './inside.ts';
import { kernelMounts, mountArguments, type Mount, pathMounts, programFile, readable, systemMounts, writable } from './mounts.ts';

/** What holds the processes of one project. */
export interface Box {
  /** Absolute path of bwrap. */
  readonly program: string;
  readonly allowHosts: readonly string[];
  readonly read: readonly string[];
  readonly write: readonly string[];
  readonly home: string;
  /** Musher's own PATH: an agent's configuration can't open further folders by naming them in its own. */
  readonly path: string;
  /** Folders that no PATH may open: Musher's data, the repository. */
  readonly secret: readonly string[];
}

/** One process to be run inside. */
export interface BoxedCommand {
  /** Absolute, or looked up inside on the PATH of `env`. */
  readonly file: string;
  readonly args: readonly string[];
  /** The whole environment inside. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** Over the system's: worktree, git, files of the run. */
  readonly mounts: readonly Mount[];
  /** Besides those of the project. */
  readonly hosts: readonly string[];
  /** Ports of Musher's own on the loopback address that it may reach. */
  readonly ports: readonly number[];
  /** Absolute; what it reads on standard input, and can't write to. Null: nothing. */
  readonly stdin: string | null;
  /**
   * `sealed`: what it prints is out of reach of whatever it starts, and so `/dev/stdout` can't be opened by name either.
   * `pipe`: it can, as shells expect, and both outputs are one; whoever is inside may read from it as well.
   */
  readonly output: 'sealed' | 'pipe';
  /** Cuts it off from the terminal that Musher may have been started in. */
  readonly ownSession: boolean;
  /** Absolute, private to this process, outside of every sandbox: for what starts it. Made where it is missing. */
  readonly dir: string;
}

/** What has to be started, and with which environment: nothing of the program's own reaches it outside of the sandbox. */
export interface StartOutside {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** Port of the proxy on the sandbox's own loopback address, which it has for itself. */
const PROXY_PORT = 3128;
const INSIDE = '/run/musher';
const STDIN = `${INSIDE}/stdin`;

/** Namespaces of its own for all that the system has, and no right beyond a plain user's. */
const APART = [
  '--unshare-user',
  '--unshare-pid',
  '--unshare-ipc',
  '--unshare-uts',
  '--unshare-net',
  '--unshare-cgroup-try',
  '--hostname',
  'musher',
  // Whoever ends what started it ends all of it, whatever its processes call themselves.
  '--die-with-parent',
  '--cap-drop',
  'ALL',
  '--proc',
  '/proc',
  '--dev',
  '/dev',
] as const;

/** Writes down how a process is to be run in a box, and says what to start for it. */
export function boxed(box: Box, command: BoxedCommand): StartOutside {
  const net = join(command.dir, 'net');
  mkdirSync(net, { recursive: true, mode: 0o700 });
  const hosts = [...new Set([...box.allowHosts, ...command.hosts])];
  const online = hosts.length > 0;
  const guarded = online || command.ports.length > 0;
  const node = `${INSIDE}/node`;
  const inside = `${INSIDE}/inside.m${programFile('inside').slice(-2)}`;
  const mounts: Mount[] = [
    ...baseMounts(box),
    { kind: 'read', from: process.execPath, to: node },
    { kind: 'read', from: programFile('inside'), to: inside },
    ...(guarded ? ([{ kind: 'read', from: net, to: `${INSIDE}/net` }] satisfies Mount[]) : []),
    ...(command.stdin === null ? [] : [{ kind: 'read', from: command.stdin, to: STDIN } satisfies Mount]),
    ...command.mounts,
    ...box.write.map(writable),
  ];
  const env = { ...command.env, HOME: box.home, TMPDIR: '/tmp' };
  const order = {
    program: box.program,
    args: [
      ...APART,
      ...mountArguments(kernelMounts()),
      ...(command.ownSession ? ['--new-session'] : []),
      ...mountArguments(mounts),
      // The folders between the mounts must not be writable.
      '--remount-ro',
      '/',
      '--chdir',
      command.cwd,
      '--clearenv',
      ...Object.entries(withoutProxy(env)).flatMap(([name, value]) => ['--setenv', name, value]),
    ],
    command: [node, inside, JSON.stringify(orderInside(command, online)), command.file, ...command.args],
    net,
    hosts: online ? hosts : null,
    ports: command.ports,
  };
  const file = join(command.dir, 'sandbox.json');
  writeFileSync(file, JSON.stringify(order), { mode: 0o600 });
  return { file: process.execPath, args: [programFile('guard'), file], env: { PATH: box.path } };
}

function orderInside({ ports, stdin, output }: BoxedCommand, online: boolean): Inside {
  return { proxyPort: online ? PROXY_PORT : null, ports, stdin: stdin === null ? null : STDIN, output };
}

/** What every process of the project sees besides its own files. */
export function baseMounts(box: Box): Mount[] {
  const certificates = ['SSL_CERT_FILE', 'SSL_CERT_DIR', 'NODE_EXTRA_CA_CERTS'].flatMap((name) => process.env[name] ?? []);
  return [
    ...systemMounts(box.home, box.secret),
    ...pathMounts(box.path, box.home, box.secret),
    ...certificates.map(readable),
    ...box.read.map(readable),
  ];
}

/** bwrap's arguments for a short process of Musher's own that only reads: no network, nothing of the project's but what is given. */
export function readOnlyArguments(box: Box, mounts: readonly Mount[], env: Readonly<Record<string, string>>): string[] {
  return [
    ...APART,
    ...mountArguments(kernelMounts()),
    '--new-session',
    ...mountArguments([...systemMounts(box.home, box.secret), ...mounts]),
    '--clearenv',
    ...Object.entries(env).flatMap(([name, value]) => ['--setenv', name, value]),
  ];
}

/** Musher's own proxy can't be reached from inside; the guard's is set there. */
function withoutProxy(env: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^(?:https?|all|no)_proxy$/i.test(name)));
}
