/**
 * A signed PDF verified in full: every signature is a CMS message over its byte range that holds (ISO 32000-2 12.8.3.3),
 * and the last one covers the whole file, so that nothing was added after it. What the pages show is not looked at.
 */

import { fail, ok, type Result } from '@ishizue/outcome';
import { type MessageQuestion, type MessageVerdict, verifySignedData } from '../cms/verify-signed-data.ts';
import type { VerificationFailureCode } from '../failure.ts';
import { Trail } from '../report.ts';
import { findPdfSignatures, type PdfSignature } from './find-signatures.ts';

const KINDS: readonly string[] = ['adbe.pkcs7.detached', 'ETSI.CAdES.detached'];

/** What is asked; `file` is the whole PDF. */
export interface PdfQuestion extends Omit<MessageQuestion, 'message' | 'content'> {
  readonly file: Uint8Array;
}

const checkKind = ({ kind }: PdfSignature): Result<undefined, VerificationFailureCode> =>
  KINDS.includes(kind) ? ok(undefined) : fail('pdf-signature-kind-unsupported', kind);

/** Whether the PDF is signed by valid certificates, who signed it, and what was checked. */
export async function verifyPdf(question: PdfQuestion): Promise<MessageVerdict> {
  const { file, ...rest } = question;
  const found = findPdfSignatures(file);
  if (!found.ok) return { failure: found.failure, steps: [], signers: [] };
  const trail = new Trail();
  const verdicts: MessageVerdict[] = [];
  const failures: MessageVerdict['failure'][] = [];
  for (const [index, signature] of found.value.entries()) {
    const about = `signature ${index + 1}, over ${signature.covers} of ${file.length} octets`;
    const kind = trail.note(about, 'a kind that is read', 'ISO 32000-2 12.8.3', checkKind(signature));
    if (!kind.ok) {
      failures.push(kind.failure);
      continue;
    }
    const { message, content } = signature;
    const verdict = await verifySignedData({ ...rest, message, content });
    if (verdict.ok) {
      trail.steps.push(...verdict.value.steps);
      verdicts.push(verdict.value);
      failures.push(verdict.value.failure);
    } else {
      trail.note(about, 'a message that can be read', 'RFC 5652 5', verdict);
      failures.push(verdict.failure);
    }
  }
  const covered = found.value.at(-1)?.covers ?? 0;
  const whole =
    covered === file.length
      ? ok(undefined)
      : fail('pdf-changed-after-signature' as const, `${file.length - covered} octets`);
  const check = trail.note('the last signature', 'covers the whole file', 'ISO 32000-2 12.8.1', whole);
  if (!check.ok) failures.push(check.failure);
  return {
    failure: failures.find((failure) => failure !== undefined),
    steps: trail.steps,
    signers: verdicts.flatMap(({ signers }) => signers),
  };
}
