/**
 * Which documents prove who somebody is, when a card is applied for or handed over and when a certificate is renewed: one of
 * the first class (A, with a photograph, from an authority) or two of the second (B); domain rules 5.3, with the lists that
 * municipalities publish of the handling guidelines for the card (個人番号カード事務処理要領). A list is of the day of the act:
 * health insurance cards were shown until 1 December 2025.
 */
import type { IsoDate } from '@ishizue/clock';
import { DatedRules } from '@ishizue/rules';

interface DocumentRule {
  readonly first: readonly IdentityDocument[];
  readonly second: readonly IdentityDocument[];
}

const FIRST_CLASS = [
  'individual-number-card',
  'resident-registry-card',
  'drivers-licence',
  'driving-record-certificate',
  'passport',
  'physical-disability-handbook',
  'mental-disability-handbook',
  'rehabilitation-handbook',
  'residence-card',
  'special-permanent-resident-certificate',
  'temporary-refuge-permit',
  'provisional-stay-permit',
] as const;

const SECOND_CLASS = [
  'insurance-qualification-certificate',
  'care-insurance-card',
  'medical-certificate',
  'pension-handbook',
  'pension-certificate',
  'child-allowance-certificate',
  'public-assistance-certificate',
  'maternal-health-handbook',
  'employee-card',
  'student-card',
  'school-document',
  'bank-book',
] as const;

const DOCUMENT_RULES = new DatedRules<DocumentRule>('documents that prove an identity', [
  {
    validFrom: '2016-01-01',
    validTo: '2025-12-01',
    source: '個人番号カード事務処理要領: A one or B two; health insurance cards among B',
    rule: { first: FIRST_CLASS, second: [...SECOND_CLASS, 'health-insurance-card'] },
  },
  {
    validFrom: '2025-12-02',
    source: 'the same, after the last day of health insurance cards (1 December 2025)',
    rule: { first: FIRST_CLASS, second: SECOND_CLASS },
  },
]);

/** Every document that some day's rule knows. */
export const IDENTITY_DOCUMENTS = [...FIRST_CLASS, ...SECOND_CLASS, 'health-insurance-card'] as const;
export type IdentityDocument = (typeof IDENTITY_DOCUMENTS)[number];

/** Whether these documents, each counted once, prove an identity on the day. */
export function isIdentityProved(documents: readonly string[], on: IsoDate): boolean {
  const { first, second } = DOCUMENT_RULES.get(on);
  const shown = new Set(documents);
  return (
    first.some((document) => shown.has(document)) ||
    second.filter((document) => shown.has(document)).length >= 2
  );
}

/** Of the first class: with a photograph, with which the face on the card can be compared. */
export const hasPhotograph = (documents: readonly string[], on: IsoDate): boolean =>
  DOCUMENT_RULES.get(on).first.some((document) => documents.includes(document));

/** The documents of each class on the day, for whoever asks what was shown. */
export const documentClasses = (on: IsoDate): DocumentRule => DOCUMENT_RULES.get(on);
