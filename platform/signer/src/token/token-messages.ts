/** What the signer asks a thread that holds a session of the token, and what the thread answers. */
import type { TokenAlgorithm } from './token-algorithm.ts';

/** Where the token is. */
export interface TokenPlace {
  /** The PKCS#11 library of its maker. */
  readonly library: string;
  readonly label: string;
  readonly pin: string;
}

export type TokenRequest =
  | { readonly ask: 'open' }
  | { readonly ask: 'close' }
  /** After every thread has closed: the next `open` begins with the library as if new, and finds tokens that came. */
  | { readonly ask: 'finalize' }
  | { readonly ask: 'generate'; readonly algorithm: TokenAlgorithm; readonly label: string }
  | {
      readonly ask: 'sign';
      readonly algorithm: TokenAlgorithm;
      readonly id: Uint8Array;
      readonly input: Uint8Array;
    };

/** A key pair in the token: its CKA_ID, and its public part. */
export interface TokenKeyPair {
  readonly id: Uint8Array;
  readonly spki: Uint8Array;
}

export type TokenFaultCode =
  | 'token-driver-missing'
  | 'token-library-missing'
  | 'token-not-found'
  | 'token-pin-wrong'
  /** It was there and is not, or does not do what it should: to be tried again. */
  | 'token-away'
  /** There is a key of that label that is not as we make them. */
  | 'token-key-differs'
  | 'token-key-missing';

export type TokenReply =
  | { readonly ok: true; readonly value: Uint8Array | TokenKeyPair | undefined }
  | { readonly ok: false; readonly code: TokenFaultCode; readonly detail: string };

/** A fault as it is thrown inside a thread; `detail` is the library's name for it and holds no secret. */
export class TokenFault extends Error {
  readonly code: TokenFaultCode;

  constructor(code: TokenFaultCode, detail: string) {
    super(detail);
    this.code = code;
  }
}
