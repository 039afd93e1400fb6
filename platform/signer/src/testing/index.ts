/** For others' tests: a PKCS#11 token, and the signer on octets, without a socket. */
export { type OctetSigner, openOctetSigner, type ReadRequest, readRequests } from './octet-signer.ts';
export { makeToken, tokenMissing } from './soft-token.ts';
