/**
 * The number on a paper, in its bar code and in the file of returns: a letter (`A` application forms, `E` notices of expiry, `K`
 * notices of delivery, `N` notices of procedures, `P` lists of parcels), eight digits, and a check digit (ISO/IEC 7812-1, "Luhn"), so that a number that was
 * misread is nobody's. It says nothing of the person.
 */
import { fail, ok, type Result } from '@ishizue/outcome';

const DIGITS = 8;
const FORM = /^[AEKNP][0-9]{9}$/;

/** What a number is of. */
export type NumberLetter = 'A' | 'E' | 'K' | 'N' | 'P';

export function noticeNumberOf(noticeId: number, letter: NumberLetter = 'E'): string {
  const digits = String(noticeId).padStart(DIGITS, '0');
  return `${letter}${digits}${checkDigitOf(digits)}`;
}

export function parseNoticeNumber(
  text: string,
  letter: NumberLetter = 'E',
): Result<number, 'notice-number-malformed' | 'notice-number-check-digit'> {
  if (!FORM.test(text) || !text.startsWith(letter))
    return fail('notice-number-malformed', `${letter} and nine digits`);
  const digits = text.slice(1, 1 + DIGITS);
  return text.endsWith(checkDigitOf(digits))
    ? ok(Number(digits))
    : fail('notice-number-check-digit', 'the last digit is not that of the others');
}

function checkDigitOf(digits: string): string {
  const sum = Array.from(digits, Number).reduceRight((total, digit, index) => {
    const isDoubled = (digits.length - 1 - index) % 2 === 0;
    const value = digit * (isDoubled ? 2 : 1);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return String((10 - (sum % 10)) % 10);
}
