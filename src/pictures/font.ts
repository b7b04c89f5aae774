import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** The three faces of DejaVu Sans that pictures use. */
export type Face = 'sans' | 'bold' | 'mono';

/** Of each face, its file. */
export function fontFiles(): Readonly<Record<Face, string>> {
  const require = createRequire(import.meta.url);
  const file = (name: string): string => require.resolve(`dejavu-fonts-ttf/ttf/${name}.ttf`);
  return { sans: file('DejaVuSans'), bold: file('DejaVuSans-Bold'), mono: file('DejaVuSansMono') };
}

/** How wide the characters of a face are. */
export interface Widths {
  /** The advance of a code point, as a share of the font's size; null: the font has no such character. */
  of(point: number): number | null;
}

/** Read when a text is first measured: three files, some ms. They never change while Musher runs. */
export const widthsOf = (
  (known: Map<Face, Widths>) =>
  (face: Face): Widths => {
    const before = known.get(face);
    if (before !== undefined) return before;
    const widths = readWidths(readFileSync(fontFiles()[face]));
    known.set(face, widths);
    return widths;
  }
)(new Map());

/** Advance widths from a TrueType file: `cmap` names the glyph of a code point, `hmtx` its width. */
function readWidths(file: Buffer): Widths {
  const table = (tag: string): Buffer => {
    for (let at = 12; at < 12 + 16 * file.readUInt16BE(4); at += 16) {
      if (file.toString('latin1', at, at + 4) !== tag) continue;
      const start = file.readUInt32BE(at + 8);
      return file.subarray(start, start + file.readUInt32BE(at + 12));
    }
    throw new Error(`The font has no table ${tag}.`);
  };
  const unitsPerEm = table('head').readUInt16BE(18);
  const metrics = table('hhea').readUInt16BE(34);
  const hmtx = table('hmtx');
  const glyphOf = characterMap(table('cmap'));
  return {
    of(point) {
      const glyph = glyphOf.get(point);
      // Glyphs beyond the last metric are as wide as that one.
      return glyph === undefined ? null : hmtx.readUInt16BE(4 * Math.min(glyph, metrics - 1)) / unitsPerEm;
    },
  };
}

/** The glyphs of all code points, from the table's largest subtable of Unicode. */
function characterMap(cmap: Buffer): Map<number, number> {
  const subtables = Array.from({ length: cmap.readUInt16BE(2) }, (_, index) => cmap.subarray(cmap.readUInt32BE(4 + 8 * index + 4)));
  const full = subtables.find((one) => one.readUInt16BE(0) === 12);
  const basic = subtables.find((one) => one.readUInt16BE(0) === 4);
  if (full !== undefined) return groups(full);
  return basic === undefined ? new Map() : segments(basic);
}

/** Format 12: groups of code points with consecutive glyphs. */
function groups(table: Buffer): Map<number, number> {
  const map = new Map<number, number>();
  for (let at = 16; at < 16 + 12 * table.readUInt32BE(12); at += 12) {
    const [first, last, glyph] = [table.readUInt32BE(at), table.readUInt32BE(at + 4), table.readUInt32BE(at + 8)];
    for (let point = first; point <= last; point++) map.set(point, glyph + point - first);
  }
  return map;
}

/** Format 4: segments with a difference, or with a place in an array of glyphs. */
function segments(table: Buffer): Map<number, number> {
  const map = new Map<number, number>();
  const size = table.readUInt16BE(6);
  for (let at = 0; at < size; at += 2) {
    const last = table.readUInt16BE(14 + at);
    const first = table.readUInt16BE(16 + size + at);
    const difference = table.readUInt16BE(16 + 2 * size + at);
    const place = 16 + 3 * size + at;
    const offset = table.readUInt16BE(place);
    for (let point = first; point <= last && point < 0xffff; point++) {
      const listed = offset === 0 ? point : table.readUInt16BE(place + offset + 2 * (point - first));
      const glyph = offset !== 0 && listed === 0 ? 0 : (listed + difference) & 0xffff;
      if (glyph !== 0) map.set(point, glyph);
    }
  }
  return map;
}
