/**
 * A node's wish for a certificate (PKCS#10, in PEM or DER). Believed of it: that the sender holds the key. The node that it
 * names must be the one that the officer enrols, so that a request for another one is not certified by mistake.
 */
import { fail, ok, type Result } from '@ishizue/outcome';
import {
  ATTRIBUTE_OIDS,
  decodePem,
  type PublicKeyInfo,
  parseCertificationRequest,
  verifyPossession,
} from '@ishizue/x509';

export type RequestCode =
  | 'request-malformed'
  | 'possession-not-proved'
  | 'request-of-another-node'
  | 'key-unsuitable';

/** The key of a request that proves possession and names the node. */
export function readNodeRequest(
  request: string | Uint8Array,
  node: string,
): Result<PublicKeyInfo, RequestCode> {
  const der = typeof request === 'string' ? derOf(request) : request;
  const read = der && parseCertificationRequest(der);
  if (!read?.ok)
    return fail('request-malformed', read ? read.failure.code : 'no certification request in PEM');
  const { subject, publicKey } = read.value;
  if (publicKey.type !== 'ed25519') return fail('key-unsuitable', 'nodes have Ed25519 keys');
  if (!verifyPossession(read.value).ok)
    return fail('possession-not-proved', 'it is not signed by its own key');
  const names = subject.relativeNames.flat().filter(({ oid }) => oid === ATTRIBUTE_OIDS.CN);
  if (names.length !== 1 || names[0]?.value !== node)
    return fail('request-of-another-node', 'its common name is not the node');
  return ok(publicKey);
}

function derOf(pem: string): Uint8Array | undefined {
  const decoded = decodePem('CERTIFICATE REQUEST', pem);
  return decoded.ok && decoded.value.length === 1 ? decoded.value[0] : undefined;
}
