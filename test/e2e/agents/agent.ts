/**
 * A program of the runtime `command` that does what an item's text tells it: lines `do coder: …`, `do qa: …`,
 * `do mergemaster: …`, with `coder@2` for the second run of the item alone. Steps stand between semicolons.
 * What an item does not say is done by default: the coder commits one file, the reviewer approves.
 */
import { spawn, spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectToMusher } from './verdict.ts';

const { MUSHER_PROMPT_FILE = '', MUSHER_ROLE = 'coder', MUSHER_ITEM = '0', FLAGS = '' } = process.env;
const run = basename(dirname(MUSHER_PROMPT_FILE));
const prompt = readFileSync(MUSHER_PROMPT_FILE, 'utf8');

const DEFAULTS: Readonly<Record<string, string>> = {
  coder: `write item-${MUSHER_ITEM}.txt done; commit add item-${MUSHER_ITEM}.txt; usage 100 10 0.01; success`,
  qa: 'usage 20 2 0.002; verdict approve; success',
  mergemaster: 'usage 30 3 0.003; resolve; success',
};

function script(): string {
  const lines = new Map([...prompt.matchAll(/^do ([a-z]+(?:@\d+)?): (.*)$/gm)].map((match) => [match[1], match[2]]));
  return lines.get(`${MUSHER_ROLE}@${run}`) ?? lines.get(MUSHER_ROLE) ?? DEFAULTS[MUSHER_ROLE] ?? 'exit 9';
}

function git(...args: string[]): void {
  const done = spawnSync('git', args, { encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`git ${args.join(' ')}: ${done.stderr}`);
}

function commit(message: string): void {
  git('add', '--all');
  // A second run finds its work done.
  if (spawnSync('git', ['diff', '--cached', '--quiet']).status === 0) return;
  git('-c', 'user.name=An agent', '-c', 'user.email=agent@example.org', 'commit', '--quiet', '--message', message);
}

const tell = (fields: Record<string, unknown>): void => void process.stdout.write(`${JSON.stringify(fields)}\n`);

/** Holds the process for ever, whatever happens around it. */
function forEver(): Promise<never> {
  return new Promise(() => {
    setInterval(() => undefined, 60_000);
  });
}

/** Both sides of each conflict, without the markers; also where an earlier attempt has committed the markers. */
function resolveConflicts(): void {
  const { stdout } = spawnSync('git', ['grep', '--name-only', '^<<<<<<<'], { encoding: 'utf8' });
  for (const file of stdout.split('\n').filter(Boolean)) {
    writeFileSync(file, readFileSync(file, 'utf8').replace(/^(?:<{7}|={7}|>{7}|\|{7}).*\n/gm, ''));
  }
  commit('merge, keeping both sides');
}

/** A process in a session of its own, as a tool that becomes a daemon. */
function detach(): void {
  const child = spawn('setsid', ['sh', '-c', 'sleep 600 & echo $! > "$0"; wait', join(FLAGS, `detached-${MUSHER_ITEM}`)], {
    detached: true,
    stdio: 'ignore',
  });
  child.unref();
}

/** The same without an environment, by which it could be found. The seconds that it sleeps tell it from all others. */
function vanish(seconds: string): void {
  spawn('setsid', ['env', '-i', 'sleep', seconds], { detached: true, stdio: 'ignore' }).unref();
}

/** Calls one of Musher's tools, as a program that speaks MCP does; what it said. */
async function callMusher(name: string, args: string): Promise<string> {
  const { Client } = await import('@modelcontextprotocol/sdk/client/index.js');
  const { StreamableHTTPClientTransport } = await import('@modelcontextprotocol/sdk/client/streamableHttp.js');
  const { MUSHER_MCP_URL = '', MUSHER_MCP_TOKEN = '' } = process.env;
  const client = new Client({ name: 'test agent', version: '1' });
  const requestInit = { headers: { Authorization: `Bearer ${MUSHER_MCP_TOKEN}` } };
  await client.connect(new StreamableHTTPClientTransport(new URL(MUSHER_MCP_URL), { requestInit }));
  const given = args === '' ? {} : (JSON.parse(args) as Record<string, unknown>);
  const result = await client.callTool({ name, arguments: given }, undefined, { timeout: 600_000, resetTimeoutOnProgress: true });
  await client.close();
  return (result.content as { text: string }[]).map(({ text }) => text).join('\n');
}

/** A reviewer's way to Musher, opened before it runs anything. */
const giveVerdict = MUSHER_ROLE === 'qa' ? await connectToMusher() : null;

async function step(text: string): Promise<void> {
  const [verb = '', first = '', ...more] = text.trim().split(' ');
  const rest = more.join(' ');
  const all = [first, ...more].join(' ').trim();
  switch (verb) {
    case 'write':
    case 'append': {
      mkdirSync(dirname(first), { recursive: true });
      (verb === 'write' ? writeFileSync : appendFileSync)(first, `${rest.replaceAll('\\n', '\n')}\n`);
      return;
    }
    case 'rm':
      return rmSync(first, { recursive: true, force: true });
    case 'commit':
      return commit(all === '' ? `work on ${MUSHER_ITEM}` : all);
    case 'usage': {
      const [input, output, cost, model = 'model-a'] = [first, ...more];
      // The truth of what each process used, beside what Musher reads.
      const used = { item: Number(MUSHER_ITEM), run: Number(run), pid: process.pid, model, tokens: Number(input) + Number(output) };
      if (FLAGS !== '') appendFileSync(join(FLAGS, 'used'), `${JSON.stringify(used)}\n`);
      return tell({ type: 'usage', model, input_tokens: Number(input), output_tokens: Number(output), cost_usd: Number(cost) });
    }
    case 'report':
      return tell({ type: 'report', text: all.replaceAll('\\n', '\n') });
    case 'session':
      return tell({ type: 'session', id: first });
    case 'status':
      return tell({ type: 'status', text: all });
    case 'count':
      // Numbered lines with a pause between, so that others can come and go meanwhile.
      for (let n = 1; n <= Number(first); n += 1) {
        tell({ type: 'status', text: `line ${n}` });
        await sleep(10);
      }
      return undefined;
    case 'turn':
      return tell({ type: 'turn' });
    case 'say':
      process.stdout.write(`${all}\n`);
      return undefined;
    case 'reveal': {
      // As an agent does that prints its environment: as it is, and inside what it says.
      const secret = process.env[first] ?? '';
      process.stdout.write(`${first}=${secret} ${Buffer.from(`user:${secret}`).toString('base64')}\n`);
      process.stderr.write(`${secret}\n`);
      tell({ type: 'status', text: `with ${secret}` });
      return tell({ type: 'result', status: rest === '' ? 'success' : 'failure', text: `used ${secret}` });
    }
    case 'success':
    case 'failure':
      return tell({ type: 'result', status: verb, text: all });
    case 'verdict':
      return giveVerdict?.(first, rest);
    case 'print-verdict':
      return tell({ type: 'verdict', verdict: first, reason: rest });
    case 'limited':
      return tell({ type: 'rate_limit', resume_at: Date.now() + Number(first), text: 'too many requests' });
    case 'call':
      return writeFileSync(join(FLAGS, first), await callMusher(more[0] ?? '', more.slice(1).join(' ')));
    case 'resolve':
      return resolveConflicts();
    case 'tool':
      // As runtimes call tools: what these print goes to the model, not to the run's output.
      spawnSync('bash', ['-c', all], { stdio: ['ignore', 'pipe', 'pipe'] });
      return undefined;
    case 'environment':
      return writeFileSync(join(FLAGS, first), Object.keys(process.env).sort().join('\n'));
    case 'git':
      return git(first, ...more);
    case 'take-main':
      // What a coder does with the evidence of a conflict: bring the base branch in, and keep its own side.
      return git('-c', 'user.name=An agent', '-c', 'user.email=agent@example.org', 'merge', '--quiet', '-X', 'ours', 'main');
    case 'raise':
      return writeFileSync(join(FLAGS, first), process.env['MUSHER_SESSION'] ?? '');
    case 'await':
      while (!existsSync(join(FLAGS, first))) await sleep(10);
      return undefined;
    case 'hear': {
      // What it is told for the n-th time, kept as a flag.
      const { MUSHER_TOLD_FILE: file = '' } = process.env;
      const lines = (): string[] => readFileSync(file, 'utf8').split('\n').slice(0, -1);
      while (lines().length < Number(rest === '' ? 1 : rest)) await sleep(10);
      writeFileSync(join(FLAGS, first), lines().join('\n'));
      for (const line of lines()) tell({ type: 'read', id: (JSON.parse(line) as { id: number }).id });
      return undefined;
    }
    case 'deaf':
      process.on('SIGTERM', () => undefined);
      return undefined;
    case 'stubborn':
      // Ends when it is asked the second time.
      process.on('SIGTERM', () => (existsSync(join(FLAGS, first)) ? process.exit(1) : writeFileSync(join(FLAGS, first), '')));
      return undefined;
    case 'detach':
      return detach();
    case 'vanish':
      return vanish(first);
    case 'hang':
      return forEver();
    case 'chatter':
      setInterval(() => tell({ type: 'status', text: 'still at it' }), 20);
      return forEver();
    case 'exit':
      process.exit(Number(first));
    // falls through -- not reached: the process has ended
    default:
      throw new Error(`the test's agent does not know "${text}"`);
  }
}

for (const one of script().split(';')) await step(one);
