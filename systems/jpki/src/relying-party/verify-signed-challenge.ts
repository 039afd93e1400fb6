/**
 * A relying party outside the centre verifies a signed challenge, for flow docs/flows/life.md step 7: signature and path,
 * then the list of the holder's area, then OCSP with a nonce, or one of the two. It knows what the certificate says and what
 * its fetchers bring, and nothing else of the house. All of it must hold: a list or an answer that does not come is a refusal.
 */
import { randomBytes } from 'node:crypto';
import { fail, ok, type Result } from '@ishizue/outcome';
import {
  type Certificate,
  type CertStatus,
  checkRevocationByCrl,
  encodeCertId,
  encodeOcspRequest,
  formatSerialNumber,
  issuerHashes,
  parseCrl,
  verifyOcspResponse,
} from '@ishizue/x509';
import type { CertificateKind } from '../profile/certificate-kind.ts';
import type { HolderAttributes } from '../profile/holder-attributes.ts';
import { readHolderAttributes } from '../profile/read-holder-attributes.ts';
import { checkSignature, type SignatureCheckFailure, type SignedChallenge } from './check-signature.ts';
import { listPath } from './list-path.ts';

export type VerifyFailure =
  | SignatureCheckFailure
  /** The certificate names no list, or none came. */
  | 'list-unavailable'
  /** The list cannot be believed or does not cover the certificate. */
  | 'list-refused'
  /** A newer list must be there: this one's nextUpdate is over. */
  | 'list-stale'
  | 'answer-unavailable'
  /** The OCSP answer cannot be believed: signature, nonce, age. */
  | 'answer-refused'
  | 'certificate-revoked'
  /** The authority says that it never issued it. */
  | 'certificate-unknown';

/** Brings a list by its path, `/crl/<key identifier>/Tokyo-to/Kiyose-shi`, in DER; undefined where there is none. */
export type ListFetcher = (path: string) => Promise<Uint8Array | undefined>;
/** Brings the answer to an OCSP request, both in DER; undefined where none came. */
export type AnswerFetcher = (request: Uint8Array) => Promise<Uint8Array | undefined>;

/** By what revocation is told: a list, an answer, or both. There is no question without either. */
export type StatusSources =
  | { readonly crl: ListFetcher; readonly ocsp?: AnswerFetcher }
  | { readonly crl?: ListFetcher; readonly ocsp: AnswerFetcher };

export type ChallengeQuestion = SignedChallenge &
  StatusSources & {
    /** Authorities that the relying party trusts. */
    readonly anchors: readonly Certificate[];
    /** Milliseconds since the epoch. */
    readonly at: number;
  };

/** Who signed, as far as the certificate says. */
export interface VerifiedSigner {
  readonly kind: CertificateKind;
  /** Hexadecimal. */
  readonly serial: string;
  /** The common name: tells nothing of the person. */
  readonly holderNumber: string;
  readonly notAfter: number;
  /** The four items of a signature certificate. */
  readonly attributes: HolderAttributes | undefined;
}

type Check = Result<undefined, VerifyFailure>;

const NONCE_BYTES = 32; // RFC 9654 2.1

export async function verifySignedChallenge(
  question: ChallengeQuestion,
): Promise<Result<VerifiedSigner, VerifyFailure>> {
  const checked = checkSignature(question, question.anchors, question.at);
  if (!checked.ok) return checked;
  const { certificate, issuer } = checked.value;
  const { crl, ocsp, at } = question;
  if (!crl && !ocsp) throw new Error('revocation is asked about nowhere');
  const listed = crl ? await checkList(crl, at, certificate, issuer) : ok(undefined);
  if (!listed.ok) return listed;
  const answered = ocsp ? await checkAnswer(ocsp, at, certificate, issuer) : ok(undefined);
  if (!answered.ok) return answered;
  return ok({
    kind: question.kind,
    serial: formatSerialNumber(certificate.serial),
    holderNumber: certificate.subject.find('CN') ?? '',
    notAfter: certificate.notAfter,
    attributes: readHolderAttributes(certificate.known.subjectAltName ?? []),
  });
}

async function checkList(
  fetchList: ListFetcher,
  at: number,
  certificate: Certificate,
  issuer: Certificate,
): Promise<Check> {
  const path = listPath(certificate);
  const der = path === undefined ? undefined : await fetchList(path);
  if (!der) return fail('list-unavailable', path === undefined ? 'no distribution point' : 'no list came');
  const crl = parseCrl(der);
  if (!crl.ok) return fail('list-refused', crl.failure.code);
  const status = checkRevocationByCrl({ certificate, issuer, crl: crl.value, at });
  if (status.ok) return good(status.value, 'the list');
  const { code } = status.failure;
  return fail(code === 'crl-expired' ? 'list-stale' : 'list-refused', code);
}

async function checkAnswer(
  fetchAnswer: AnswerFetcher,
  at: number,
  certificate: Certificate,
  issuer: Certificate,
): Promise<Check> {
  const nonce = randomBytes(NONCE_BYTES);
  const certId = encodeCertId('sha256', issuerHashes(issuer), certificate.serial);
  const response = await fetchAnswer(encodeOcspRequest([certId], nonce));
  if (!response) return fail('answer-unavailable', 'no OCSP answer came');
  const answer = verifyOcspResponse({ response, certificate, issuer, at, nonce });
  return answer.ok ? good(answer.value.status, 'OCSP') : fail('answer-refused', answer.failure.code);
}

function good(status: CertStatus, by: string): Check {
  switch (status.status) {
    case 'good':
      return ok(undefined);
    case 'revoked':
      return fail('certificate-revoked', `${by} says: ${status.reason ?? 'unspecified'}`);
    case 'unknown':
      return fail('certificate-unknown', `${by} does not know it`);
  }
}
