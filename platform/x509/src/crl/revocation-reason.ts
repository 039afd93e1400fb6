/** CRLReason (RFC 5280 5.3.1): the same codes in CRL entries and in OCSP answers. */

/** The codes; 7 is not used. */
export const REVOCATION_REASONS = {
  unspecified: 0,
  keyCompromise: 1,
  cACompromise: 2,
  affiliationChanged: 3,
  superseded: 4,
  cessationOfOperation: 5,
  certificateHold: 6,
  removeFromCRL: 8,
  privilegeWithdrawn: 9,
  aACompromise: 10,
} as const;

export type RevocationReason = keyof typeof REVOCATION_REASONS;

/** The largest code, for readers. */
export const REASON_CODE_MAX = 10;

const BY_CODE: readonly (RevocationReason | undefined)[] = [
  'unspecified',
  'keyCompromise',
  'cACompromise',
  'affiliationChanged',
  'superseded',
  'cessationOfOperation',
  'certificateHold',
  undefined,
  'removeFromCRL',
  'privilegeWithdrawn',
  'aACompromise',
];

/** The reason of a code, undefined for a code that is none. */
export const findRevocationReason = (code: number): RevocationReason | undefined => BY_CODE[code];
