/**
 * Seven JIS characters have two code points: one in the JIS tables (〜 U+301C), one in Windows' code page 932 (～ U+FF5E).
 * A file in CP932 gives the latter, one typed on another system the former, for one character. Text from files is
 * brought to Windows' values, because only they can be written back to CP932, which municipal systems exchange.
 */

/** From the JIS tables' code points to Windows'. */
const WINDOWS_FORMS: ReadonlyMap<string, string> = new Map([
  ['\u301C', '\uFF5E'], // WAVE DASH → FULLWIDTH TILDE
  ['\u2016', '\u2225'], // DOUBLE VERTICAL LINE → PARALLEL TO
  ['\u2212', '\uFF0D'], // MINUS SIGN → FULLWIDTH HYPHEN-MINUS
  ['\u2014', '\u2015'], // EM DASH → HORIZONTAL BAR
  ['\u00A2', '\uFFE0'], // CENT SIGN → FULLWIDTH CENT SIGN
  ['\u00A3', '\uFFE1'], // POUND SIGN → FULLWIDTH POUND SIGN
  ['\u00AC', '\uFFE2'], // NOT SIGN → FULLWIDTH NOT SIGN
]);

const JIS_FORMS = /[\u301C\u2016\u2212\u2014\u00A2\u00A3\u00AC]/g;

/** The text with the seven symbols in Windows' code points; idempotent. */
export function unifyJisSymbols(text: string): string {
  return text.replace(JIS_FORMS, (symbol) => WINDOWS_FORMS.get(symbol) ?? symbol);
}
