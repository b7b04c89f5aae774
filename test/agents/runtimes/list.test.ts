import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { RUNTIMES, SUGGESTED } from '../../../src/agents/runtimes/index.ts';
import { agentSchemaFor } from '../../../src/config/sections/agents.ts';
import { fieldsOf } from '../../../src/config/read/shape.ts';
import { dummyRuntime } from '../conformance/dummy/dummy.ts';

const ROOT = join(import.meta.dirname, '../../..');
const PAGE = readFileSync(join(ROOT, 'docs/runtimes.md'), 'utf8');
const names = RUNTIMES.map(({ name }) => name);

/** A file's code without its comments, in which a program may be named to say why. */
function codeOf(path: string): string {
  return readFileSync(path, 'utf8').replace(/\/\*[\s\S]*?\*\/|(^|\s)\/\/.*$/gm, '$1');
}

describe('the list of runtimes', () => {
  it('is the only place in the code that names one, besides its own folder', () => {
    // "command" is a word of every day; which runtime an agent has, no code may ask either.
    const others = names.filter((name) => name !== 'command');
    const named = new RegExp(`\\b(?:${others.join('|')})\\b|runtime\\s*[!=]==\\s*'`, 'i');
    const files = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !file.startsWith('agents/runtimes/'))
      .filter((file) => named.test(codeOf(join(ROOT, 'src', file))));
    expect(files).toEqual([]);
    expect(named.test("if (agent.runtime === 'x') return;")).toBe(true);
    expect(named.test("const NEEDS = ['claude'];")).toBe(true);
  });

  it('has a folder for each, and each says how it is told apart, installed and signed in to', () => {
    expect(new Set(names).size).toBe(names.length);
    const folders = readdirSync(join(ROOT, 'src/agents/runtimes'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(folders.map(({ name }) => name).toSorted()).toEqual(names.toSorted());
    for (const { name, title, command, doctor } of RUNTIMES.filter(({ command: own }) => own !== null)) {
      expect({ name, title: title !== '', command, signs: (doctor.signedIn === null) === (doctor.signIn === null) }).toMatchObject({
        title: true,
        signs: true,
      });
      expect(doctor.install).not.toBeNull();
    }
    expect(names).toContain(SUGGESTED.name);
  });

  it('is what docs/runtimes.md describes: a heading, its keys, and the hosts that it reaches', () => {
    const headings = [...PAGE.matchAll(/^## Runtime `([a-z]+)`$/gm)].map(([, name = '']) => name);
    expect(headings).toEqual(names);
    const sections = new Map(PAGE.split(/^## /m).map((text) => [/^Runtime `([a-z]+)`/.exec(text)?.[1] ?? '', text]));
    for (const { name, keys, needs } of RUNTIMES) {
      const section = sections.get(name) ?? '';
      const words = [...Object.keys(keys), ...needs.hosts, ...needs.folders.slice(0, 1).map(({ variable }) => variable)];
      expect({ name, missing: words.filter((word) => !section.includes(word)) }).toEqual({ name, missing: [] });
    }
  });

  it('gives the configuration its names and keys; a key of several runtimes is one and the same', () => {
    const schema = agentSchemaFor([...RUNTIMES, dummyRuntime]);
    const agent = { name: 'a', stage: 'current', runtime: 'dummy', mood: 'good' };
    expect(schema.safeParse(agent).success).toBe(true);
    expect(schema.safeParse({ ...agent, mood: 'odd' }).success).toBe(false);
    expect(schema.safeParse({ ...agent, runtime: 'no-such' }).success).toBe(false);
    expect(fieldsOf(schema).find(({ key }) => key === 'mood')?.description).toContain('`dummy`');
    for (const key of new Set(RUNTIMES.flatMap(({ keys }) => Object.keys(keys)))) {
      const schemas = new Set(RUNTIMES.flatMap(({ keys }) => (key in keys ? [keys[key]] : [])));
      expect({ key, schemas: schemas.size }).toEqual({ key, schemas: 1 });
    }
  });
});
