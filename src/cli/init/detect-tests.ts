import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** A way to test a repository, with the commands that a fresh worktree needs before it. */
export interface TestCommand {
  /** The file that it was detected from. */
  readonly because: string;
  readonly command: string;
  readonly setup: readonly string[];
}

/** What a detector looks at: the names in the repository's root, and the text of a file there (empty when there is none). */
interface Root {
  has(name: string): boolean;
  text(name: string): string;
  find(pattern: RegExp): string | undefined;
}

/** The test commands that a repository seems to have, the likeliest first. Only looks at files; runs nothing. */
export function detectTests(folder: string): TestCommand[] {
  const names = readdirSync(folder);
  const root: Root = {
    has: (name) => existsSync(join(folder, name)),
    text: (name) => {
      try {
        return readFileSync(join(folder, name), 'utf8');
      } catch {
        return '';
      }
    },
    find: (pattern) => names.find((name) => pattern.test(name)),
  };
  return DETECTORS.flatMap((detect) => detect(root) ?? []);
}

type Detector = (root: Root) => TestCommand | null;

/** In order of preference: a language's own tool says more than a Makefile that may wrap it. */
const DETECTORS: readonly Detector[] = [
  packageJson,
  simple('Cargo.toml', 'cargo test'),
  simple('go.mod', 'go test ./...'),
  python,
  maven,
  gradle,
  simple('mix.exs', 'mix test', ['mix deps.get']),
  ruby,
  composer,
  dotnet,
  (root) => (root.has('deno.json') || root.has('deno.jsonc') ? { because: 'deno.json', command: 'deno test', setup: [] } : null),
  makefile,
];

function simple(file: string, command: string, setup: readonly string[] = []): Detector {
  return (root) => (root.has(file) ? { because: file, command, setup } : null);
}

/** What npm writes into a new package.json. */
const NPM_PLACEHOLDER = /no test specified/;

function packageJson(root: Root): TestCommand | null {
  const file = parseObject(root.text('package.json'));
  const test = parseObject(file['scripts'])['test'];
  if (typeof test !== 'string' || test.trim() === '' || NPM_PLACEHOLDER.test(test)) return null;
  return { because: 'package.json', ...packageManager(root, file) };
}

function packageManager(root: Root, file: Record<string, unknown>): Pick<TestCommand, 'command' | 'setup'> {
  if (root.has('pnpm-lock.yaml')) return { command: 'pnpm test', setup: ['pnpm install --frozen-lockfile'] };
  if (root.has('yarn.lock')) {
    const isClassic = !root.has('.yarnrc.yml') && !/^yarn@[2-9]/.test(String(file['packageManager']));
    return { command: 'yarn test', setup: [`yarn install ${isClassic ? '--frozen-lockfile' : '--immutable'}`] };
  }
  if (root.has('bun.lock') || root.has('bun.lockb')) return { command: 'bun run test', setup: ['bun install --frozen-lockfile'] };
  if (root.has('package-lock.json') || root.has('npm-shrinkwrap.json')) return { command: 'npm test', setup: ['npm ci'] };
  const needs = ['dependencies', 'devDependencies'].some((key) => Object.keys(parseObject(file[key])).length > 0);
  // Without a lock file npm would leave one behind, and the agent would find it in its worktree.
  return { command: 'npm test', setup: needs ? ['npm install --no-package-lock'] : [] };
}

function python(root: Root): TestCommand | null {
  const because = ['pyproject.toml', 'pytest.ini', 'tox.ini', 'setup.cfg', 'setup.py', 'requirements.txt'].find((name) => root.has(name));
  if (because === undefined) return null;
  const mentions = ['pyproject.toml', 'tox.ini', 'setup.cfg', 'requirements.txt', 'requirements-dev.txt'].some((name) =>
    root.text(name).includes('pytest'),
  );
  if (!mentions && !root.has('pytest.ini') && !root.has('tests') && !root.has('test') && root.find(/^test_.*\.py$/) === undefined) {
    return root.has('tox.ini') ? { because: 'tox.ini', command: 'tox', setup: [] } : null;
  }
  if (root.has('uv.lock')) return { because: 'uv.lock', command: 'uv run pytest', setup: ['uv sync'] };
  if (root.has('poetry.lock')) return { because: 'poetry.lock', command: 'poetry run pytest', setup: ['poetry install'] };
  return { because, command: 'python3 -m pytest', setup: [] };
}

function maven(root: Root): TestCommand | null {
  return root.has('pom.xml') ? { because: 'pom.xml', command: `${root.has('mvnw') ? './mvnw' : 'mvn'} -q test`, setup: [] } : null;
}

function gradle(root: Root): TestCommand | null {
  const because = root.find(/^build\.gradle(?:\.kts)?$/);
  return because === undefined ? null : { because, command: `${root.has('gradlew') ? './gradlew' : 'gradle'} test`, setup: [] };
}

function ruby(root: Root): TestCommand | null {
  if (!root.has('Gemfile')) return null;
  const hasSpecs = root.has('spec') || root.has('.rspec');
  if (!hasSpecs && !root.has('Rakefile')) return null;
  return { because: 'Gemfile', command: hasSpecs ? 'bundle exec rspec' : 'bundle exec rake test', setup: ['bundle install'] };
}

function composer(root: Root): TestCommand | null {
  const scripts = parseObject(parseObject(root.text('composer.json'))['scripts']);
  return scripts['test'] === undefined ? null : { because: 'composer.json', command: 'composer test', setup: ['composer install'] };
}

function dotnet(root: Root): TestCommand | null {
  const because = root.find(/\.(?:sln|slnx|csproj|fsproj)$/);
  return because === undefined ? null : { because, command: 'dotnet test', setup: [] };
}

function makefile(root: Root): TestCommand | null {
  const because = ['Makefile', 'makefile', 'GNUmakefile'].find((name) => /^test\s*:(?!=)/m.test(root.text(name)));
  return because === undefined ? null : { because, command: 'make test', setup: [] };
}

/** An object out of JSON text or of a value that should be one; empty when it is neither. */
function parseObject(value: unknown): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  if (typeof value !== 'string' || value === '') return {};
  try {
    const parsed: unknown = JSON.parse(value);
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
