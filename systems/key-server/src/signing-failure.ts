/** What a refusal of the signer is to whoever asked the key server: something to repeat, or something wrong with us. */
import { type Failure, fail, type Result } from '@ishizue/outcome';

/** `signer-unavailable`: ask again. `signing-refused`: the lint or the key store refuses. */
export type SigningCode = 'signing-refused' | 'signer-unavailable';

const PASSING: ReadonlySet<string> = new Set([
  'signer-unavailable',
  'signer-busy',
  'signer-timeout',
  'clock-moved',
]);

export const signingFailure = ({ code, detail }: Failure): Result<never, SigningCode> =>
  fail(PASSING.has(code) ? 'signer-unavailable' : 'signing-refused', `${code}: ${detail}`);
