/**
 * The application id (申請書ID), 23 digits on the application form: 21 random ones, so that it tells nothing of the person
 * and nobody finds one by trying, and two check digits by ISO/IEC 7064 MOD 97-10, which show every single wrong digit and
 * every exchange of neighbours.
 */
import { randomInt } from 'node:crypto';
import { fail, ok, type Result } from '@ishizue/outcome';

export type ApplicationIdFailure = 'application-id-malformed';

/** The id of 21 digits. */
export function applicationIdOf(digits: string): string {
  if (!/^\d{21}$/.test(digits)) throw new Error('an application id is made of 21 digits');
  return digits + String(98n - ((BigInt(digits) * 100n) % 97n)).padStart(2, '0');
}

/** A new id. */
export function newApplicationId(): string {
  const digits = (count: number): string => String(randomInt(10 ** count)).padStart(count, '0');
  return applicationIdOf(digits(10) + digits(11));
}

/** An id from outside: 23 digits with the right check digits. */
export function parseApplicationId(text: string): Result<string, ApplicationIdFailure> {
  const isId = /^\d{23}$/.test(text) && applicationIdOf(text.slice(0, 21)) === text;
  return isId ? ok(text) : fail('application-id-malformed', 'not an application id: a digit is wrong');
}
