import { chmodSync, existsSync, mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { AS_ROOT, isRoot, WITHOUT_SANDBOX } from '../../src/app/lifecycle/greeting.ts';
import { takeOwnership } from '../../src/log/owner.ts';
import { musher, musherHere, repository, sandbox, write } from './sandbox.ts';

const BOT = 'data_dir = "data"\ntimezone = "UTC"\n[[project]]\nname = "shop"\npath = "shop"\n';
const PROJECT =
  'base_branch = "trunk"\n[[gate]]\nname = "test"\ncommand = "A=1 sh run-tests"\n[[agent]]\nname = "coder"\nstage = "coder"\nruntime = "command"\ncommand = ["sh"]\n';

/** The last line's warnings: one more where the tests run as root, which is said in a line of its own. */
const warnings = (count: number): string => (isRoot() ? `${count + 1} warnings` : `${count} warning${count === 1 ? '' : 's'}`);

async function machine(project = PROJECT, bot = BOT) {
  const { folder, home } = sandbox();
  const shop = await repository(join(folder, 'shop'), { '.musher/project.toml': project });
  write(folder, { 'bot.toml': bot });
  const doctor = async (env: Readonly<Record<string, string>> = {}) => {
    const { exitCode, stdout } = await musherHere(folder, home, ['doctor'], env);
    return {
      exitCode,
      stdout,
      worst: stdout
        .split('\n')
        .filter((line) => !line.startsWith('ok ') && ![WITHOUT_SANDBOX, AS_ROOT].some((known) => line.includes(known))),
    };
  };
  return { folder, home, shop, data: join(folder, 'data'), doctor };
}

describe('musher doctor', () => {
  it('finds nothing wrong where all is there, and leaves nothing behind', async () => {
    const { doctor, data } = await machine();
    const { exitCode, stdout, worst } = await doctor();
    expect({ exitCode, worst }).toEqual({ exitCode: 0, worst: [`Ready to start (${warnings(1)}).`] });
    expect(stdout).toContain(`warn  sandbox shop: ${WITHOUT_SANDBOX}`);
    expect(stdout.includes(`warn  user: ${AS_ROOT}`)).toBe(isRoot());
    for (const subject of [
      'node',
      'git',
      'sqlite',
      'config',
      'timezone',
      'data',
      'disk',
      'project shop',
      'gate shop/test',
      'agent shop/coder',
      'budget',
      'budget shop',
    ]) {
      expect(stdout).toContain(`ok    ${subject}: `);
    }
    expect(existsSync(data)).toBe(false);
  });

  it('tells each error of the configuration, and still checks the machine', async () => {
    const { doctor } = await machine(`max_coder = 1\n${PROJECT}`);
    const { exitCode, stdout } = await doctor();
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/^FAIL +config: .*project\.toml:1: max_coder: unknown key; did you mean "max_coders"\?/m);
    expect(stdout).toContain('ok    git: ');
  });

  it('finds a base branch that is not there', async () => {
    const { doctor } = await machine(PROJECT.replace('trunk', 'main'));
    const { exitCode, worst } = await doctor();
    expect(exitCode).toBe(1);
    expect(worst[0]).toMatch(/^FAIL +project shop: .*main/);
  });

  it('finds programs that are not there', async () => {
    const project = PROJECT.replace('A=1 sh', 'A=1 no-such-gate').replace('["sh"]', '["no-such-agent"]');
    const { exitCode, worst } = await (await machine(project)).doctor();
    expect(exitCode).toBe(1);
    expect(worst).toEqual([
      expect.stringMatching(/^FAIL +gate shop\/test: no-such-gate is not on the PATH -> Install/),
      expect.stringMatching(/^FAIL +agent shop\/coder: no-such-agent is not on the PATH -> Install it/),
      `Not ready: 2 problems, ${warnings(1)}.`,
    ]);
  });

  it('starts claude to see its version, and shows why it does not start', async () => {
    const claude = PROJECT.replace('"command"\ncommand = ["sh"]', '"claude"\nlimits.tokens = 1\ncommand = ["./fake-claude"]');
    const { doctor, shop } = await machine(claude);
    const program = join(shop, 'fake-claude');
    writeFileSync(program, '#!/bin/sh\necho "9.9.9 (Claude Code)"\n', { mode: 0o755 });
    expect((await doctor()).stdout).toContain('ok    agent shop/coder: ./fake-claude 9.9.9 (Claude Code)');
    writeFileSync(program, '#!/bin/sh\necho "no licence" >&2; exit 3\n');
    expect((await doctor()).worst[0]).toMatch(/^FAIL +agent shop\/coder: .*fake-claude --version failed: no licence -> Run it by hand/);
    chmodSync(program, 0o644);
    expect((await doctor()).worst[0]).toMatch(/^FAIL +agent shop\/coder: .\/fake-claude is not in .*, or not executable/);
  });

  it('warns of a checkout with changes, of no gate, and of secrets in a file', async () => {
    const { doctor, shop } = await machine(`${PROJECT.replace(/\[\[gate\]\][^[]*/, '')}env = { API_KEY = "very-secret", MODE = "x" }\n`);
    write(shop, { 'README.md': 'changed\n' });
    const open = await doctor();
    expect(open.exitCode).toBe(1);
    expect(open.stdout).toMatch(
      /API_KEY: is a secret, and others can read this file; write env:NAME or file:PATH instead, or run: chmod 600/,
    );
    chmodSync(join(shop, '.musher/project.toml'), 0o600);
    const { exitCode, worst, stdout } = await doctor();
    expect(exitCode).toBe(0);
    expect(worst).toEqual([
      expect.stringMatching(/^warn +secrets: .*project\.toml contains agent\[1\]\.env\.API_KEY as plain text -> Use env:NAME/),
      expect.stringMatching(/^warn +project shop: your checkout of trunk has changes/),
      expect.stringMatching(/^warn +project shop: no gate/),
      `Ready to start (${warnings(4)}).`,
    ]);
    expect(stdout).not.toContain('very-secret');
  });

  it('warns of an account that nobody has logged in to', async () => {
    const account = '[[account]]\nname = "main"\nruntime = "claude"\nconfig_dir = "login"\n';
    const { doctor, folder } = await machine(
      PROJECT.replace('"command"\ncommand = ["sh"]', '"claude"\ncommand = ["sh"]'),
      `${BOT}${account}`,
    );
    expect((await doctor()).stdout).toContain(`warn  account main: ${join(folder, 'login')} does not exist`);
  });

  it('names the Musher that runs on the data directory', async () => {
    const { doctor, data } = await machine();
    const ownership = takeOwnership(data);
    try {
      const { exitCode, worst } = await doctor();
      expect(exitCode).toBe(1);
      expect(worst[0]).toMatch(new RegExp(`^FAIL +owner: Musher is already running \\(pid ${process.pid}\\)`));
    } finally {
      ownership.release();
    }
    expect((await doctor()).exitCode).toBe(0);
  });

  it('warns of a data directory that others can enter', async () => {
    const { doctor, data } = await machine();
    mkdirSync(data);
    chmodSync(data, 0o755);
    expect((await doctor()).worst[0]).toMatch(/^warn +data: other users can read .* -> To close it now: chmod 700/);
  });

  it('finds a data directory that is a file', async () => {
    const { doctor, data } = await machine();
    writeFileSync(data, '');
    expect(await doctor()).toMatchObject({ exitCode: 1, worst: [expect.stringMatching(/^FAIL +data: .* is a file/), expect.anything()] });
  });

  it('says what agents may use, and where nothing stops them', async () => {
    const usual = await machine();
    expect((await usual.doctor()).stdout).toContain('ok    budget: $100.00 and 500M tokens a day for all projects together');
    const open = await machine(
      PROJECT,
      `${BOT}[project.budget]\nitem_usd = "none"\nitem_tokens = "none"\n[budget]\nday_usd = "none"\nday_tokens = "none"\n`,
    );
    const { exitCode, worst } = await open.doctor();
    expect(exitCode).toBe(0);
    expect(worst.filter((line) => line.includes(' budget'))).toEqual([
      'warn  budget: no daily cap for all projects together -> Set day_usd and day_tokens under [budget] in bot.toml.',
      'warn  budget shop: an item has no cap -> Set item_usd and item_tokens under [project.budget] in bot.toml.',
      'warn  budget shop: no token cap for coder, whose program may not report its cost -> Set item_tokens under [budget] in .musher/project.toml.',
    ]);
  });

  it('warns of a model that has no price, until the configuration gives one', async () => {
    const project = `${PROJECT}model = "house-model-7"\n`;
    const unpriced = await machine(project);
    expect((await unpriced.doctor()).stdout).toMatch(/^warn +budget shop: no price for model house-model-7 of coder.*\[prices\]/m);
    const priced = await machine(project, `${BOT}[prices."house-model-7"]\ninput = 1\noutput = 2\ncache_read = 0.1\ncache_write = 1\n`);
    expect((await priced.doctor()).stdout).not.toContain('house-model-7');
  });

  it('finds copies that cannot be made, and warns where none are', async () => {
    const { doctor, folder } = await machine(PROJECT, `${BOT}[backup]\nfolder = "copies"\n`);
    expect((await doctor()).stdout).toContain(`ok    backup: ${join(folder, 'copies')}, schedule 0 3 * * *, keeps 7`);
    write(folder, { 'copies/other.txt': '' });
    chmodSync(join(folder, 'copies'), 0o755);
    expect(await doctor()).toMatchObject({
      exitCode: 1,
      worst: [expect.stringMatching(/^FAIL +backup: other users can read .*copies/), expect.anything()],
    });
    rmSync(join(folder, 'copies'), { recursive: true });
    writeFileSync(join(folder, 'copies'), '');
    expect((await doctor()).worst[0]).toMatch(/^FAIL +backup: .*copies is not writable, or is a file -> Make it a folder/);
    write(folder, { 'bot.toml': `${BOT}[backup]\nschedule = "off"\n` });
    expect((await doctor()).worst[0]).toMatch(/^warn +backup: no backups are scheduled/);
  });

  it('warns of figures that others can reach, of secrets in files that all can read, and of networks in which nobody has a role', async () => {
    const slack = '[slack]\nbot_token = "file:token"\napp_token = "file:token"\napi_url = "http://127.0.0.1:9/"\n';
    const room = '[[person]]\nname = "anna"\nslack = "T1:U1"\n[[room]]\ntransport = "slack"\nid = "C1"\nproject = "shop"\n';
    const { doctor, folder } = await machine(PROJECT, `${BOT}${slack}[monitor]\naddress = "0.0.0.0"\nport = 9464\n${room}`);
    write(folder, { token: 'not-a-real-token' });
    chmodSync(join(folder, 'token'), 0o644);
    const { worst, stdout } = await doctor();
    expect(worst).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^warn +roles: nobody on slack has a role/),
        expect.stringMatching(
          /^warn +secrets: every user of this machine can read .*\/token, which contains slack\.bot_token -> chmod 600/,
        ),
        expect.stringMatching(/^warn +monitor: 0\.0\.0\.0:9464 is not a loopback address/),
      ]),
    );
    expect(stdout).not.toContain('not-a-real-token');
    chmodSync(join(folder, 'token'), 0o600);
    write(folder, { 'bot.toml': `${BOT}${slack}[monitor]\nport = 9464\n${room}operator = ["anna"]\n` });
    expect((await doctor()).stdout).not.toMatch(/warn +(?:roles|secrets|monitor)/);
  });

  it('finds a log that was changed, and a clock that is behind it', async () => {
    const { doctor, data, folder, home } = await machine();
    await musher(folder, home, ['run', '--batch']);
    expect((await doctor()).stdout).toMatch(/^ok +log: \d+ events checked, all intact/m);
    const db = new Database(join(data, 'musher.sqlite'));
    db.exec("UPDATE events SET actor = 'x' || actor WHERE seq = (SELECT max(seq) FROM events)");
    db.close();
    const { exitCode, worst } = await doctor();
    expect(exitCode).toBe(1);
    expect(worst[0]).toMatch(/^FAIL +log: event \d+ \(musher.stopped\) was changed after it was written: .* -> `musher verify`/);
    const ahead = new Date(Date.now() + 3_600_000);
    utimesSync(join(data, 'musher.sqlite'), ahead, ahead);
    expect((await doctor()).worst[0]).toMatch(/^warn +clock: (?:59|60) min behind the last entry of the log/);
  });

  it('says that the demo needs no configuration', async () => {
    const { folder, home } = sandbox();
    const { exitCode, stdout } = await musher(folder, home, ['doctor']);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('`run` starts the demo');
  });
});
