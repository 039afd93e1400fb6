/**
 * The certificate by which an authority lets a key answer OCSP for it (RFC 6960 4.2.2.2): not published for the real one, so
 * the profile is ours. Not itself checked for revocation (ocsp-nocheck), therefore short-lived.
 */
import {
  attribute,
  encodeName,
  encodeTbsCertificate,
  extKeyUsage,
  KEY_PURPOSE_OIDS,
  keyUsage,
  ocspNoCheck,
  subjectKeyIdentifier,
} from '@ishizue/x509';
import { keyIdentifierOf } from './authority-certificate.ts';
import { type IssuingAuthority, issuerKey } from './issuing-authority.ts';

const DAY_MS = 86_400_000;
export const RESPONDER_DAYS = 90;

export interface ResponderCertificateSpec {
  readonly authority: IssuingAuthority;
  readonly serial: Uint8Array;
  readonly notBefore: number;
  /** At the most; never past the authority. */
  readonly authorityEnds: number;
  readonly publicKey: Uint8Array;
  /** Which of the generation's responder keys, from 1. */
  readonly number: number;
}

export const responderEnds = ({ notBefore, authorityEnds }: ResponderCertificateSpec): number =>
  Math.min(notBefore + RESPONDER_DAYS * DAY_MS, authorityEnds);

/** TBSCertificate in DER. */
export function encodeResponderCertificate(spec: ResponderCertificateSpec): Uint8Array {
  const { authority, publicKey } = spec;
  return encodeTbsCertificate({
    serial: spec.serial,
    signatureAlgorithm: authority.algorithm,
    issuer: authority.name,
    notBefore: spec.notBefore,
    notAfter: responderEnds(spec),
    subject: encodeName([...authority.name.relativeNames, attribute('CN', `OCSP Responder ${spec.number}`)]),
    publicKey,
    extensions: [
      keyUsage(['digitalSignature']),
      extKeyUsage([KEY_PURPOSE_OIDS.ocspSigning]),
      ocspNoCheck(),
      issuerKey(authority),
      subjectKeyIdentifier(keyIdentifierOf(publicKey)),
    ],
  });
}
