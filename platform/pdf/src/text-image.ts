/**
 * A few words as a picture, for chips that show a face instead of saying it (券面事項確認): lines broken where they are
 * full, made smaller until all of it fits, black on white, one bit a pixel. What no face has is drawn as its base
 * character, and what has none as the printers’ 〓, which nobody takes for a character of a name.
 */
import { GlyphMask, type PlacedOutline } from './glyph-mask.ts';
import { outlineOf } from './glyph-outline.ts';
import { encodePng } from './png.ts';
import { baseCharacter, splitClusters } from './shaper.ts';
import type { GlyphPlace, Typeface } from './typeface.ts';

/** Pixels to a millimetre of a picture: those of the mask that glyphs are drawn in. */
const FINENESS = 10;
const SMALLER = 0.92;
const LEADING = 1.15;
const SIZE_MM_MIN = 1;
const HEAVIER_MM = 0;
const MISSING = '〓';

export interface TextImage {
  readonly text: string;
  readonly width_mm: number;
  readonly height_mm: number;
  /** Of the characters; smaller where the text needs it. */
  readonly size_mm: number;
}

/**
 * The text as a PNG of 10 pixels to a millimetre.
 * @throws where the text is so long that it fits at no size
 */
export function renderTextImage(typeface: Typeface, image: TextImage): Buffer {
  const glyphs = splitClusters(image.text).map((cluster) => placeOf(typeface, cluster));
  for (let size_mm = image.size_mm; size_mm >= SIZE_MM_MIN; size_mm *= SMALLER) {
    const lines = breakLines(glyphs, image.width_mm / size_mm);
    if (lines.length * size_mm * LEADING > image.height_mm && size_mm * SMALLER >= SIZE_MM_MIN) continue;
    if (lines.length * size_mm > image.height_mm) break;
    return draw(typeface, image, lines, size_mm);
  }
  throw new Error('a text fits into its picture at no size');
}

function placeOf(typeface: Typeface, cluster: string): GlyphPlace {
  const base = baseCharacter(cluster);
  const place = typeface.find(cluster) ?? (base === undefined ? undefined : typeface.find(base));
  const found = place ?? typeface.find(MISSING);
  if (!found) throw new Error('the typeface has not even the mark of what it has not');
  return found;
}

function breakLines(glyphs: readonly GlyphPlace[], width_em: number): readonly (readonly GlyphPlace[])[] {
  const lines: GlyphPlace[][] = [[]];
  let used_em = 0;
  for (const glyph of glyphs) {
    if (used_em > 0 && used_em + glyph.advance_em > width_em) {
      lines.push([]);
      used_em = 0;
    }
    lines.at(-1)?.push(glyph);
    used_em += glyph.advance_em;
  }
  return lines;
}

function draw(
  typeface: Typeface,
  { width_mm, height_mm }: TextImage,
  lines: readonly (readonly GlyphPlace[])[],
  size_mm: number,
): Buffer {
  const step_mm = Math.min(size_mm * LEADING, height_mm / lines.length);
  const top_mm = (height_mm - step_mm * lines.length) / 2;
  const outlines = lines.flatMap((line, index) => {
    let x_mm = 0;
    return line.map((place) => {
      const placed = outline(typeface, place, size_mm, x_mm, top_mm + index * step_mm);
      x_mm += place.advance_em * size_mm;
      return placed;
    });
  });
  const mask = new GlyphMask(width_mm, height_mm, outlines, HEAVIER_MM);
  return encodePng({
    width_px: Math.ceil(width_mm * FINENESS),
    height_px: Math.ceil(height_mm * FINENESS),
    isInk: (x, y) => mask.covers((x + 0.5) / FINENESS, (y + 0.5) / FINENESS),
  });
}

function outline(
  typeface: Typeface,
  place: GlyphPlace,
  size_mm: number,
  x_mm: number,
  top_mm: number,
): PlacedOutline {
  const file = typeface.faces[place.face];
  if (!file) throw new Error('a glyph of no face');
  const scale = size_mm / file.metrics.unitsPerEm;
  return { steps: outlineOf(file, place.glyph), scale, x_mm, y_mm: top_mm + file.metrics.ascent * scale };
}
