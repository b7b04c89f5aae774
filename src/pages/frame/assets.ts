import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Asset } from '../../../transports/views.ts';
import { packageRoot } from '../../version.ts';

/** The style sheets first in the joined one: what later ones build on. */
const FIRST = 'base.css';
const TYPES = { css: 'text/css; charset=utf-8', js: 'text/javascript; charset=utf-8', svg: 'image/svg+xml' } as const;

/** The files that pages name. */
export interface Assets {
  /** What a page writes for a file, by its plain name: `/assets/start-3f2a….js`. */
  url(name: string): string;
  get(name: string): Asset | null;
}

/**
 * Reads all files of the pages: style sheets joined into `style.css`, scripts as they are, but for the names in their imports.
 * Each name carries a digest of all files, so that a page never mixes two versions and a browser may keep each for ever.
 */
export function readAssets(): Assets {
  const folder = join(packageRoot(), 'src/pages/assets');
  const names = readdirSync(folder)
    .filter((name) => /\.(?:css|js|svg)$/.test(name))
    .sort();
  const text = (name: string): string => readFileSync(join(folder, name), 'utf8');
  const sheets = [FIRST, ...names.filter((name) => name.endsWith('.css') && name !== FIRST)];
  const files = new Map([
    ['style.css', sheets.map(text).join('\n')],
    ['htmx.js', readFileSync(createRequire(import.meta.url).resolve('htmx.org/dist/htmx.esm.min.js'), 'utf8')],
    ...names.filter((name) => !name.endsWith('.css')).map((name) => [name, text(name)] as const),
  ]);
  const digest = createHash('sha256');
  for (const [name, content] of files) digest.update(`${name}\0${content}\0`);
  const mark = digest.digest('hex').slice(0, 12);
  const marked = (name: string): string => name.replace(/\.([a-z]+)$/, `-${mark}.$1`);
  const assets = new Map(
    Array.from(files, ([name, content]): [string, Asset] => {
      const ending = name.slice(name.lastIndexOf('.') + 1) as keyof typeof TYPES;
      const named =
        ending === 'js' && name !== 'htmx.js'
          ? content.replaceAll(
              /(\bfrom\s*|\bimport\s*)'\.\/([a-z-]+\.js)'/g,
              (_, before: string, of: string) => `${before}'./${marked(of)}'`,
            )
          : content;
      return [marked(name), { type: TYPES[ending], bytes: Buffer.from(named) }];
    }),
  );
  return {
    url(name) {
      if (!files.has(name)) throw new Error(`there is no file ${name} among the assets`);
      return `/assets/${marked(name)}`;
    },
    get: (name) => assets.get(name) ?? null,
  };
}
