/**
 * Text as older registers hand it over: the bytes of ASCII and JIS X 0208, which Shift_JIS and CP932 have in common, and
 * nothing else. A character outside is written as a reference to its glyph, `{MJ028902}`, so that nothing becomes a
 * substitute or a question mark; that includes IBM's extensions (髙, 﨑), about which systems disagree.
 */
import { charactersOf, findGlyph, isJisX0208, unifyJisSymbols } from '@ishizue/text';

const SINGLE_BYTE_MAX = 0x7f;
/** First bytes of JIS X 0208's rows; 0x87 (NEC) and 0xED to 0xFC (IBM) hold extensions. */
const FIRST_BYTES = [0x81, 0x82, 0x83, 0x84, ...range(0x88, 0x9f), ...range(0xe0, 0xea)];
const SECOND_BYTES = [...range(0x40, 0x7e), ...range(0x80, 0xfc)];

let codes: Uint16Array | undefined;
const references = new Map<string, string>();

/** The bytes of each UTF-16 unit as one number, 0 where it has none: the platform's decoder, turned around. */
function loadCodes(): Uint16Array {
  const decoder = new TextDecoder('shift_jis');
  const loaded = new Uint16Array(0x1_0000);
  for (let unit = 1; unit <= SINGLE_BYTE_MAX; unit++) loaded[unit] = unit;
  for (const first of FIRST_BYTES) {
    for (const second of SECOND_BYTES) {
      const text = decoder.decode(Uint8Array.of(first, second));
      if (text.length === 1 && isJisX0208(text)) loaded[text.charCodeAt(0)] = first * 0x100 + second;
    }
  }
  return loaded;
}

/** The bytes of a text; throws where a character has neither a code nor a glyph, since no register could hold it. */
export function encodeCp932(text: string): Buffer {
  codes ??= loadCodes();
  const writable = withReferences(unifyJisSymbols(text), codes);
  const bytes = Buffer.allocUnsafe(writable.length * 2);
  let length = 0;
  for (let index = 0; index < writable.length; index++) {
    const code = codes[writable.charCodeAt(index)] ?? 0;
    if (code > SINGLE_BYTE_MAX) bytes[length++] = code >> 8;
    bytes[length++] = code & 0xff;
  }
  return bytes.subarray(0, length);
}

/** Copies runs that have codes whole, since all but a few characters of a register do. */
function withReferences(text: string, known: Uint16Array): string {
  let writable = '';
  let copied = 0;
  for (let index = 0; index < text.length; index++) {
    const isSelected = isSelector(text.charCodeAt(index + 1));
    if (known[text.charCodeAt(index)] !== 0 && !isSelected) continue;
    // a base outside the basic plane has two units, a selector of U+E0100… two more
    const [character = ''] = charactersOf(text.slice(index, index + 4));
    writable += text.slice(copied, index) + referenceTo(character);
    copied = index + character.length;
    index = copied - 1;
  }
  return copied === 0 ? text : writable + text.slice(copied);
}

function referenceTo(character: string): string {
  const written = references.get(character);
  if (written !== undefined) return written;
  const glyph = findGlyph(character);
  if (!glyph) throw new Error('a character has neither a code in JIS X 0208 nor a glyph in the MJ list');
  const reference = `{${glyph.mj}}`;
  references.set(character, reference);
  return reference;
}

/** The first unit of U+E0100 to U+E01EF, or one of U+FE00 to U+FE0F. */
function isSelector(unit: number): boolean {
  return unit === 0xdb40 || (unit >= 0xfe00 && unit <= 0xfe0f);
}

function range(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}
