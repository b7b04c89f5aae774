import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

interface AgentPackage {
  readonly name: string;
  /** The version against which the runtime is proven. */
  readonly version: string;
  /** Where the program may lie in `node_modules`; the first that is there counts. */
  readonly programs: readonly string[];
}

const { platform, arch } = process;
/** By the runtime's name. No install script runs, so a program that comes in a package for the platform is started there. */
const AGENTS = {
  claude: {
    name: '@anthropic-ai/claude-code',
    version: '2.1.329',
    programs: [`@anthropic-ai/claude-code-${platform}-${arch}/claude`, `@anthropic-ai/claude-code-${platform}-${arch}-musl/claude`],
  },
  codex: { name: '@openai/codex', version: '0.169.0', programs: ['.bin/codex'] },
  opencode: {
    name: 'opencode-ai',
    version: '1.18.33',
    // The baseline runs on every processor.
    programs: [`opencode-${platform}-${arch}-baseline/bin/opencode`, `opencode-${platform}-${arch}/bin/opencode`],
  },
  gemini: { name: '@google/gemini-cli', version: '0.61.0', programs: ['.bin/gemini'] },
} as const satisfies Record<string, AgentPackage>;

const CACHE = new URL('../node_modules/.cache/', import.meta.url).pathname;

/**
 * Installs an agent's program from the npm registry into a cache folder and returns its path. None is a dependency of Musher:
 * only the tests of its runtime want it. Throws where it can't be had.
 */
export function installAgent(runtime: keyof typeof AGENTS): string {
  const { name, version, programs }: AgentPackage = AGENTS[runtime];
  const dir = join(CACHE, `${runtime}-${version}`);
  if (!existsSync(dir)) {
    // Into a folder beside it first: an install that was broken off must not look like one that is complete.
    const fresh = `${dir}.${process.pid}`;
    mkdirSync(fresh, { recursive: true });
    writeFileSync(join(fresh, 'package.json'), '{"private":true}\n');
    execFileSync('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--no-save', `${name}@${version}`], {
      cwd: fresh,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    rmSync(dir, { recursive: true, force: true });
    renameSync(fresh, dir);
  }
  const program = programs.map((path) => join(dir, 'node_modules', path)).find((path) => existsSync(path));
  if (program === undefined) throw new Error(`${name} ${version} has no program for ${platform} on ${arch}.`);
  return program;
}

/** The program, or why it can't be had: no package for this platform, no registry. For a test that is then skipped with that. */
export function agentProgram(runtime: keyof typeof AGENTS): { readonly file: string; readonly missing: string | null } {
  try {
    return { file: installAgent(runtime), missing: null };
  } catch (error) {
    return { file: '', missing: error instanceof Error ? error.message : String(error) };
  }
}
