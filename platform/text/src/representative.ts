/**
 * One representative for the forms of a kanji, for comparison keys. Two characters are forms of one only where an
 * official table says so and is unambiguous, in this order:
 * 1. a compatibility ideograph and its unified ideograph (Unicode's canonical decomposition; U+FA19 → 神);
 * 2. 康熙字典体 and the form of 常用漢字表 (澤 → 沢);
 * 3. else a character on the lists for names (常用漢字, 人名用漢字) is one in its own right: 嶋 is not 島, 斎 is not 斉;
 * 4. else what JIS unifies it with, else its parents in the family register's list, one step, where all lead to one
 *    (髙 → 高, 﨑 → 崎, 邉 → 邊 and 辺 → 辺). Longer ways and dictionaries are left out: a false merge is worse than a miss.
 */
import { CodePointMap } from './code-point-map.ts';
import { isCompatibilityIdeograph } from './compose.ts';
import { type MjData, mjData } from './mj-data.ts';

let folded: CodePointMap | undefined;

/** The representative of the ideograph; itself where it stands for itself. */
export function representativeOf(codePoint: number): number {
  folded ??= representatives(mjData());
  return folded.get(codePoint) || codePoint;
}

/** From each ideograph that does not stand for itself to its representative. */
function representatives(data: MjData): CodePointMap {
  const done = new CodePointMap();
  const resolve = (codePoint: number): number => {
    const known = done.get(codePoint);
    if (known !== 0) return known;
    done.set(codePoint, codePoint); // a circle ends where it began
    const targets = formsAbove(codePoint, data).map(resolve);
    const [first] = targets;
    const representative =
      first !== undefined && targets.every((target) => target === first) ? first : codePoint;
    done.set(codePoint, representative);
    return representative;
  };
  const changed = new CodePointMap();
  for (const start of ideographs(data)) {
    const representative = resolve(start);
    if (representative !== start) changed.set(start, representative);
  }
  return changed;
}

/** The characters that the tables put above this one; several only where one table gives several. */
function formsAbove(codePoint: number, data: MjData): number[] {
  const decomposed = decompose(codePoint);
  if (decomposed !== codePoint) return [decomposed];
  const reformed = data.reformed.get(codePoint);
  if (reformed !== 0) return [reformed];
  if (data.nameLists.get(codePoint) !== 0) return [];
  const glyph = data.byCodePoint.get(codePoint);
  const unified = data.shrink.unification[glyph] ?? 0;
  if (unified !== 0 && unified !== codePoint) return [unified];
  const { parentOffsets, parents } = data.shrink;
  return [...parents.subarray(parentOffsets[glyph], parentOffsets[glyph + 1])].filter(
    (parent) => parent !== codePoint,
  );
}

function decompose(codePoint: number): number {
  if (!isCompatibilityIdeograph(codePoint)) return codePoint;
  return String.fromCodePoint(codePoint).normalize('NFC').codePointAt(0) ?? codePoint;
}

/** Every code point that may have a form above it. */
function* ideographs(data: MjData): Generator<number> {
  for (const base of data.base) if (base !== 0) yield base;
  for (let codePoint = 0xf900; codePoint <= 0xfaff; codePoint++) yield codePoint;
  for (let codePoint = 0x2f800; codePoint <= 0x2fa1f; codePoint++) yield codePoint;
}
