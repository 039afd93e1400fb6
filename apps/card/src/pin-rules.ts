/**
 * The forms of the PINs and how often each may be missed (利用者証明用: 4 digits, 3 tries; 署名用: 6–16 of A–Z and 0–9
 * with both kinds, 5 tries). A signature PIN is upper-cased first, as every reader does.
 */
import { fail, ok, type Result } from '@ishizue/outcome';
import type { KeyKind } from './card-record.ts';

interface PinRule {
  readonly triesMax: number;
  readonly form: RegExp;
  readonly upperCase: boolean;
}

const PIN_RULES: Readonly<Record<KeyKind, PinRule>> = {
  authentication: { triesMax: 3, form: /^[0-9]{4}$/, upperCase: false },
  signature: { triesMax: 5, form: /^(?=.*[A-Z])(?=.*[0-9])[A-Z0-9]{6,16}$/, upperCase: true },
};

/** Tries of a PIN before it is locked. */
export const triesMaxOf = (kind: KeyKind): number => PIN_RULES[kind].triesMax;

/** The PIN as the card compares it. */
export function parsePin(kind: KeyKind, pin: string): Result<string, 'pin-malformed'> {
  const { form, upperCase } = PIN_RULES[kind];
  // only a–z: another alphabet's letter must not become one of ours
  const text = upperCase ? pin.replaceAll(/[a-z]/g, (letter) => letter.toUpperCase()) : pin;
  return form.test(text) ? ok(text) : fail('pin-malformed', 'the PIN is not of the form that this key has');
}
