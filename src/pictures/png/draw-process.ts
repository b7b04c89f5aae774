import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { initWasm, Resvg } from '@resvg/resvg-wasm';
import type { Picture } from '../../message/picture/picture.ts';
import { draw } from '../draw.ts';
import { fontFiles } from '../font.ts';
import { PICTURE_LIMITS } from './limits.ts';

/*
 * The process that makes PNG of pictures: it gets one as a message and answers with one. It knows no network, no secret and no path
 * but those of the fonts. What makes it fail or hang ends it, and nothing else.
 */

/** What it is asked. */
export interface DrawRequest {
  readonly id: number;
  readonly picture: Picture;
}

/** What it answers; `problem` where there is no picture. */
export type DrawAnswer =
  | { readonly id: number; readonly png: Uint8Array; readonly width: number; readonly height: number }
  | { readonly id: number; readonly problem: string };

async function begin(): Promise<void> {
  const wasm = createRequire(import.meta.url).resolve('@resvg/resvg-wasm/index_bg.wasm');
  await initWasm(readFileSync(wasm));
  const { sans, bold, mono } = fontFiles();
  const fontBuffers = [sans, bold, mono].map((file) => readFileSync(file));
  process.on('message', (request: DrawRequest) => process.send?.(answer(request, fontBuffers)));
  // Whoever asked has ended.
  process.on('disconnect', () => process.exit(0));
  process.send?.('ready');
}

function answer({ id, picture }: DrawRequest, fontBuffers: Uint8Array[]): DrawAnswer {
  try {
    const { svg, width, height } = draw(picture);
    const scale = Math.min(PICTURE_LIMITS.scale, PICTURE_LIMITS.side / width, PICTURE_LIMITS.side / height);
    const drawn = new Resvg(svg, {
      fitTo: { mode: 'zoom', value: scale },
      font: { fontBuffers, defaultFontFamily: 'DejaVu Sans', sansSerifFamily: 'DejaVu Sans', monospaceFamily: 'DejaVu Sans Mono' },
    });
    const image = drawn.render();
    const result = { id, png: image.asPng(), width: image.width, height: image.height };
    image.free();
    drawn.free();
    return result;
  } catch (error) {
    return { id, problem: error instanceof Error ? error.message : String(error) };
  }
}

await begin();
