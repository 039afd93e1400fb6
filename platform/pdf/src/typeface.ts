/**
 * The faces that papers are set in: BIZ UDMincho, which comes with the package, and behind it whatever wider faces
 * the machine has (IPAmj Mincho: 58,000 characters and the variation sequences of the MJ set). Opened once a
 * process, immutable, shared by all documents.
 *
 * Invariant: a character is drawn by a face that has it, or it is missing. Never by a box.
 */
import { access, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import { fail, ok, type Result } from '@ishizue/outcome';
import { FontFile } from './font-file.ts';

/** Where a cluster's glyph is. */
export interface GlyphPlace {
  /** Index into `Typeface.faces`. */
  readonly face: number;
  readonly glyph: number;
  /** Advance width in ems. */
  readonly advance_em: number;
}

const BUNDLED = '@expo-google-fonts/biz-udmincho/400Regular/BIZUDMincho_400Regular.ttf';

/** Where distributions put IPAmj Mincho; the first that is present is used. */
const WIDER_FACES = [
  '/usr/share/fonts/truetype/ipamj/ipamjm.ttf',
  '/usr/share/fonts/ipa-mj-mincho/ipamjm.ttf',
  '/usr/local/share/fonts/ipamjm.ttf',
  '/Library/Fonts/ipamjm.ttf',
  join(homedir(), '.local/share/fonts/ipamjm.ttf'),
  join(homedir(), 'Library/Fonts/ipamjm.ttf'),
];

/**
 * Characters that no face may draw even if it has a glyph: controls and invisible format characters, private use
 * (another picture on every site), and combining marks, which would stand beside their base instead of on it.
 */
const UNDRAWABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{M}]/u;

/** An ordered set of faces. */
export class Typeface {
  readonly faces: readonly FontFile[];

  constructor(faces: readonly FontFile[]) {
    if (faces.length === 0) throw new Error('a typeface needs a face');
    if (new Set(faces.map((face) => face.name)).size < faces.length) throw new Error('a face is named twice');
    this.faces = Object.freeze([...faces]);
  }

  /**
   * The first face's glyph for a cluster (one character, or one with a variation selector); undefined when no face
   * has it. A sequence that a face does not know is not in that face: its base alone may be another person's name.
   */
  find(cluster: string): GlyphPlace | undefined {
    const base = cluster.codePointAt(0) ?? 0;
    const selector = cluster.codePointAt(base > 0xffff ? 2 : 1);
    if (UNDRAWABLE.test(String.fromCodePoint(base))) return undefined;
    for (const [face, file] of this.faces.entries()) {
      const glyph =
        selector === undefined
          ? file.characters.glyphOf(base)
          : file.characters.glyphOfSequence(base, selector);
      if (glyph !== 0) {
        return { face, glyph, advance_em: file.advanceOf(glyph) / file.metrics.unitsPerEm };
      }
    }
    return undefined;
  }
}

/**
 * Opens the bundled face and the wider ones.
 * @param wider paths of further TrueType files, in order; by default IPAmj Mincho where the machine has it
 */
export async function openTypeface(wider?: readonly string[]): Promise<Result<Typeface, 'font-unusable'>> {
  const bundled = createRequire(import.meta.url).resolve(BUNDLED);
  const faces: FontFile[] = [];
  for (const path of [bundled, ...(wider ?? (await presentWiderFaces()))]) {
    const bytes = await readFile(path).catch(() => undefined);
    if (bytes === undefined) return fail('font-unusable', `${basename(path)}: cannot be read`);
    const face = FontFile.read(bytes, basename(path));
    if (!face.ok) return face;
    faces.push(face.value);
  }
  return ok(new Typeface(faces));
}

async function presentWiderFaces(): Promise<readonly string[]> {
  for (const path of WIDER_FACES) {
    const isPresent = await access(path).then(
      () => true,
      () => false,
    );
    if (isPresent) return [path];
  }
  return [];
}
