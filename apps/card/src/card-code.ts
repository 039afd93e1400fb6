/**
 * How the card refuses. The codes are stable; a chip interface translates them to status words (`pin-wrong` is 63Cx,
 * `pin-locked` 6984, `not-authorised` 6982). The try that exhausts the counter is still `pin-wrong`, with none left.
 */
import type { Failure } from '@ishizue/outcome';

/** Every refusal of a card. */
export type CardCode =
  | 'card-absent' // no card at the path
  | 'card-damaged' // not a card, changed by another hand, or not of this device key
  | 'card-busy' // another process has held the card for too long
  | 'card-of-another-id' // personalised before, as another card
  | 'key-absent' // made without a key of this kind
  | 'pin-malformed' // not of the form of this PIN; not counted as a try
  | 'pin-not-set'
  | 'pin-already-set'
  | 'pin-wrong'
  | 'pin-locked'
  | 'not-authorised' // needs the PIN, and none was given
  | 'reset-not-begun'
  | 'reset-not-permitted' // no permission of the issuer for this very reset; it has to be begun again
  | 'unblock-key-absent' // made before kiosks reset PINs: the counter does it
  | 'certificate-absent'
  | 'certificate-unreadable'
  | 'certificate-of-another-key'
  | 'data-too-large';

/** A wrong PIN says how many tries are left. */
export interface PinWrong extends Failure<'pin-wrong'> {
  readonly triesLeft: number;
}

export type CardFailure = PinWrong | Failure<Exclude<CardCode, 'pin-wrong'>>;

/** What an operation of the card comes to; assignable to `Result<T, CardCode>`. */
export type CardResult<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly failure: CardFailure };
