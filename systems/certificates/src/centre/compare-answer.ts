/**
 * The gate before anything leaves the centre: an answer must echo the request that it answers, point by point, from
 * the municipality that was asked, about the person who stands at the kiosk, and its bytes must be those it names.
 * Pure. Each code is one way in which another person's paper got out in 2023.
 */
import { createHash } from 'node:crypto';
import { municipalSite } from '@ishizue/registry';
import type { AnswerBody } from '../messages.ts';
import type { KioskRequest } from './request-store.ts';

export type MismatchCode =
  | 'answer-of-other-site'
  | 'answer-of-other-municipality'
  | 'answer-of-other-class'
  | 'answer-of-other-extent'
  | 'answer-of-other-person'
  | 'document-hash-differs'
  | 'document-not-pdf'
  | 'certificate-repeated'
  | 'answer-differs-from-first';

/** What of a request an answer must echo; it is kept beside a wrong answer as evidence. */
export type Expected = Pick<KioskRequest, 'requestId' | 'municipality' | 'class' | 'extent' | 'subjectEcho'>;

/** The first point at which an answer is not that of the request; undefined where it is. */
export function findMismatch(
  expected: Expected,
  from: string,
  answer: AnswerBody,
  document: Buffer | undefined,
): MismatchCode | undefined {
  if (expected.municipality === null || from !== municipalSite(expected.municipality))
    return 'answer-of-other-site';
  if (answer.municipality !== expected.municipality) return 'answer-of-other-municipality';
  if (answer.class !== expected.class) return 'answer-of-other-class';
  if (answer.extent !== expected.extent) return 'answer-of-other-extent';
  if (answer.result === 'refused') return undefined;
  if (expected.subjectEcho === null || answer.subjectEcho !== expected.subjectEcho)
    return 'answer-of-other-person';
  if (!document?.subarray(0, 5).equals(PDF_MARK)) return 'document-not-pdf';
  if (createHash('sha256').update(document).digest('hex') !== answer.sha256) return 'document-hash-differs';
  return undefined;
}

const PDF_MARK = Buffer.from('%PDF-');
