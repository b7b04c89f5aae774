/**
 * The demo agent: a program of the runtime `command` that works on the demo repository for real. It thinks with no
 * model, so it costs nothing and needs no network; everything else is as with any other agent.
 *
 * Directives in an item's text, each on a line of its own: `demo: fail` (it gives up), `demo: nothing` (it ends
 * without work), `demo: flaky` (its first attempt fails its tests), `demo: slow 30` (it takes so many seconds).
 */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { hasConflict, keepBoth } from './agent/conflicts.ts';
import { connectToMusher } from './agent/musher.ts';
import { recipeFor } from './agent/recipes.ts';
import { openVoice, type Voice } from './agent/voice.ts';
import { openWorkshop, type Workshop } from './agent/workshop.ts';

interface Assignment {
  readonly role: string;
  readonly number: string;
  readonly title: string;
  readonly type: string;
  readonly attempt: number;
  readonly base: string;
  readonly prompt: string;
  readonly seconds: number;
  readonly directives: ReadonlySet<string>;
}

function readAssignment(env: NodeJS.ProcessEnv): Assignment {
  const file = env['MUSHER_PROMPT_FILE'];
  const prompt = file === undefined ? '' : readFileSync(file, 'utf8');
  const found = [...prompt.matchAll(/^\s*demo:\s*(\w+)(?:\s+(\d+))?\s*$/gim)];
  const slow = found.find((match) => match[1]?.toLowerCase() === 'slow')?.[2];
  return {
    role: env['MUSHER_ROLE'] ?? 'coder',
    number: env['MUSHER_ITEM'] ?? '0',
    title: env['MUSHER_TITLE'] ?? 'Untitled',
    type: env['MUSHER_TYPE'] ?? 'story',
    attempt: Number(env['MUSHER_ATTEMPT'] ?? '1'),
    base: env['MUSHER_BASE_BRANCH'] ?? 'main',
    prompt,
    seconds: Number(slow ?? env['MUSHER_DEMO_SECONDS'] ?? '3'),
    directives: new Set(found.map((match) => match[1]?.toLowerCase() ?? '')),
  };
}

type Think = (says: string) => Promise<void>;

/** Takes its time, spread evenly over the steps, and tells what each turn used. */
function thinker(voice: Voice, seconds: number, steps: number): Think {
  const pause = (Math.max(0, seconds) * 1000) / Math.max(1, steps);
  return async (says) => {
    voice.status(says);
    await sleep(pause);
    voice.turn();
  };
}

async function code(job: Assignment, shop: Workshop, voice: Voice): Promise<void> {
  if (job.directives.has('fail')) {
    await thinker(voice, job.seconds, 1)('reading the item');
    voice.result('failure', 'The item asks for a failure, so here it is.');
    return;
  }
  const recipe = recipeFor(job);
  const think = thinker(voice, job.seconds, recipe.steps.length + 2);
  await think(job.attempt > 1 ? `attempt ${job.attempt}: reading what went wrong` : 'reading the item and the code');
  for (const step of recipe.steps) {
    await think(step.says);
    step.does(shop);
  }
  if (job.directives.has('flaky')) {
    // What a failed gate printed stands in the next prompt, with the name of the test that failed.
    const name = `item ${job.number} holds`;
    const check = job.prompt.includes(name) ? '' : "throw new Error('not yet');";
    shop.write(`test/flaky-${job.number}.test.js`, `import { test } from 'node:test';\n\ntest('${name}', () => {${check}});\n`);
  }
  await think('committing');
  const done = shop.commit(recipe.commit);
  voice.result('success', done ? recipe.commit : 'Everything that the item asks for is there already.');
}

/** A spike ends with a report: here about the repository, for it thinks with no model. */
async function explore(job: Assignment, shop: Workshop, voice: Voice): Promise<void> {
  const think = thinker(voice, job.seconds, 2);
  await think('reading the item and the code');
  const files = shop.git('ls-files').split('\n').filter(Boolean);
  await think('writing the report');
  voice.report(
    [
      `${job.title}: it can be done, as one story of a day.`,
      `The repository has ${files.length} files; the change would begin in ${files.find((file) => file.startsWith('src/')) ?? files[0] ?? 'an empty folder'}.`,
      'Open: who pays the fees. (The demo agent has no model, so it has made this up.)',
    ].join('\n'),
  );
  voice.result('success', 'The report is there.');
}

async function review(job: Assignment, shop: Workshop, voice: Voice): Promise<void> {
  const think = thinker(voice, job.seconds, 2);
  await think('reading the change');
  const files = shop.git('diff', '--name-only', `${job.base}...HEAD`).split('\n').filter(Boolean);
  await think('running the tests');
  const failure = shop.failingTests();
  const tested = files.some((file) => file.startsWith('test/'));
  if (failure !== null) await voice.verdict('reject', `the tests fail: ${failure}`);
  else if (files.length === 0) await voice.verdict('reject', 'nothing was changed');
  else if (!tested) await voice.verdict('reject', 'the change has no test');
  else await voice.verdict('approve', `${files.length} files changed, with tests, and all tests pass`);
  voice.result('success', 'reviewed');
}

async function resolveConflicts(job: Assignment, shop: Workshop, voice: Voice): Promise<void> {
  const tracked = shop.git('ls-files', '-z').split('\0').filter(Boolean);
  const files = [...new Set(tracked)].filter((file) => hasConflict(shop.read(file)));
  const think = thinker(voice, job.seconds, files.length + 2);
  await think(`found conflicts in ${files.join(', ') || 'no file'}`);
  for (const file of files) {
    await think(`keeping both sides in ${file}`);
    shop.write(file, keepBoth(shop.read(file)));
  }
  await think('running the tests');
  const failure = shop.failingTests();
  if (failure !== null) {
    voice.status(failure);
    voice.result('failure', 'With both sides kept, the tests fail: this needs a person.');
    return;
  }
  shop.commit(`Merge ${job.base}: keep both sides`);
  voice.result('success', `resolved ${files.length} conflicts`);
}

const job = readAssignment(process.env);
const shop = openWorkshop(process.cwd());
const voice = openVoice(
  (line) => process.stdout.write(`${line}\n`),
  job.role === 'qa'
    ? await connectToMusher(process.env['MUSHER_MCP_URL'] ?? '', process.env['MUSHER_MCP_TOKEN'] ?? '')
    : () => Promise.reject(new Error('only a reviewer gives a verdict')),
);
try {
  if (job.role === 'qa') await review(job, shop, voice);
  else if (job.role === 'mergemaster') await resolveConflicts(job, shop, voice);
  else if (job.directives.has('nothing')) {
    // Exit 0, no usage, no commit: what a run looks like that did not work at all.
    await sleep(job.seconds * 1000);
    process.stdout.write('Nothing to do.\n');
  } else if (job.type === 'spike') await explore(job, shop, voice);
  else await code(job, shop, voice);
} catch (error) {
  voice.result('failure', error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
