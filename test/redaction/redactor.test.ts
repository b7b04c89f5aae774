import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redactFile } from '../../src/redaction/file.ts';
import { redactorFor } from '../../src/redaction/redactor.ts';
import { dataDir } from '../log/data-dir.ts';
import { CONFIGURED, inContext, SHAPED } from './canaries.ts';

const redactor = redactorFor(CONFIGURED);
/** Every way in which one of Musher's own secrets may be written. */
const WRITTEN: Readonly<Record<string, (secret: string) => string>> = {
  plain: (secret) => secret,
  'in JSON': (secret) => JSON.stringify({ secret }),
  'in JSON in JSON': (secret) => JSON.stringify({ line: JSON.stringify({ secret }) }),
  'in an address': (secret) => `https://x.example/?key=${encodeURIComponent(secret)}&b=1`,
  'in a form': (secret) => new URLSearchParams({ key: secret }).toString(),
  'in hexadecimal': (secret) => Buffer.from(secret).toString('hex'),
  ...Object.fromEntries(
    [0, 1, 2, 3].flatMap((before) => [
      [`in base64, ${before} bytes in`, (secret: string) => Buffer.from(`${'u:ab'.slice(0, before)}${secret}:tail`).toString('base64')],
      [
        `in base64 for addresses, ${before} bytes in`,
        (secret: string) => Buffer.from(`${'u:ab'.slice(0, before)}${secret}`).toString('base64url'),
      ],
    ]),
  ),
};

describe('a secret', () => {
  it.each(SHAPED)('that is a %s is taken out, and what it was is said', (name, secret) => {
    const text = redactor.redact(`before ${inContext(name, secret)} after`);
    expect(text).not.toContain(secret);
    expect(text).toContain(`[redacted: ${name}]`);
    expect(text).toMatch(/^before .*/s);
  });

  it.each(Object.keys(WRITTEN))('of the configuration is taken out where it is written %s', (how) => {
    for (const secret of CONFIGURED) {
      const written = WRITTEN[how]?.(secret) ?? '';
      const text = redactor.redact(`before ${written} after`);
      expect(text).toContain('[redacted: configured secret]');
      expect(text).not.toContain(written);
    }
  });

  it('inside a value of any depth goes, and all else of the value stays', () => {
    const [secret = ''] = CONFIGURED;
    const value = { a: [1, null, { deep: `x ${secret} y` }], [secret]: true, same: 'text' };
    expect(redactor.redactAll(value)).toEqual({
      a: [1, null, { deep: 'x [redacted: configured secret] y' }],
      '[redacted: configured secret]': true,
      same: 'text',
    });
    const clean = { a: ['text'] };
    expect(redactor.redactAll(clean)).toBe(clean);
  });

  it('too short to be one is no reason to hide words', () => {
    expect(redactorFor(['main', 'true']).redact('it is true of main')).toBe('it is true of main');
  });
});

describe('what is no secret', () => {
  it.each([
    'commit 3f786850e387550fdab836ed7e6dc881de23001b of refs/heads/musher/42-fix-the-login',
    'sha256 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    'https://example.org/a?b=c and ssh://git@github.com/a/b.git, anna@example.org',
    'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
    'task-skeleton sk-button--primary npm_config_registry AKIAlittle risk-assessment-of-everything-in-the-whole-world-today',
    'import { x } from "a.b.c"; node.js v24.21.0 at http://127.0.0.1:9464/metrics',
  ])('stays: %s', (text) => {
    expect(redactor.redact(text)).toBe(text);
  });

  it('whatever the text: what is left of it holds none, and redacting it again changes nothing', () => {
    const any = fc.array(
      fc.oneof(fc.string(), fc.constantFrom(...CONFIGURED, ...SHAPED.map(([, secret]) => secret), '://', '-----BEGIN ', 'sk-', ' ')),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(any, (parts) => {
        const once = redactor.redact(parts.join(' '));
        expect(redactor.redact(once)).toBe(once);
        for (const secret of CONFIGURED) expect(once).not.toContain(secret);
      }),
    );
  });
});

describe('a file', () => {
  it('loses its secrets wherever they lie, also across two reads of it, and keeps every other byte', async () => {
    const path = join(dataDir(), 'stdout');
    const [secret = ''] = CONFIGURED;
    const [, [, token] = ['', '']] = SHAPED;
    const MB = 1024 * 1024;
    // One begins a few bytes before the end of the first read, one where the last piece is held back.
    const at = [10, MB - 5, MB * 2 - 64 * 1024 - 3, MB * 2 + 7];
    const bytes = Buffer.alloc(MB * 2 + 500, 0xfe);
    for (const [i, place] of at.entries()) bytes.write(` ${i % 2 === 0 ? secret : token} `, place);
    writeFileSync(path, bytes, { mode: 0o600 });
    expect(await redactFile(path, redactor)).toBe(true);
    const after = readFileSync(path);
    expect(after.includes(secret) || after.includes(token)).toBe(false);
    expect(after.toString('latin1').split('[redacted: ')).toHaveLength(5);
    const foreign = bytes.filter((byte) => byte === 0xfe).length;
    expect(after.filter((byte) => byte === 0xfe)).toHaveLength(foreign);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('without secrets is left alone', async () => {
    const path = join(dataDir(), 'stdout');
    writeFileSync(path, 'nothing here\n');
    const { ino } = statSync(path);
    expect(await redactFile(path, redactor)).toBe(false);
    expect(statSync(path).ino).toBe(ino);
    expect(await redactFile(`${path}.no`, redactor)).toBe(false);
  });
});
