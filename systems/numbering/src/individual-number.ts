/**
 * The individual number (個人番号, My Number): eleven digits and a check digit (番号法施行規則, 総務省令85号 art. 5). How the eleven
 * come about is assign-numbers.ts.
 */
import { fail, ok, type Result } from '@ishizue/outcome';

export type IndividualNumberFailure = 'individual-number-malformed' | 'individual-number-check-digit';

/**
 * With P₁ the lowest of eleven digits, r = Σ Pₙ·Qₙ mod 11 where Qₙ = n+1 (n ≤ 6), n−5 (n ≥ 7); 11 − r, and 0 where
 * r ≤ 1.
 */
export function individualNumberCheckDigit(elevenDigits: string): string {
  let sum = 0;
  for (let n = 1; n <= 11; n++) sum += Number(elevenDigits[11 - n]) * (n <= 6 ? n + 1 : n - 5);
  const remainder = sum % 11;
  return remainder <= 1 ? '0' : String(11 - remainder);
}

/** The twelve-digit number of eleven digits. */
export function individualNumberOf(elevenDigits: string): string {
  if (!/^\d{11}$/.test(elevenDigits)) throw new Error('an individual number is made of eleven digits');
  return elevenDigits + individualNumberCheckDigit(elevenDigits);
}

/** An individual number from outside: twelve digits with the right check digit. */
export function parseIndividualNumber(text: string): Result<string, IndividualNumberFailure> {
  if (!/^\d{12}$/.test(text))
    return fail('individual-number-malformed', 'an individual number has twelve digits');
  if (individualNumberCheckDigit(text.slice(0, 11)) !== text[11])
    return fail('individual-number-check-digit', 'the check digit of the individual number is wrong');
  return ok(text);
}
