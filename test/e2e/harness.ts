import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import Database from 'better-sqlite3';
import { DATABASE_FILE } from '../../src/log/log.ts';
import { withLog } from '../../src/cli/data-dir.ts';
import { verifyAll } from '../../src/log/verify.ts';
import type { Run } from '../../src/log/projections/run.ts';
import type { ItemEvents, ItemEventKind, LoggedEvent, OtherEvents } from '../../src/pipeline/events.ts';
import type { WorkItem } from '../../src/pipeline/types.ts';
import { answerHere } from '../setup/here.ts';
import { AGENT, LAUNCHER } from '../setup/programs.ts';
import { endProcesses, leaks, processes, worktrees } from './leaks.ts';

/** Generous: other programs share the machine. */
const PATIENCE_MS = 60_000;

export interface ProjectFile {
  readonly name?: string;
  /** Keys before the first section, such as `qa = "agent"`. */
  readonly top?: string;
  /** By name; `{flags}` and `{repo}` stand for those folders, quoted for the shell. */
  readonly gates?: Readonly<Record<string, string>>;
  /** Sections as a person writes them, after all others; with the same words in braces. */
  readonly sections?: string;
  /** By name; default is one coder. */
  readonly agents?: Readonly<Record<string, AgentStage | AgentKeys>>;
  readonly files?: Readonly<Record<string, string>>;
}

type AgentStage = 'current' | 'qa' | 'merge';
export interface AgentKeys {
  readonly stage: AgentStage;
  /** Further keys, as a person writes them. */
  readonly keys?: string;
  /** More of its environment, as a person writes the values. */
  readonly env?: Readonly<Record<string, string>>;
  /** Keys of `[agent.limits]`. */
  readonly limits?: string;
  readonly command?: readonly string[];
  /** Default: `command`. */
  readonly runtime?: string;
}

/** What a script or a typed session came to. */
export interface Ended {
  readonly code: number | null;
  readonly out: string;
  /** As it was printed; `out` is one line of it. */
  readonly raw: string;
  readonly err: string;
}

type EventOf<K extends ItemEventKind> = Extract<LoggedEvent, { kind: K }> & { payload: ItemEvents[K] };

const onOneLine = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();

/** A person's machine: home, repositories with their project files, bot.toml, and the real program. */
export class Bench {
  readonly dir = realpathSync(mkdtempSync(join(tmpdir(), 'musher e2e-')));
  readonly data = join(this.dir, 'data');
  readonly flags = join(this.dir, 'flags');
  readonly repo: string;
  /** Texts in Musher's own log file that this test provokes; every other error there fails the test. */
  readonly expectedProblems: RegExp[] = [];
  readonly #names: readonly string[];
  readonly #sessions: Session[] = [];

  constructor(...projects: readonly [ProjectFile, ...ProjectFile[]]) {
    for (const folder of ['home', 'flags']) mkdirSync(join(this.dir, folder));
    this.write('home/.gitconfig', '[user]\n\tname = Ada Owner\n\temail = ada@example.org\n[maintenance]\n\tauto = false\n');
    this.#names = projects.map(({ name = 'shop' }) => name);
    for (const project of projects) this.#makeRepository(project);
    this.repo = join(this.dir, this.#names[0] ?? '');
    this.write('bot.toml', this.#names.map((name) => `[[project]]\nname = "${name}"\npath = "./${name}"\n`).join('\n'));
  }

  /** Further environment of Musher's. */
  furtherEnv: Readonly<Record<string, string>> = {};
  /** A program that starts Musher where the test wants it, with its arguments. */
  within: readonly string[] = [];
  /** Where a path that Musher uses is seen from here. */
  seen: (path: string) => string = (path) => path;

  get #env(): NodeJS.ProcessEnv {
    return { ...this.furtherEnv, PATH: process.env['PATH'], HOME: join(this.dir, 'home'), GIT_CONFIG_NOSYSTEM: '1', LC_ALL: 'C.UTF-8' };
  }

  #makeRepository(project: ProjectFile): void {
    const name = project.name ?? 'shop';
    this.write(`${name}/.musher/project.toml`, projectToml(project, { flags: this.flags, repo: join(this.dir, name) }));
    for (const [path, text] of Object.entries({ 'list.txt': 'one\ntwo\nthree\n', ...project.files })) this.write(`${name}/${path}`, text);
    const repo = join(this.dir, name);
    this.git(['init', '-q', '-b', 'main'], repo);
    this.git(['add', '-A'], repo);
    this.git(['commit', '-q', '-m', 'first'], repo);
  }

  write(path: string, text: string): void {
    const file = join(this.dir, path);
    mkdirSync(dirname(file), { recursive: true });
    // As a file must be that may hold tokens.
    writeFileSync(file, text, { mode: 0o600 });
  }

  append(path: string, text: string): void {
    appendFileSync(join(this.dir, path), text);
  }

  /** Runs git as the owner; the output without white space around it. */
  git(args: readonly string[], cwd = this.repo): string {
    return execFileSync('git', args, { cwd, env: this.#env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
  }

  raise(flag: string): void {
    writeFileSync(join(this.flags, flag), '');
  }

  /** What an agent wrote into a flag; null where it has not. */
  flag(name: string): string | null {
    const file = join(this.flags, name);
    return existsSync(file) ? readFileSync(file, 'utf8') : null;
  }

  raised(flag: string): boolean {
    return existsSync(join(this.flags, flag));
  }

  /** Starts the real program as a service manager does: with no terminal, for its networks. */
  service(env: NodeJS.ProcessEnv = {}): Session {
    const session = this.#run([], env, true);
    session.closeInput();
    return session;
  }

  /** Starts the real program as a person does in a terminal that is no TTY: it stays, and lines are typed into it. */
  open(): Session {
    return this.#run([], {}, true);
  }

  /** Starts the real program; lines are typed into it as the test goes on. `env`: besides the person's own. */
  start(env: NodeJS.ProcessEnv = {}): Session {
    return this.#run(['--batch'], env);
  }

  #run(how: readonly string[], env: NodeJS.ProcessEnv = {}, ownGroup = false): Session {
    const musher = [process.execPath, LAUNCHER, 'run', ...how, '--config', join(this.dir, 'bot.toml'), '--data', this.data];
    const [program = '', ...args] = [...this.within, ...musher];
    const child = spawn(program, args, {
      cwd: this.dir,
      env: { ...this.#env, ...env },
      // As a service has one: so that it can be ended with all that stands in it.
      detached: ownGroup,
    });
    const session = new Session(child);
    this.#sessions.push(session);
    return session;
  }

  /** Runs a whole script. */
  run(...lines: readonly string[]): Promise<Ended> {
    const session = this.start();
    session.type(...lines);
    return session.end();
  }

  async call(...words: readonly string[]): Promise<Ended> {
    const session = new Session(spawn(process.execPath, [LAUNCHER, ...words], { cwd: this.dir, env: this.#env }));
    return session.end();
  }

  /** As `call`, in this process: for subcommands that look and print. */
  async callHere(...words: readonly string[]): Promise<Ended> {
    const { exitCode, stdout, stderr } = await answerHere(words, this.dir, this.#env);
    return { code: exitCode, out: onOneLine(stdout), raw: stdout, err: stderr };
  }

  /** Whether there is a log with its tables: a Musher may die before. */
  get hasLog(): boolean {
    return existsSync(join(this.data, DATABASE_FILE)) && this.rows("SELECT 1 FROM sqlite_master WHERE name = 'outbox'").length === 1;
  }

  /** Rows of the log's database, also of a Musher that runs. */
  rows<T>(sql: string): T[] {
    return this.#read((db) => db.prepare<[], T>(sql).all());
  }

  /** Looks into the log, also of a Musher that runs. */
  #read<T>(query: (db: Database.Database) => T): T {
    const db = new Database(this.seen(join(this.data, DATABASE_FILE)), { fileMustExist: true });
    try {
      return query(db);
    } finally {
      db.close();
    }
  }

  /** Messages that were taken in and have no final reply yet. */
  unanswered(): number {
    return this.#read((db) => db.prepare<[], number>("SELECT count(*) FROM inbox WHERE state <> 'done'").pluck().get()) ?? 0;
  }

  /** Messages that are not known to be sent. A terminal can't be asked what it shows: they are shown once more after a kill. */
  unsent(): number {
    return (
      this.#read((db) => db.prepare<[], number>("SELECT count(*) FROM outbox WHERE state IN ('pending', 'sending')").pluck().get()) ?? 0
    );
  }

  events(number: number, project = 'shop'): LoggedEvent[] {
    const rows = this.#read((db) =>
      db
        .prepare<[string, number], { payload: string }>('SELECT * FROM events WHERE project = ? AND item = ? ORDER BY seq')
        .all(project, number),
    );
    return rows.map((row) => Object.assign(row, { payload: JSON.parse(row.payload) as unknown })) as unknown as LoggedEvent[];
  }

  only<K extends ItemEventKind>(kind: K, number: number, project = 'shop'): EventOf<K>[] {
    return this.events(number, project).filter((event): event is EventOf<K> => event.kind === kind);
  }

  /** Events of one kind that belong to no item. */
  others<K extends keyof OtherEvents>(kind: K): { readonly payload: OtherEvents[K] }[] {
    const rows = this.#read((db) =>
      db.prepare<[string], string>('SELECT payload FROM events WHERE kind = ? ORDER BY seq').pluck().all(kind),
    );
    return rows.map((payload) => ({ payload: JSON.parse(payload) as OtherEvents[K] }));
  }

  /** The stages an item came through, in order. */
  path(number: number, project = 'shop'): string[] {
    return ['backlog', ...this.only('item.moved', number, project).map(({ payload }) => payload.to.name)];
  }

  items(): WorkItem[] {
    const states = this.#read((db) => db.prepare<[], string>('SELECT state FROM items ORDER BY project, number').pluck().all());
    return states.map((state) => JSON.parse(state) as WorkItem);
  }

  item(number: number, project = 'shop'): WorkItem {
    const found = this.items().find((item) => item.project === project && item.number === number);
    if (found === undefined) throw new Error(`no item ${number}`);
    return found;
  }

  runs(number: number, project = 'shop'): Run[] {
    const states = this.#read((db) => db.prepare<[], string>('SELECT state FROM runs ORDER BY run').pluck().all());
    return states.map((state) => JSON.parse(state) as Run).filter((run) => run.item === number && run.project === project);
  }

  prompt(number: number, run: number, project = 'shop'): string {
    return readFileSync(join(this.data, 'runs', project, String(number), String(run), 'prompt.md'), 'utf8');
  }

  /** The branch of an item, as the log has it. */
  branch(number: number): string {
    const branch = this.item(number).work?.branch;
    if (branch === undefined) throw new Error(`item ${number} has no branch`);
    return branch;
  }

  /** Of whatever log. */
  snapshots(number: number): string[] {
    return this.git(['for-each-ref', '--format=%(refname)', `refs/musher/snapshots/*/${number}/*`])
      .split('\n')
      .filter(Boolean);
  }

  /** The files of a commit with their text, and nothing of the project file. */
  filesAt(commit: string): Record<string, string> {
    const names = this.git(['ls-tree', '-r', '--name-only', commit]).split('\n');
    return Object.fromEntries(
      names.filter((name) => !name.startsWith('.musher/')).map((name) => [name, this.git(['show', `${commit}:${name}`])]),
    );
  }

  get merges(): string[] {
    return this.git(['log', '--format=%s', '--grep=^Musher-Item:', 'main']).split('\n').filter(Boolean);
  }

  /** Names this data directory in the markers of its processes. */
  get installation(): string {
    return createHash('sha256').update(this.data).digest('hex').slice(0, 12);
  }

  /** Ends each Musher that still runs. */
  async end(): Promise<void> {
    await Promise.all(this.#sessions.map((session) => session.kill()));
  }

  /** Ends what is still there, then fails for whatever was left behind; the directory is removed in any case. */
  async close(): Promise<void> {
    try {
      await this.end();
      await this.#tidied();
      const found = existsSync(this.data) ? leaks(this, this.#names) : [];
      endProcesses(this);
      if (existsSync(this.data)) {
        // In this process: a start of `musher verify` for each test would take a tenth of the whole suite's time.
        const { differences } = await withLog(this.data, verifyAll);
        found.push(...differences.map((difference) => `musher verify: ${difference}`));
      }
      if (found.length > 0) throw new Error(`left behind:\n${found.join('\n')}`);
    } finally {
      this.discard();
    }
  }

  /** Removes the directory, for one in which Musher never ran. */
  discard(): void {
    rmSync(this.dir, { recursive: true, force: true, maxRetries: 3 });
  }

  /** What Musher's end kept it from tidying is tidied by its next start. */
  async #tidied(): Promise<void> {
    const left = (): string[] => this.#names.flatMap((name) => worktrees(this, name, this.items()));
    if (!existsSync(this.data) || left().length === 0 || processes(this).length > 0) return;
    const musher = this.start();
    await until(
      () => left().length === 0,
      () => `an end of ${left().join(', ')}`,
    );
    await musher.end();
  }

  /** Lines of Musher's own log file at level error or above that no test provoked. */
  problems(): string[] {
    const files = readdirSync(this.data).filter((name) => name.endsWith('.log'));
    return files
      .flatMap((name) => readFileSync(join(this.data, name), 'utf8').split('\n'))
      .filter((line) => line !== '' && (JSON.parse(line) as { level: number }).level >= 50)
      .filter((line) => !this.expectedProblems.some((expected) => expected.test(line)));
  }
}

/** The program while it runs. */
export class Session {
  readonly #child: ChildProcess;
  readonly #closed: Promise<number | null>;
  #out = '';
  #err = '';
  #read = 0;

  constructor(child: ChildProcess) {
    this.#child = child;
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.#out += text));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.#err += text));
    child.stdin?.on('error', () => undefined);
    this.#closed = new Promise((resolve) => {
      child.on('close', resolve);
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** The signal that ended it; null while it runs, or where it ended by itself. */
  get signal(): NodeJS.Signals | null {
    return this.#child.signalCode;
  }

  type(...lines: readonly string[]): void {
    for (const line of lines) this.#child.stdin?.write(`${line}\n`);
  }

  /** Waits for a text in what was printed since the last call; lines count as one. */
  async said(pattern: RegExp): Promise<RegExpMatchArray> {
    const flat = (): string => this.#out.replaceAll(/\s+/g, ' ');
    let match: RegExpMatchArray | null = null;
    await until(
      () => (match = flat().slice(this.#read).match(pattern)) !== null || this.#child.exitCode !== null,
      () => `${pattern} in:\n${this.#out}${this.#err}`,
    );
    const found = match ?? flat().slice(this.#read).match(pattern);
    if (found === null) throw new Error(`Musher ended without ${pattern}:\n${this.#out}${this.#err}`);
    this.#read += (found.index ?? 0) + found[0].length;
    return found;
  }

  /** Kills it with everything that it has started and that has no group of its own. */
  killGroup(): void {
    if (!this.running) return;
    try {
      process.kill(-this.pid, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  }

  closeInput(): void {
    this.#child.stdin?.end();
  }

  /** Ends the input and waits for the end of the program. */
  end(): Promise<Ended> {
    this.#child.stdin?.end();
    return this.ended();
  }

  async ended(): Promise<Ended> {
    const code = await this.#closed;
    return { code, out: onOneLine(this.#out), raw: this.#out, err: this.#err };
  }

  /** Sends a signal to this very process; resolves when it is gone. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<Ended> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.#child.kill(signal);
    return this.ended();
  }
}

/** Resolves when the condition holds; fails with `what` when it does not in good time. */
export async function until(holds: () => boolean, what: () => string = () => 'a condition'): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error(`waited in vain for ${what()}`);
    await new Promise((resolve) => {
      setTimeout(resolve, 10);
    });
  }
}

/** The output of a script of which every command succeeded and every wait was met. */
export function succeeded({ code, out, err }: Ended): string {
  if (code !== 0) throw new Error(`exit code ${code}\n${err}\n${out}`);
  return out;
}

/** The line of a script that creates an item whose text tells the agent what to do. */
export function create(title: string, ...directives: readonly string[]): string {
  return [`create story ${title}`, ...directives.map((directive) => `do ${directive}`)].join('\\\n');
}

/** Coders whose programs differ, so that each is a customer of its own at the provider. */
export function ownAccounts(...names: readonly string[]): Record<string, AgentKeys> {
  return Object.fromEntries(names.map((name) => [name, { stage: 'current', command: [process.execPath, AGENT, name] }]));
}

function projectToml(project: ProjectFile, places: { flags: string; repo: string }): string {
  const { top = '', gates = {}, sections = '', agents = { 'coder-1': 'current' } } = project;
  const placed = (text: string): string => text.replaceAll(/\{(flags|repo)\}/g, (_, name: 'flags' | 'repo') => `'${places[name]}'`);
  const gateSections = Object.entries(gates).map(
    ([name, command]) => `[[gate]]\nname = "${name}"\ncommand = ${JSON.stringify(placed(command))}\n`,
  );
  const agentSections = Object.entries(agents).map(([name, given]) => {
    const {
      stage,
      keys = '',
      limits = '',
      env = {},
      command = [process.execPath, AGENT],
      runtime = 'command',
    } = typeof given === 'string' ? { stage: given } : given;
    return [
      `[[agent]]\nname = "${name}"\nstage = "${stage}"\nruntime = "${runtime}"\ncommand = ${JSON.stringify(command)}`,
      `env = { ${Object.entries({ FLAGS: places.flags, ...env })
        .map(([key, value]) => `${key} = ${JSON.stringify(value)}`)
        .join(', ')} }\n${keys}\n[agent.limits]\n${limits}\n`,
    ].join('\n');
  });
  return [top, ...gateSections, ...agentSections, placed(sections)].join('\n');
}
