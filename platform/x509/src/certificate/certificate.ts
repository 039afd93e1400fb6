/**
 * Certificate (RFC 5280 4.1): reading one into a typed view, and its fingerprint. A certificate that was read is strict
 * DER, has no duplicate extension, and names one signature algorithm inside and outside; whether its signature holds
 * is for `verifyPath`.
 */
import { hash } from 'node:crypto';
import { fail, type Result } from '@ishizue/outcome';
import { DerReader } from '../der/reader.ts';
import type { ContentFailureCode, X509FailureCode } from '../failure.ts';
import { readSignature, type Signed } from './signature.ts';
import { CERTIFICATE_BYTES_MAX, readTbsCertificate, type TbsCertificate } from './tbs-certificate.ts';

/** A certificate that was read. All octets alias the input. */
export interface Certificate extends TbsCertificate, Signed {
  readonly der: Uint8Array;
}

function readCertificate(reader: DerReader): Certificate {
  const start = reader.offset;
  reader.enterSequence();
  const tbs = readTbsCertificate(reader);
  const { signatureAlgorithm, signature } = readSignature(reader);
  reader.leave();
  if (!reader.failed && Buffer.compare(tbs.innerAlgorithm.der, signatureAlgorithm.der) !== 0) {
    reader.reject('algorithm-mismatch', 'the signature algorithms differ');
  }
  return { ...tbs, der: reader.since(start), signatureAlgorithm, signature };
}

/**
 * A certificate from DER. `tolerated` are defects that are passed over, for who verifies what others issue: what our
 * own authorities sign has none.
 */
export function parseCertificate(
  der: Uint8Array,
  tolerated: readonly ContentFailureCode[] = [],
): Result<Certificate, X509FailureCode> {
  const reader = new DerReader(der, CERTIFICATE_BYTES_MAX);
  const certificate = readCertificate(reader);
  const defect = certificate.defects.find(({ code }) => !tolerated.includes(code));
  return reader.failed || defect === undefined
    ? reader.finish(certificate)
    : fail(defect.code, defect.detail);
}

/** SHA-256 over the whole certificate: 32 octets. */
export const fingerprint = (certificate: Certificate): Uint8Array =>
  hash('sha256', certificate.der, 'buffer');
