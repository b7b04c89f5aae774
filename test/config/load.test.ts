import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadSettings } from '../../src/config/load.ts';
import type { Settings } from '../../src/config/settings.ts';
import type { MusherError } from '../../src/errors.ts';
import { NO_DEFAULTS } from '../pipeline/facts.ts';
import { BOT, CODER, workspace } from './workspace.ts';

interface Files {
  readonly bot?: string;
  readonly project?: string;
  readonly more?: Readonly<Record<string, string>>;
}

function read(files: Files, env: NodeJS.ProcessEnv = {}) {
  const folder = workspace({ 'bot.toml': files.bot ?? BOT, 'shop/.musher/project.toml': files.project ?? CODER, ...files.more });
  return { folder, result: loadSettings(join(folder, 'bot.toml'), { HOME: '/home/anna', ...env }) };
}

function settingsOf(files: Files, env: NodeJS.ProcessEnv = {}): Settings {
  const { result } = read(files, env);
  if (!result.ok) throw result.error;
  return result.value;
}

/** The error, with the folder taken out of its message. */
function errorOf(files: Files, env: NodeJS.ProcessEnv = {}): MusherError {
  const { folder, result } = read(files, env);
  if (result.ok) throw new Error('the configuration was accepted');
  result.error.message = result.error.message.replaceAll(`${folder}/`, '');
  return result.error;
}

const projectError = (project: string, env: NodeJS.ProcessEnv = {}): string => errorOf({ project }, env).message;

const SLACK = '[slack]\nbot_token = "env:TOKEN"\napp_token = "env:TOKEN"\n';

describe('loadSettings', () => {
  it('gives items of a type the agent and model of the project, and what it leaves open those of bot.toml', () => {
    const second = CODER.replace('coder-1', 'coder-2');
    const { projects } = settingsOf({
      bot: `${BOT}\n[defaults]\nbug = { agent = "coder-2", model = "opus" }\nspike = { agent = "coder-1", model = "haiku" }\n`,
      project: `[defaults]\nbug = { model = "sonnet" }\n${CODER}${second}`,
    });
    expect(projects[0]?.defaults).toEqual({
      ...NO_DEFAULTS,
      bug: { agent: 'coder-2', model: 'sonnet' },
      spike: { agent: 'coder-1', model: 'haiku' },
    });
    expect(errorOf({ bot: `${BOT}\n[defaults]\nbug = { agent = "coder-9" }\n` }).message).toContain(
      'defaults.bug.agent: "coder-9" is no coder of any project',
    );
  });

  it('fills in every default of a minimal configuration', () => {
    const { folder, result } = read({});
    expect(result).toEqual({
      ok: true,
      value: {
        file: join(folder, 'bot.toml'),
        name: 'musher',
        dataDir: '/home/anna/.local/state/musher/musher',
        timezone: new Intl.DateTimeFormat().resolvedOptions().timeZone,
        logLevel: 'info',
        backup: { schedule: '0 3 * * *', folder: null, keep: 7 },
        monitor: null,
        secrets: [],
        roles: { admin: ['console:local'], operator: [], viewer: [] },
        directMessages: false,
        twoPerson: [],
        flood: { burst: 20, perMinute: 60, waiting: 40 },
        projectRoles: [{ project: 'shop', roles: { admin: [], operator: [], viewer: [] } }],
        people: [],
        rooms: [],
        networks: [],
        bubblewrap: null,
        approvals: { role: 'operator', expireMs: 900_000, questionExpireMs: 3_600_000 },
        climb: [],
        mcp: { port: 0 },
        prices: {},
        projects: [
          {
            name: 'shop',
            path: join(folder, 'shop'),
            file: join(folder, 'shop/.musher/project.toml'),
            sandbox: { kind: 'none', allowHosts: [], read: [], write: [], problem: null },
            baseBranch: 'main',
            qa: 'server',
            maxCoders: 2,
            maxRetries: 3,
            links: { item: null, commit: null },
            guarded: ['.musher'],
            defaults: NO_DEFAULTS,
            gates: [],
            components: [],
            reports: [],
            agents: [
              {
                name: 'coder-1',
                stage: 'current',
                role: 'coder',
                auto: true,
                maxParallel: 1,
                knownModels: expect.arrayContaining(['opus', 'claude-opus-5']) as unknown,
                runtime: 'claude',
                command: ['claude'],
                model: null,
                effort: null,
                options: {},
                env: {},
                limits: {
                  turns: null,
                  tokens: null,
                  microUsd: null,
                  wallClockMs: 1_800_000,
                  silenceMs: 600_000,
                  questionMs: 120_000,
                  repeats: 12,
                  idleTokens: 200_000,
                },
                prompt: null,
                systemPrompt: null,
                commit: 'agent',
              },
            ],
            budget: {
              run: { tokens: null, microUsd: null },
              item: { tokens: 150_000_000, microUsd: 30_000_000 },
              day: { tokens: null, microUsd: null },
              bot: { tokens: 500_000_000, microUsd: 100_000_000 },
              anyone: { tokens: null, microUsd: null },
              people: [],
              setIn: { item: { tokens: 'project', microUsd: 'project' }, day: { tokens: 'project', microUsd: 'project' } },
              timezone: new Intl.DateTimeFormat().resolvedOptions().timeZone,
            },
          },
        ],
      },
    });
  });

  it('gives values that nobody can change', () => {
    const settings = settingsOf({});
    expect(Object.isFrozen(settings)).toBe(true);
    expect(Object.isFrozen(settings.projects[0]?.agents[0]?.limits)).toBe(true);
    expect(Object.isFrozen(settings.roles.admin)).toBe(true);
  });

  it('counts paths from the file and knows the home directory', () => {
    const bot = 'data_dir = "../state"\n[[project]]\nname = "a"\npath = "shop"\n[[project]]\nname = "b"\npath = "~/b"\nfile = "b.toml"\n';
    const { folder, result } = read({ bot, more: { 'b.toml': CODER } });
    expect(result).toMatchObject({
      ok: true,
      value: {
        dataDir: join(folder, '../state'),
        projects: [{ path: join(folder, 'shop') }, { path: '/home/anna/b', file: join(folder, 'b.toml') }],
      },
    });
  });

  it('reads limits as an inline table and as a table of their own', () => {
    const inline = settingsOf({ project: `${CODER}limits = { turns = 5, wall_clock = "90s" }\n` });
    const own = settingsOf({ project: `${CODER}[agent.limits]\nturns = 5\nwall_clock = "1m30s"\n` });
    expect(inline.projects[0]?.agents[0]?.limits).toMatchObject({ turns: 5, wallClockMs: 90_000 });
    expect(own.projects[0]?.agents[0]?.limits).toEqual(inline.projects[0]?.agents[0]?.limits);
  });

  it('takes the name of a role as the stage', () => {
    const agents = ['coder', 'qa', 'mergemaster'].map((word) => `[[agent]]\nname = "${word}"\nstage = "${word}"\nruntime = "claude"\n`);
    const settings = settingsOf({ project: agents.join('') });
    expect(settings.projects[0]?.agents.map(({ stage, role }) => `${stage} ${role}`)).toEqual([
      'current coder',
      'qa qa',
      'merge mergemaster',
    ]);
  });
});

describe('references', () => {
  it('come from the environment and from files beside the project', () => {
    const project = `${CODER}prompt = "file:.musher/coder.md"\nenv = { KEY = "env:THE_KEY", TOKEN = "file:~/token" }\n`;
    const folder = workspace({
      'home/token': 's3cret\n',
      'bot.toml': BOT,
      'shop/.musher/project.toml': project,
      'shop/.musher/coder.md': 'Do {{title}}.\n',
    });
    const result = loadSettings(join(folder, 'bot.toml'), { HOME: join(folder, 'home'), THE_KEY: 'k1' });
    expect(result).toMatchObject({
      ok: true,
      value: { projects: [{ agents: [{ prompt: 'Do {{title}}.', env: { KEY: 'k1', TOKEN: 's3cret' } }] }] },
    });
  });

  it('that lead nowhere are errors that name the key', () => {
    const message = projectError(`${CODER}model = "file:nothing"\nenv = { A = "env:UNSET", B = "env:BLANK" }\n`, { BLANK: '' });
    expect(message.split('\n')).toEqual([
      'The configuration has 3 errors:',
      'shop/.musher/project.toml:5: agent[1].model: the file shop/nothing cannot be read (ENOENT)',
      'shop/.musher/project.toml:6: agent[1].env.A: the environment variable UNSET is not set',
      'shop/.musher/project.toml:6: agent[1].env.B: the environment variable BLANK is empty',
    ]);
  });

  it('never show their value in an error', () => {
    const message = projectError(`base_branch = "env:BRANCH"\nqa = "env:QA"\n${CODER}[agent.env]\nA = 12345\n`, {
      BRANCH: 'hidden one',
      QA: 'hidden two',
    });
    expect(message).toContain(':1: base_branch: is not a valid name of a git branch');
    expect(message).toContain(':2: qa: must be one of server, agent, human');
    expect(message).toContain(':8: agent[1].env.A: must be a text in quotes');
    expect(message).not.toMatch(/hidden|12345/);
  });
});

describe('errors', () => {
  it('say what became of a key that an earlier version had', () => {
    expect(projectError(`auto_start = true\n${CODER}`)).toContain(':1: auto_start: no longer exists, remove it: an item starts only');
  });

  it('name file, line, key, what is wrong and the nearest known key, all at once over both files', () => {
    const error = errorOf({
      bot: 'nmae = "bot"\n\nlog_level = "inof"\ntimezone = "Europe/Berln"\n[[project]]\nname = "shop"\npath = "shop"\n',
      project: `max_coder = 2\nmax_retries = "three"\n${CODER}[agent.limits]\nwall_clok = "1h"\nsilence = "5 minutes"\n`,
    });
    expect(error.code).toBe('CONFIG_INVALID');
    expect(error.message.split('\n')).toEqual([
      'The configuration has 7 errors:',
      'bot.toml:1: nmae: unknown key; did you mean "name"?',
      'bot.toml:3: log_level: must be one of debug, info, warn, error, not "inof"; did you mean "info"?',
      'bot.toml:4: timezone: is not a known time zone; write an IANA name such as "Europe/Berlin" or "UTC", not "Europe/Berln"',
      'shop/.musher/project.toml:1: max_coder: unknown key; did you mean "max_coders"?',
      'shop/.musher/project.toml:2: max_retries: must be a whole number, not "three"',
      'shop/.musher/project.toml:8: agent[1].limits.wall_clok: unknown key; did you mean "wall_clock"?',
      'shop/.musher/project.toml:9: agent[1].limits.silence: must be a duration such as "90s", "10m" or "2h", not "5 minutes"',
    ]);
  });

  it('say where a key belongs that stands in the wrong file or table', () => {
    expect(errorOf({ bot: `${CODER}${BOT}` }).message).toBe('bot.toml:1: agent: belongs in <project>/.musher/project.toml');
    expect(projectError(`timezone = "UTC"\n${CODER}`)).toBe('shop/.musher/project.toml:1: timezone: belongs in bot.toml');
    expect(projectError(`${CODER}turns = 3\n`)).toBe('shop/.musher/project.toml:5: agent[1].turns: belongs in the table agent.limits');
  });

  it('point at the table from which a key is missing', () => {
    expect(projectError(`${CODER}\n[[agent]]\nstage = "qa"\nruntime = "claude"\n`)).toBe(
      'shop/.musher/project.toml:6: agent[2].name: is missing',
    );
    expect(errorOf({ bot: 'name = "x"\n' }).message).toBe('bot.toml:1: project: is missing');
  });

  it('show where the syntax breaks', () => {
    const error = errorOf({ bot: 'name = "musher"\nlog_level = info\n' });
    expect(error.message).toMatch(/^bot\.toml:2: is not valid TOML, column \d+: /);
    expect(error.message).toContain('log_level = info');
  });

  it('tell that a command must be a list', () => {
    const agent = '[[agent]]\nname = "a"\nstage = "coder"\nruntime = "command"\n';
    expect(projectError(`${agent}command = "python3 agent.py"\n`)).toMatch(
      /:5: agent\[1\]\.command: must be a list of the program and its arguments/,
    );
    expect(projectError(agent)).toMatch(/:1: agent\[1\]\.command: is missing: runtime "command" needs the program/);
  });

  it('tell which variable of a template does not exist, with the nearest', () => {
    expect(projectError(`${CODER}prompt = "Do {{titel}}"\n`)).toBe(
      'shop/.musher/project.toml:5: agent[1].prompt: there is no variable {{titel}}; did you mean {{title}}?',
    );
    const program = CODER.replace('claude', 'command');
    expect(projectError(`${program}command = ["run", "{{itme}}"]\n`)).toMatch(
      /:5: agent\[1\]\.command: there is no variable \{\{itme\}\}; did you mean \{\{item\}\}\?/,
    );
    expect(projectError(`${CODER}system_prompt = "{{ moon }}"\n`)).toMatch(
      /there is no variable \{\{moon\}\}; the variables are item, title,/,
    );
  });

  it.each([
    [
      'a default agent that is none',
      `[defaults]\nbug = { agent = "coder-9" }\n${CODER}`,
      /:2: defaults\.bug\.agent: "coder-9" is no coder of this project/,
    ],
    [
      'a default model that is none',
      `[defaults]\nbug = { model = "--yolo" }\n${CODER}`,
      /:2: defaults\.bug\.model: must be the name of a model/,
    ],
    [
      'a reviewer that nobody can ask for',
      `${CODER}[[agent]]\nname = "qa"\nstage = "qa"\nruntime = "claude"\nauto = false\n`,
      /agent\[2\]\.auto: only coders can be asked for by name/,
    ],
    ['two agents of one name', CODER + CODER, /:6: agent\[2\]\.name: "coder-1" is already the name of another agent/],
    [
      'two reports of one name',
      `${'[[report]]\nname = "t"\ncommand = "true"\n'.repeat(2)}${CODER}`,
      /:5: report\[2\]\.name: "t" is already the name of another report/,
    ],
    [
      'a report that nobody can type',
      `[[report]]\nname = "Test Coverage"\ncommand = "true"\n${CODER}`,
      /:2: report\[1\]\.name: must be lower-case letters/,
    ],
    [
      'two gates of one name',
      `${'[[gate]]\nname = "t"\ncommand = "true"\n'.repeat(2)}${CODER}`,
      /:5: gate\[2\]\.name: "t" is already the name of another gate/,
    ],
    ['no coder', '[[agent]]\nname = "q"\nstage = "qa"\nruntime = "claude"\n', /agent: at least one agent with stage = "current" is needed/],
    ['no agent at all', '', /:1: agent: at least one agent/],
    ['QA by an agent that is not there', `qa = "agent"\n${CODER}`, /:1: qa: "agent" needs an agent with stage = "qa"/],
    [
      'a component outside the repository',
      `${CODER}[[component]]\nname = "x"\npath = "../y"\n`,
      /component\[1\]\.path: must be a path inside the repository/,
    ],
    [
      'tools for a program that has none',
      `${CODER.replace('claude', 'command')}command = ["x"]\nallowed_tools = ["Edit"]\n`,
      /allowed_tools: does not apply to runtime "command"/,
    ],
    ['a name with a slash', CODER.replace('coder-1', 'a/b'), /:2: agent\[1\]\.name: must be lower-case letters/],
    ['a limit of zero', `${CODER}limits.turns = 0\n`, /:5: agent\[1\]\.limits\.turns: must be at least 1, not 0/],
    ['no money at all', `${CODER}limits.cost_usd = 0\n`, /limits\.cost_usd: must be more than 0/],
    ['a branch that git refuses', `base_branch = "a..b"\n${CODER}`, /:1: base_branch: is not a valid name of a git branch/],
    ['an empty gate', `[[gate]]\nname = "t"\ncommand = ""\n${CODER}`, /:3: gate\[1\]\.command: must not be empty/],
  ])('refuse %s', (_, project, message) => {
    expect(projectError(project)).toMatch(message);
  });

  it.each([
    ['no project', 'project = []\n', /:1: project: at least one project is needed/],
    [
      'two projects of one name',
      `${BOT}${BOT.replace('"shop"\npath', '"shop"\npath')}`,
      /:5: project\[2\]\.name: "shop" is already the name of another project/,
    ],
    [
      'one repository twice',
      `${BOT}${BOT.replace('name = "shop"', 'name = "b"')}`,
      /:6: project\[2\]\.path: shop is already the path of another project/,
    ],
    [
      'a data directory inside a repository',
      `data_dir = "shop/state"\n${BOT}`,
      /:1: data_dir: shop\/state is inside the repository of project shop/,
    ],
    ['a role without a transport', `roles.admin = ["anna"]\n${BOT}`, /:1: roles\.admin\[1\]: must be "<transport>:<id>"/],
    ['an offset for a time zone', `timezone = "+01:00"\n${BOT}`, /:1: timezone: is not a known time zone/],
    [
      "a channel's name for its id",
      `${BOT}${SLACK}[[room]]\ntransport = "slack"\nid = "#general"\nproject = "shop"\n`,
      /room\[1\]\.id: must be a channel’s id such as "C024BE91L"/,
    ],
    [
      'an address for the id of a room',
      `${BOT}[matrix]\nhomeserver = "https://a.example"\naccess_token = "env:TOKEN"\n[[room]]\ntransport = "matrix"\nid = "#a:example.org"\nproject = "shop"\n`,
      /room\[1\]\.id: must be a room’s id, which begins with "!"/,
    ],
    [
      'a name for the id of a channel',
      `${BOT}[discord]\ntoken = "env:TOKEN"\n[[room]]\ntransport = "discord"\nid = "general"\nproject = "shop"\n`,
      /room\[1\]\.id: must be a channel’s id, which is a number/,
    ],
    [
      'a member without the workspace',
      `roles.operator = ["slack:U061F7AUR"]\n${BOT}`,
      /:1: roles\.operator\[1\]: must be the ids of workspace and member/,
    ],
    [
      'a role in no network',
      `roles.operator = ["irc:anna"]\n${BOT}`,
      /:1: roles\.operator\[1\]: must begin with console, matrix, discord, slack/,
    ],
    ['a person by a short id', `${BOT}[[person]]\nname = "anna"\nmatrix = "anna"\n`, /person\[1\]\.matrix: must be a full Matrix id/],
    [
      'one id of two people',
      `${BOT}[[person]]\nname = "anna"\ndiscord = "1"\n[[person]]\nname = "ben"\ndiscord = "1"\n`,
      /person\[2\]\.discord: is already the id of anna/,
    ],
    [
      'a project without its file',
      BOT.replace('path = "shop"', 'path = "other"'),
      /^other\/\.musher\/project\.toml:1: does not exist: the file of project shop/,
    ],
  ])('refuse %s', (_, bot, message) => {
    expect(errorOf({ bot }, { TOKEN: 'fake' }).message).toMatch(message);
  });

  it('tell that there is no such file', () => {
    const result = loadSettings(join(workspace(), 'bot.toml'), {});
    expect(result).toMatchObject({ ok: false, error: { code: 'CONFIG_MISSING' } });
  });

  it('survive keys that a table of JavaScript would have', () => {
    expect(projectError(`constructor = 1\n${CODER}`)).toMatch(/project\.toml:1: /);
    expect(projectError(`toString = 1\n${CODER}`)).toMatch(/:1: toString: unknown key/);
  });
});
