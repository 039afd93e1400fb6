/** For others' tests: the signer on octets, without a socket. */
export { type OctetSigner, openOctetSigner, type ReadRequest, readRequests } from './octet-signer.ts';
