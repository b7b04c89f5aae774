import { createReadStream, createWriteStream } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import type { Redactor } from './redactor.ts';

/** The longest secret that is found although two reads share it: longer than any key. */
const HELD = 64 * 1024;
const CHUNK_BYTES = 1024 * 1024;

/**
 * Takes secrets out of a file that nobody writes any more, in pieces, also where a secret lies across two of them. A
 * file without any stays as it is; one with some is replaced as a whole. Resolves to whether there were any.
 */
export async function redactFile(path: string, redactor: Redactor): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  if (found === null || found.size === 0 || !(await holdsAny(path, redactor))) return false;
  const clean = `${path}.redacted`;
  const output = createWriteStream(clean, { mode: 0o600 });
  try {
    for await (const piece of pieces(path, redactor)) if (!output.write(redactor.redact(piece), 'latin1')) await once(output, 'drain');
    output.end();
    await finished(output);
    await rename(clean, path);
    return true;
  } finally {
    await rm(clean, { force: true });
  }
}

async function holdsAny(path: string, redactor: Redactor): Promise<boolean> {
  for await (const piece of pieces(path, redactor)) if (redactor.find(piece).length > 0) return true;
  return false;
}

/** The file's text, in pieces that don't split a secret. */
async function* pieces(path: string, redactor: Redactor): AsyncGenerator<string> {
  let held = '';
  // Latin-1 keeps every byte as it is, whatever the file holds; a secret's own form for that is among those looked for.
  for await (const chunk of createReadStream(path, { encoding: 'latin1', highWaterMark: CHUNK_BYTES })) {
    const text = held + String(chunk);
    const last = text.length - HELD;
    if (last <= 0) {
      held = text;
      continue;
    }
    const across = redactor.find(text).find(({ start, end }) => start < last && end > last);
    const cut = across?.start ?? last;
    if (cut > 0) yield text.slice(0, cut);
    held = text.slice(cut);
  }
  if (held !== '') yield held;
}
