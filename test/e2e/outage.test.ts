import { chmodSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { Bench, create, until } from './harness.ts';

let bench: Bench;
afterEach(() => bench.close());

const count = (out: string, what: RegExp): number => out.match(what)?.length ?? 0;

test('a base branch that is renamed under a run costs no attempt: told once with the branches there are, judged when it is back', async () => {
  bench = new Bench({ top: 'max_retries = 0' });
  bench.expectedProblems.push(/REPOSITORY_UNUSABLE|base branch main/);
  const musher = bench.start();
  musher.type(create('One', 'coder: raise there; await go; write a.txt a; commit; success'), 'start 1');
  await until(() => bench.raised('there'));
  bench.git(['branch', '-m', 'main', 'trunk']);
  bench.raise('go');
  await musher.said(/on hold: The base branch main .*base_branch.*trunk/);
  await until(() => bench.others('outage.met').length > 1);
  musher.type('why 1', 'health', 'git');
  // `health` names it, and `git` answers with it instead of an incident.
  await musher.said(/only this terminal[^]*\(trunk\), then type `reload`[^]*No backup[^]*\(trunk\), then type `reload`/);
  expect(bench.item(1)).toMatchObject({ attempts: 0, failure: null });
  bench.git(['branch', '-m', 'trunk', 'main']);
  musher.type('wait 1 done 60');
  const { out } = await musher.end();
  expect(bench.merges).toHaveLength(1);
  expect(bench.runs(1)).toHaveLength(1);
  expect(bench.only('item.attempt_failed', 1)).toEqual([]);
  expect(count(out, /is on hold: .*? No attempt is counted/g)).toBe(1);
  expect(count(out, /Work on shop continues/g)).toBe(1);
  expect(bench.others('outage.met').filter(({ payload }) => payload.news)).toHaveLength(1);
});

test('an item can be stopped while its base branch is gone, and costs no attempt then either', async () => {
  bench = new Bench({ top: 'max_retries = 0' });
  bench.expectedProblems.push(/REPOSITORY_UNUSABLE|base branch main/);
  const musher = bench.start();
  const task = ['coder@1: raise there; await go; write a.txt a; commit; success', 'coder@2: write b.txt b; commit; success'];
  musher.type(create('One', ...task), 'start 1');
  await until(() => bench.raised('there'));
  bench.git(['branch', '-m', 'main', 'trunk']);
  bench.raise('go');
  await musher.said(/on hold: The base branch/);
  musher.type('stop 1');
  await until(() => bench.runs(1)[0]?.state === 'ended');
  expect(bench.runs(1).map(({ reason }) => reason)).toEqual(['stopped']);
  expect(bench.item(1)).toMatchObject({ attempts: 0, failure: null });
  bench.git(['branch', '-m', 'trunk', 'main']);
  musher.type('start 1', 'wait 1 done 60');
  await musher.end();
  expect(bench.item(1).stage.name).toBe('done');
});

test('a program that is not there costs no attempt and holds no other agent up, and its agent goes on when it is there', async () => {
  bench = new Bench({ top: 'max_retries = 0\nmax_coders = 1', agents: { able: 'current' } });
  const file = join(bench.dir, 'late');
  bench.append('shop/.musher/project.toml', `\n[[agent]]\nname = "ghost"\nstage = "current"\nruntime = "command"\ncommand = ["${file}"]\n`);
  bench.git(['commit', '-qam', 'where the program will be']);
  bench.expectedProblems.push(/RUNTIME_MISSING|was not found/);
  const musher = bench.start();
  musher.type(create('For the ghost'), 'assign 1 ghost', 'start 1');
  await musher.said(/Agent ghost of shop can’t start/);
  await until(() => bench.runs(1)[0]?.state === 'ended');
  musher.type(create('For anybody', 'coder: write b.txt b; commit; success'), 'start 2', 'wait 2 done 60', 'why 1');
  await musher.said(/Can’t run \(ghost doesn’t start\): the program/);
  writeFileSync(`${file}.new`, '#!/bin/sh\necho hi > a.txt; git add a.txt; git commit -qm a\n');
  chmodSync(`${file}.new`, 0o755);
  renameSync(`${file}.new`, file);
  musher.type('wait 1 done 60');
  const { out } = await musher.end();
  expect(bench.item(1)).toMatchObject({ stage: { name: 'done' }, attempts: 0 });
  expect(bench.only('item.attempt_failed', 1)).toEqual([]);
  expect(count(out, /Agent ghost of shop can’t start/g)).toBe(1);
  expect(count(out, /Agent ghost of shop starts again/g)).toBe(1);
});

test('a damaged object of the base branch puts the project on hold with git’s own complaint', async () => {
  bench = new Bench({ top: 'max_retries = 0' });
  const object = bench.git(['rev-parse', 'main:list.txt']);
  rmSync(join(bench.repo, '.git/objects', object.slice(0, 2), object.slice(2)));
  bench.expectedProblems.push(/GIT_FAILED|missing blob|unable to read/);
  const musher = bench.start();
  musher.type(create('One', 'coder: write a.txt a; commit; success'), 'start 1');
  await musher.said(new RegExp(`on hold: .*${object}`));
  // As a copy of the repository has it.
  writeFileSync(join(bench.repo, 'list.txt'), 'one\ntwo\nthree\n');
  bench.git(['hash-object', '-w', 'list.txt']);
  musher.type('wait 1 done 60');
  const { out } = await musher.end();
  expect(out).not.toContain('hint:');
  expect(bench.item(1).stage.name).toBe('done');
  expect(bench.only('item.attempt_failed', 1)).toEqual([]);
});

test('a git on the PATH that breaks under a run costs no attempt: told once with its own words, and over when it works again', async () => {
  bench = new Bench({ top: 'max_retries = 0' });
  bench.expectedProblems.push(/GIT_FAILED|GIT_TOO_OLD|git .* failed|not this time/);
  const programs = join(bench.dir, 'programs');
  mkdirSync(programs);
  const working = '#!/bin/sh\nPATH=${PATH#*:}\nexec git "$@"\n';
  const put = (text: string): void => {
    writeFileSync(join(programs, 'git.new'), text);
    chmodSync(join(programs, 'git.new'), 0o755);
    renameSync(join(programs, 'git.new'), join(programs, 'git'));
  };
  put(working);
  const musher = bench.start({ PATH: `${programs}:${process.env['PATH']}` });
  musher.type(create('One', 'coder: write a.txt a; commit; raise there; await go; success'), 'start 1');
  await until(() => bench.raised('there'));
  put('#!/bin/sh\necho "git: not this time" >&2\nexit 127\n');
  bench.raise('go');
  await musher.said(/on hold: .*not this time/);
  put(working);
  musher.type('wait 1 done 60');
  const { out } = await musher.end();
  expect(bench.item(1)).toMatchObject({ stage: { name: 'done' }, attempts: 0 });
  expect(bench.only('item.attempt_failed', 1)).toEqual([]);
  expect(count(out, /is on hold: .*? No attempt is counted/g)).toBe(1);
});
