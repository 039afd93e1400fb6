/**
 * The status of a certificate by OCSP (RFC 6960): a question with a fresh nonce, and an answer that is believed only from
 * the issuer or its delegate, in date, about this certificate, with that nonce (RFC 9654).
 */
import { fail, ok, type Result } from '@ishizue/outcome';
import {
  type Certificate,
  encodeCertId,
  encodeOcspRequest,
  issuerHashes,
  verifyOcspResponse,
} from '@ishizue/x509';
import type { VerificationFailureCode } from '../failure.ts';

export interface OcspSource {
  /** Brings the answer to a request, undefined where none comes. */
  readonly ask: (request: Uint8Array) => Promise<Uint8Array | undefined>;
  /** 32 octets that were never used before. */
  readonly nonce: () => Uint8Array;
}

/** Whether the responder says that the certificate is good; when it said so. */
export async function askOcsp(
  source: OcspSource,
  certificate: Certificate,
  issuer: Certificate,
  at: number,
): Promise<Result<string, VerificationFailureCode>> {
  const nonce = source.nonce();
  const certId = encodeCertId('sha1', issuerHashes(issuer), certificate.serial);
  const response = await source.ask(encodeOcspRequest([certId], nonce));
  if (response === undefined) return fail('ocsp-unavailable', 'the responder does not answer');
  const answer = verifyOcspResponse({ response, certificate, issuer, at, nonce });
  if (!answer.ok) return answer;
  const { status, thisUpdate } = answer.value;
  if (status.status === 'unknown')
    return fail('ocsp-status-unknown', 'the responder does not know the certificate');
  if (status.status === 'revoked') {
    const when = new Date(status.revokedAt).toISOString();
    return fail('certificate-revoked', `${status.reason ?? 'unspecified'}, ${when}`);
  }
  return ok(`good as of ${new Date(thisUpdate).toISOString()}`);
}
