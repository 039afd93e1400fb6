/**
 * Whether an OCSP response may be believed (RFC 6960 3.2, 4.2.2.2): signed by the issuer itself or by a responder that
 * the same issuer key authorised, about the certificate asked for, in date, and with the nonce of the request. The
 * responder's own revocation is not looked up: its certificate is short-lived and says so with ocsp-nocheck.
 */
import { fail, ok, type Result } from '@ishizue/outcome';
import { type Certificate, parseCertificate } from '../certificate/certificate.ts';
import { EXTENSION_OIDS, KEY_PURPOSE_OIDS } from '../certificate/extension-oids.ts';
import { keyIdentifier } from '../certificate/public-key.ts';
import { verifySignature } from '../certificate/signature.ts';
import type { X509FailureCode } from '../failure.ts';
import { isIssuedBy, issuerHashes } from '../ocsp/cert-id.ts';
import { type BasicOcspResponse, parseOcspResponse } from '../ocsp/ocsp-response.ts';
import type { CertStatus, SingleResponse } from '../ocsp/response-data.ts';
import { checkExtensions, checkValidity, mayHaveIssued } from './certificate-checks.ts';

const CLOCK_SKEW_MS = 60_000;
/** How old an answer without nextUpdate may be. */
const AGE_MS_MAX = 600_000;

/** What is asked. The issuer's certificate has been verified before. */
export interface OcspQuestion {
  readonly response: Uint8Array;
  readonly certificate: Pick<Certificate, 'serial'>;
  readonly issuer: Certificate;
  /** The instant at which the answer must be in date, in milliseconds since the epoch. */
  readonly at: number;
  /** The nonce that was sent; the response must repeat it. */
  readonly nonce?: Uint8Array | undefined;
  /** How far the responder's clock may be off, in milliseconds. */
  readonly clockSkewMs?: number | undefined;
}

/** An answer that may be believed. */
export interface OcspAnswer {
  readonly status: CertStatus;
  readonly thisUpdate: number;
  readonly nextUpdate: number | undefined;
  readonly producedAt: number;
}

type Check = Result<undefined, X509FailureCode>;

function isResponder({ responderId }: BasicOcspResponse, certificate: Certificate): boolean {
  return responderId.kind === 'key'
    ? Buffer.compare(responderId.keyHash, keyIdentifier(certificate.publicKey)) === 0
    : responderId.name.equals(certificate.subject);
}

/** Whether the issuer let this key answer for it (RFC 6960 4.2.2.2). */
function checkDelegation(responder: Certificate, issuer: Certificate, at: number): Check {
  const { extKeyUsage, keyUsage } = responder.known;
  const isDelegated =
    mayHaveIssued(issuer, responder) &&
    extKeyUsage?.includes(KEY_PURPOSE_OIDS.ocspSigning) === true &&
    keyUsage?.includes('digitalSignature') !== false;
  if (!isDelegated) return fail('ocsp-responder-not-authorised', 'the issuer has not delegated to this key');
  const validity = checkValidity(responder, at);
  if (!validity.ok) return validity;
  const extensions = checkExtensions(responder, [EXTENSION_OIDS.ocspNoCheck]);
  return extensions.ok ? verifySignature(responder, issuer.publicKey) : extensions;
}

/** The certificate of who signed, authorised: the issuer, or the delegate among those sent. */
function findResponder(
  basic: BasicOcspResponse,
  { issuer, at }: OcspQuestion,
): Result<Certificate, X509FailureCode> {
  if (isResponder(basic, issuer)) return ok(issuer);
  let refusal: Result<never, X509FailureCode> = fail(
    'ocsp-responder-not-authorised',
    'no certificate of the responder',
  );
  for (const der of basic.certificates) {
    const parsed = parseCertificate(der);
    if (!parsed.ok || !isResponder(basic, parsed.value)) continue;
    const delegation = checkDelegation(parsed.value, issuer, at);
    if (delegation.ok) return parsed;
    refusal = delegation;
  }
  return refusal;
}

function checkTimes(basic: BasicOcspResponse, single: SingleResponse, question: OcspQuestion): Check {
  const { at, clockSkewMs = CLOCK_SKEW_MS } = question;
  if (single.thisUpdate > at + clockSkewMs || basic.producedAt > at + clockSkewMs) {
    return fail('ocsp-not-yet-valid', 'an answer of the future');
  }
  const until = single.nextUpdate ?? single.thisUpdate + AGE_MS_MAX;
  return at <= until + clockSkewMs ? ok(undefined) : fail('ocsp-expired', 'an answer too old');
}

function checkNonce(basic: BasicOcspResponse, nonce: Uint8Array | undefined): Check {
  const isRepeated =
    nonce === undefined || (basic.nonce !== undefined && Buffer.compare(basic.nonce, nonce) === 0);
  return isRepeated ? ok(undefined) : fail('ocsp-nonce-mismatch', 'the nonce is not the one sent');
}

/** What the response says about the certificate, if it may be believed. */
export function verifyOcspResponse(question: OcspQuestion): Result<OcspAnswer, X509FailureCode> {
  const parsed = parseOcspResponse(question.response);
  if (!parsed.ok) return parsed;
  const { status, basic } = parsed.value;
  if (basic === undefined) return fail('ocsp-not-successful', status);
  const responder = findResponder(basic, question);
  if (!responder.ok) return responder;
  const signature = verifySignature(basic, responder.value.publicKey);
  if (!signature.ok) return signature;
  const hashes = issuerHashes(question.issuer);
  const single = basic.responses.find(
    ({ certId }) =>
      isIssuedBy(certId, hashes) && Buffer.compare(certId.serial, question.certificate.serial) === 0,
  );
  if (single === undefined) return fail('ocsp-certificate-mismatch', 'no answer about the certificate');
  const nonce = checkNonce(basic, question.nonce);
  if (!nonce.ok) return nonce;
  const times = checkTimes(basic, single, question);
  if (!times.ok) return times;
  const { thisUpdate, nextUpdate } = single;
  return ok({ status: single.status, thisUpdate, nextUpdate, producedAt: basic.producedAt });
}
