export { addressKey } from './address-key.ts';
export { type AddressParts, addressParts, roomOf } from './address-parts.ts';
export {
  type CalendarDate,
  calendarDate,
  daysInMonth,
  formatIso,
  isIsoDate,
  isRealDate,
} from './calendar-date.ts';
export {
  areSubstitutesOffered,
  type CertificateText,
  isCertificateText,
  NO_SUBSTITUTE,
  type Substitutes,
  substituteForCertificate,
  substitutesFor,
} from './certificate-text.ts';
export { charactersOf, countCharacters } from './characters.ts';
export { composeSafely } from './compose.ts';
export { type DetectedEncoding, detectEncoding } from './detect-encoding.ts';
export { ERAS, type Era, type EraCode, eraOf, formatWareki, parseWareki } from './era.ts';
export { foldKana } from './fold-kana.ts';
export {
  findGlyph,
  type Glyph,
  type GlyphCode,
  glyphNamed,
  glyphOfUnifiedCode,
  resolveGlyphReferences,
} from './glyph.ts';
export { isJisX0208, isSupplementaryKanji, type JisClass, jisClassOf } from './jis.ts';
export { unifyJisSymbols } from './jis-symbols.ts';
export { toFullWidthKatakana, toHiragana, toKatakana } from './kana.ts';
export { nameKey } from './name-key.ts';
export {
  eraOfPartialDate,
  formatEraPrefixedDate,
  formatPartialDate,
  formatPartialWareki,
  type PartialDate,
  type PartialDateCode,
  parseEraPrefixedDate,
  parsePartialDate,
} from './partial-date.ts';
export { checkPersonText, type PersonTextCode } from './person-text.ts';
export { type PlacePart, placeRomaji } from './place-romaji.ts';
export { type RomajiCode, romaji } from './romaji.ts';
export { type DecodeCode, decodeFileText, type FileEncoding, FileTextDecoder } from './text-decoder.ts';
export { toFullWidthAscii, toHalfWidthAscii } from './width.ts';
