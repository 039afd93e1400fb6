/** What a refusal of the signer is to whoever asked JPKI: something to repeat, or something that is wrong with us. */
import { type ClockWatch, clockMovedText } from '@ishizue/clock';
import { type Failure, fail, type Result } from '@ishizue/outcome';

/**
 * `signer-unavailable`: ask again. `clock-moved`: ask again when an operator has set the clock. `signing-refused`: the lint or
 * the key store refuses; an operator has to look.
 */
export type SigningCode = 'signing-refused' | 'signer-unavailable' | 'clock-moved';

const PASSING: ReadonlySet<string> = new Set(['signer-unavailable', 'signer-busy', 'signer-timeout']);

export function signingFailure({ code, detail }: Failure): Result<never, SigningCode> {
  if (code === 'clock-moved') return fail('clock-moved', detail);
  return fail(PASSING.has(code) ? 'signer-unavailable' : 'signing-refused', `${code}: ${detail}`);
}

/** The refusal to date anything while the clock is not to be believed. */
export function findClockRefusal({
  clockWatch,
}: {
  readonly clockWatch: ClockWatch;
}): Result<never, 'clock-moved'> | undefined {
  const moved = clockWatch.look();
  return moved && fail('clock-moved', clockMovedText(moved));
}
