/**
 * The forms of the PINs and how often each may be missed (利用者証明用: 4 digits, 3 tries; 署名用: 6–16 of A–Z and 0–9
 * with both kinds, 5 tries; those of the other applications: 4 digits, 3 tries; 照合番号: 12 and 14 digits, 10 tries).
 * A signature PIN is upper-cased by the reader: the chip compares octets.
 */
import { fail, ok, type Result } from '@ishizue/outcome';
import { KEY_KINDS, type KeyKind } from './card-record.ts';

const PIN_KINDS = [
  ...KEY_KINDS,
  'input-help',
  'resident-registry',
  'loaded',
  'number-a',
  'number-b',
] as const;
export type PinKind = (typeof PIN_KINDS)[number];

interface PinRule {
  readonly triesMax: number;
  readonly form: RegExp;
}

const FOUR_DIGITS: PinRule = { triesMax: 3, form: /^[0-9]{4}$/ };

const PIN_RULES: Readonly<Record<PinKind, PinRule>> = {
  authentication: FOUR_DIGITS,
  signature: { triesMax: 5, form: /^(?=.*[A-Z])(?=.*[0-9])[A-Z0-9]{6,16}$/ },
  'input-help': FOUR_DIGITS,
  'resident-registry': FOUR_DIGITS,
  loaded: FOUR_DIGITS,
  'number-a': { triesMax: 10, form: /^[0-9]{12}$/ },
  'number-b': { triesMax: 10, form: /^[0-9]{14}$/ },
};

/** Tries of a PIN before it is locked. */
export const triesMaxOf = (kind: PinKind): number => PIN_RULES[kind].triesMax;

/** Whether it can be a PIN of this kind. */
export const isPinFormed = (kind: PinKind, pin: string): boolean => PIN_RULES[kind].form.test(pin);

/** The PIN as a reader shows it to the card. */
export function parsePin(kind: KeyKind, pin: string): Result<string, 'pin-malformed'> {
  // only a–z: another alphabet's letter must not become one of ours
  const text = kind === 'signature' ? pin.replaceAll(/[a-z]/g, (letter) => letter.toUpperCase()) : pin;
  return isPinFormed(kind, text)
    ? ok(text)
    : fail('pin-malformed', 'the PIN is not of the form that this key has');
}
