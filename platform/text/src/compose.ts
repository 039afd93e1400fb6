/**
 * Canonical composition that is safe for names. NFC composes か + U+3099 into が, which nobody can see, but it also
 * replaces the CJK compatibility ideographs, which everybody can: U+FA19 becomes 神 U+795E. They have singleton
 * decompositions and compose with nothing, so normalising the stretches between them composes all that may be
 * composed and leaves them as they are. NFKC is never right for a name.
 */

const COMPATIBILITY_IDEOGRAPH = /[\uF900-\uFAFF\u{2F800}-\u{2FA1F}]/u;
const COMPATIBILITY_IDEOGRAPHS = /([\uF900-\uFAFF\u{2F800}-\u{2FA1F}]+)/u;

/** Whether the character is in the blocks of CJK compatibility ideographs. */
export const isCompatibilityIdeograph = (codePoint: number): boolean =>
  (codePoint >= 0xf900 && codePoint <= 0xfaff) || (codePoint >= 0x2f800 && codePoint <= 0x2fa1f);

/** NFC of everything but the CJK compatibility ideographs, which are kept. */
export function composeSafely(text: string): string {
  if (!COMPATIBILITY_IDEOGRAPH.test(text)) return text.normalize('NFC');
  return text
    .split(COMPATIBILITY_IDEOGRAPHS) // the ideographs stand at the odd places
    .map((part, index) => (index % 2 === 1 ? part : part.normalize('NFC')))
    .join('');
}
