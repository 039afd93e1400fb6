/**
 * The six-digit code of a local government (全国地方公共団体コード): two digits of prefecture, three of municipality,
 * one check digit. A code whose digit is wrong never passes this file.
 */
import { fail, ok, type Result } from '@ishizue/outcome';

/** Why a text is no municipality code. */
export type MunicipalityCodeFailure =
  | 'municipality-code-malformed'
  | 'municipality-code-prefecture-unknown'
  | 'municipality-code-check-digit-wrong';

/** A code in its parts. */
export interface MunicipalityCode {
  readonly code: string;
  readonly fiveDigits: string;
  readonly prefecture: string;
}

const PREFECTURES = 47;
const FIVE_DIGITS = /^[0-9]{5}$/;
const SIX_DIGITS = /^[0-9]{6}$/;

/**
 * The check digit of the first five digits: (11 − (6a+5b+4c+3d+2e) mod 11) mod 10.
 * @param fiveDigits exactly five ASCII digits; anything else throws
 */
export function municipalityCheckDigit(fiveDigits: string): string {
  if (!FIVE_DIGITS.test(fiveDigits)) throw new Error('a check digit is made from exactly five digits');
  let sum = 0;
  for (let index = 0; index < 5; index++) sum += Number(fiveDigits[index]) * (6 - index);
  return String((11 - (sum % 11)) % 10);
}

/** Reads a six-digit code and checks its digit. Whether the place exists, the directory says. */
export function parseMunicipalityCode(text: string): Result<MunicipalityCode, MunicipalityCodeFailure> {
  if (!SIX_DIGITS.test(text))
    return fail('municipality-code-malformed', 'a municipality code is six ASCII digits');
  const fiveDigits = text.slice(0, 5);
  const prefecture = text.slice(0, 2);
  const number = Number(prefecture);
  if (number < 1 || number > PREFECTURES)
    return fail('municipality-code-prefecture-unknown', `there is no prefecture ${prefecture}`);
  if (municipalityCheckDigit(fiveDigits) !== text[5])
    return fail('municipality-code-check-digit-wrong', `${text} does not end in its check digit`);
  return ok({ code: text, fiveDigits, prefecture });
}
