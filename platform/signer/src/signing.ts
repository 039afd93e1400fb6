/** What it is to sign with a key, wherever the key is: at once, from the thread pool or from a token, which may be away. */
import type { SignerResult } from './signer-code.ts';

/** A signature, or why there is none. */
export type Signed = SignerResult<Buffer> | Promise<SignerResult<Buffer>>;

/** One signature under way. */
export interface PartsSigning {
  /** False where the parts have become more than such a key signs. */
  update(part: Buffer): boolean;
  sign(): Signed;
}
