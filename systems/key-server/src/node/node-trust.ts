/**
 * Whether a key of the links' directory is proved by a node certificate: issued by the node authority for that site and
 * that key, and not run out. What was found right is remembered by the certificate's digest; that the key has not ended is
 * the directory's to say at every receipt, so remembering delays no revocation.
 */
import { createHash } from 'node:crypto';
import type { KeyTrust } from '@ishizue/link';
import { type Certificate, KEY_PURPOSE_OIDS, parseCertificate, verifyPath } from '@ishizue/x509';
import type { KeyContext } from '../key-context.ts';
import { nodeName } from '../profile/node-profile.ts';
import { nodeAuthorities } from '../root/authorities.ts';

const REMEMBERED_MAX = 10_000;

/** The check for receivers and dispatchers: a key without a certificate is not believed. */
export function nodeTrust(context: Pick<KeyContext, 'sql' | 'clock'>): KeyTrust {
  const { clock } = context;
  const ends = new Map<string, number>();
  let anchors: readonly Certificate[] = [];
  const verified = async (certificate: Certificate, at: number): Promise<boolean> => {
    const question = { certificate, intermediates: [], at, requiredKeyPurpose: KEY_PURPOSE_OIDS.clientAuth };
    if (verifyPath({ ...question, anchors }).ok) return true;
    anchors = (await nodeAuthorities(context)).map((authority) => authority.certificate);
    return verifyPath({ ...question, anchors }).ok;
  };
  return async ({ site, publicKey, certificate: der }) => {
    if (!der) return false;
    const at = clock.now();
    const name = `${site} ${createHash('sha256').update(der).update(publicKey).digest('base64')}`;
    const known = ends.get(name);
    if (known !== undefined) return at <= known;
    const read = parseCertificate(der);
    if (!read.ok) return false;
    const certificate = read.value;
    const isOfTheSite =
      certificate.subject.equals(nodeName('site', site)) &&
      certificate.publicKey.type === 'ed25519' &&
      Buffer.compare(certificate.publicKey.keyOctets, publicKey) === 0;
    if (!isOfTheSite || !(await verified(certificate, at))) return false;
    if (ends.size >= REMEMBERED_MAX) ends.clear();
    ends.set(name, certificate.notAfter);
    return true;
  };
}
