/**
 * Every expected failure of the signer, one stable code each. They travel over the socket as text, so the list is
 * part of the protocol (PROTOCOL.md): a code may be added, never renamed.
 */
import { fail, type Result } from '@ishizue/outcome';

/** Why the signer did not start. */
export type SignerStartCode =
  | 'passphrase-weak' // shorter than 12 characters
  | 'passphrase-wrong'
  | 'key-store-missing' // a state file with memories exists, but no key store: a wrong path, or a loss
  | 'key-store-damaged' // truncated, changed, or of an unknown version
  | 'key-store-exposed' // readable by group or others
  | 'key-store-in-use' // another signer holds it
  | 'state-missing' // the key store knows of a state file that is not there
  | 'state-damaged'
  | 'state-foreign' // the state file belongs to another key store
  | 'storage-failed'
  | 'token-needed' // the key store has keys that are in a token, and none is configured
  | 'token-driver-missing' // pkcs11js is not built: npm run build:token
  | 'token-library-missing'
  | 'token-not-found' // no token of that label
  | 'token-pin-wrong' // it is tried once: a token locks itself after a few
  | 'token-away'
  | 'socket-unavailable'; // the path is too long, its directory open to others, or taken

const REQUEST_CODES = [
  // keys
  'key-name-invalid',
  'key-unknown',
  'key-differs', // the name exists with another algorithm or other uses
  'key-store-full',
  'algorithm-not-in-token', // a name whose keys are in the token, and an algorithm that tokens do not have
  'uses-invalid', // unknown, mixed families, or not for that algorithm
  'use-not-allowed',
  'storage-failed',
  // what is to be signed
  'profile-without-lint',
  'lint-refused',
  'clock-moved', // nothing is dated by a clock that is not to be believed; links and checkpoints are not dated here
  'header-invalid',
  'header-of-another-site',
  'digits-invalid',
  'list-too-large', // for a key that signs whole data only, ML-DSA
  'token-invalid', // not an ID token that the signer understands
  'token-of-another-issuer',
  'list-unknown', // no list of that id is open: it was refused, was silent for too long, or the signer began anew
  // checkpoints
  'checkpoint-invalid',
  'checkpoint-smaller',
  'checkpoint-fork', // same size, another root
  'checkpoint-previous-differs', // the proof starts elsewhere than the last signed size: ask `lastCheckpoint`
  'checkpoint-inconsistent', // the proof does not verify
  'checkpoint-origins-full',
  'state-write-failed', // no checkpoint is signed until the signer is restarted
  // the connection
  'frame-malformed',
  'frame-too-large',
  'operation-unknown',
  'internal-error',
  // made by the client
  'request-invalid', // a field that the protocol cannot carry, or too many bytes
  'signer-busy', // too many requests wait in this client, or too many lists are open
  'signer-timeout',
  'signer-unavailable', // not connected, or the connection was lost before the answer: retry what is idempotent
] as const;

/** Why a request was refused or came to nothing. */
export type SignerRequestCode = (typeof REQUEST_CODES)[number];

export type SignerCode = SignerStartCode | SignerRequestCode;

const KNOWN: ReadonlySet<string> = new Set(REQUEST_CODES);

/** Whether a text from the socket is one of the codes. */
export const isSignerRequestCode = (text: string): text is SignerRequestCode => KNOWN.has(text);

/** The outcome of a request. */
export type SignerResult<T> = Result<T, SignerRequestCode>;

/** A refused request. */
export const refuse = (code: SignerRequestCode, detail: string): SignerResult<never> => fail(code, detail);
