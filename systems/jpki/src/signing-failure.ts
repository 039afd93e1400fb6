/** What a refusal of the signer is to whoever asked JPKI: something to repeat, or something that is wrong with us. */
import { type Failure, fail, type Result } from '@ishizue/outcome';

/** `signer-unavailable`: ask again. `signing-refused`: the lint or the key store refuses; an operator has to look. */
export type SigningCode = 'signing-refused' | 'signer-unavailable';

const PASSING: ReadonlySet<string> = new Set(['signer-unavailable', 'signer-busy', 'signer-timeout']);

export const signingFailure = ({ code, detail }: Failure): Result<never, SigningCode> =>
  fail(PASSING.has(code) ? 'signer-unavailable' : 'signing-refused', `${code}: ${detail}`);
