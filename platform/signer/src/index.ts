export { noteKeyId } from './checkpoint-note.ts';
export { Ff1, packDigits, unpackDigits } from './ff1.ts';
export type { KeyAlgorithm, KeyPairAlgorithm } from './key-uses.ts';
export { LINK_SIGNATURE_PREFIX, linkSignedBytes } from './link-header.ts';
export type { Lint, LintFinding, ListLint, SignerLints } from './lints.ts';
export type { TreeHead } from './merkle-consistency.ts';
export type { SignerHealth } from './operations.ts';
export type { SignerEvent } from './request-answerer.ts';
export type { ChannelOptions } from './signer-channel.ts';
export {
  type LinkHeaderRequest,
  type PermuteValues,
  type SignCertificate,
  type SignCheckpoint,
  type SignedCheckpoint,
  SignerClient,
  type SignList,
  type SignTbs,
} from './signer-client.ts';
export type { SignerCode, SignerRequestCode, SignerResult, SignerStartCode } from './signer-code.ts';
export { type Signer, type SignerOptions, startSigner } from './start-signer.ts';
export type { KeyDescription } from './stored-key.ts';
export { certificateLint, crlLint, ocspLint } from './structural-lints.ts';
