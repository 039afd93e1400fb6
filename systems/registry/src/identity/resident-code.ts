/**
 * The resident code (住民票コード): ten random digits and a check digit (住民基本台帳法施行規則 art. 1). The formula of the
 * check digit is a ministerial notice that we could not confirm word for word; it stands here and nowhere else.
 */
import { fail, ok, type Result } from '@ishizue/outcome';

export type ResidentCodeFailure = 'resident-code-malformed' | 'resident-code-check-digit';

/**
 * The check digit of ten digits: with P₁ the lowest, r = Σ Pₙ·Qₙ mod 11 where Qₙ = n+1 (n ≤ 6), n−5 (n ≥ 7); 11 − r,
 * and 0 where r ≤ 1 (the formula of 総務省令85号 art. 5 over ten digits).
 */
export function residentCodeCheckDigit(tenDigits: string): string {
  let sum = 0;
  for (let n = 1; n <= 10; n++) sum += Number(tenDigits[10 - n]) * (n <= 6 ? n + 1 : n - 5);
  const remainder = sum % 11;
  return remainder <= 1 ? '0' : String(11 - remainder);
}

/** The eleven-digit code of ten digits. */
export function residentCodeOf(tenDigits: string): string {
  if (!/^\d{10}$/.test(tenDigits)) throw new Error('a resident code is made of ten digits');
  return tenDigits + residentCodeCheckDigit(tenDigits);
}

/** A resident code from outside: eleven digits with the right check digit. */
export function parseResidentCode(text: string): Result<string, ResidentCodeFailure> {
  if (!/^\d{11}$/.test(text)) return fail('resident-code-malformed', 'a resident code has eleven digits');
  if (residentCodeCheckDigit(text.slice(0, 10)) !== text[10])
    return fail('resident-code-check-digit', 'the check digit of the resident code is wrong');
  return ok(text);
}
