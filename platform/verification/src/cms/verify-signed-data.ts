/**
 * A CMS message verified in full (RFC 5652): every signer's signature holds, and every signer's certificate is valid. The
 * certificates and lists that the message brings are candidates like any others. Counter-signatures and time-stamps are
 * not looked at: the instant for which the answer holds is the caller's, not one that the message claims.
 */
import { fail, ok, type Result } from '@ishizue/outcome';
import type { Certificate } from '@ishizue/x509';
import type { VerificationFailureCode } from '../failure.ts';
import { type Step, Trail, type VerificationFailure } from '../report.ts';
import { type CertificateQuestion, verifyCertificate } from '../verify-certificate.ts';
import { type Content, checkSigner } from './check-signer.ts';
import { parseSignedData, type SignedData } from './signed-data.ts';

/** What is asked; `chain` and `crls` are looked into beside what the message brings. */
export interface MessageQuestion extends Omit<CertificateQuestion, 'certificate' | 'keyUsages'> {
  readonly message: Uint8Array;
  /** The content, where it stands outside the message. */
  readonly content?: Content | undefined;
}

export interface SignerVerdict {
  /** Undefined where the signature does not hold. */
  readonly certificate: Certificate | undefined;
  /** What the signer claims, in milliseconds since the epoch; nobody vouches for it. */
  readonly signingTime: number | undefined;
  readonly failure: VerificationFailure | undefined;
  readonly path: readonly Certificate[];
  readonly policies: readonly string[];
}

export interface MessageVerdict {
  /** Undefined: every signer is valid. */
  readonly failure: VerificationFailure | undefined;
  readonly steps: readonly Step[];
  readonly signers: readonly SignerVerdict[];
}

const NO_SIGNER: VerificationFailure = { code: 'cms-no-signer', detail: 'nobody signed the message' };

function contentOf(
  { content }: SignedData,
  outside: Content | undefined,
): Result<Content, VerificationFailureCode> {
  if (content !== undefined && outside !== undefined)
    return fail('cms-content-twice', 'the message has its content already');
  if (content !== undefined) return ok([content]);
  return outside === undefined
    ? fail('cms-content-missing', 'the content stands outside the message')
    : ok(outside);
}

/**
 * Whether the message is signed by valid certificates, who signed it, and what was checked; or, as a failure, why nothing
 * can be said: it cannot be read, or its content is not at hand.
 */
export async function verifySignedData(
  question: MessageQuestion,
): Promise<Result<MessageVerdict, VerificationFailureCode>> {
  const parsed = parseSignedData(question.message);
  if (!parsed.ok) return parsed;
  const data = parsed.value;
  const content = contentOf(data, question.content);
  if (!content.ok) return content;
  if (data.signers.length === 0) return ok({ failure: NO_SIGNER, steps: [], signers: [] });
  const trail = new Trail();
  const signers: SignerVerdict[] = [];
  for (const [index, info] of data.signers.entries()) {
    const certificates = [...data.certificates, ...question.chain];
    const signedContent = { contentType: data.contentType, content: content.value };
    const checked = checkSigner(info, signedContent, certificates, `signer ${index + 1}`, trail);
    if (checked.ok) signers.push(await verifySigner(question, data, checked.value, trail));
    else
      signers.push({
        certificate: undefined,
        signingTime: undefined,
        failure: checked.failure,
        path: [],
        policies: [],
      });
  }
  return ok({ failure: signers.find(({ failure }) => failure)?.failure, steps: trail.steps, signers });
}

async function verifySigner(
  question: MessageQuestion,
  data: SignedData,
  {
    certificate,
    signingTime,
  }: { readonly certificate: Certificate; readonly signingTime: number | undefined },
  trail: Trail,
): Promise<SignerVerdict> {
  const verdict = await verifyCertificate({
    ...question,
    certificate,
    chain: [...question.chain, ...data.certificates],
    crls: [...question.crls, ...data.crls],
    keyUsages: ['digitalSignature', 'nonRepudiation'],
  });
  trail.steps.push(...verdict.steps);
  const { failure, path, policies } = verdict;
  return { certificate, signingTime, failure, path, policies };
}
