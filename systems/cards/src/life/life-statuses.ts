/** The statuses of the failures of acts on a card in its holder's hand (docs/flows/card-life.md). */
export const cardLifeStatuses = {
  'card-unknown': 404,
  'person-unknown': 422,
  'desk-not-of-residence': 403,
  'card-state-refused': 409,
  'card-expired': 409,
  'person-not-resident': 409,
  'resident-code-malformed': 422,
  'resident-code-check-digit': 422,
  'request-id-reused': 409,
  // loss
  'identity-not-proved': 422,
  'holder-not-present': 422,
  'police-number-missing': 422,
  // moves
  'continuing-use-not-due': 409,
  'notice-day-invalid': 422,
  'continuing-use-over': 409,
  'departure-day-invalid': 422,
  'departure-unknown': 409,
  'foreigner-not-abroad': 409,
  'use-abroad-too-late': 409,
  'domicile-unknown': 422,
  // the face
  'face-full': 409,
  'change-day-invalid': 422,
  'continuing-use-due': 409,
  'addition-unknown': 404,
  'read-back-differs': 409,
  'cursor-malformed': 400,
  'kind-not-yet': 409,
  'signature-not-revoked': 503,
  // terms of issue
  'ground-not-proved': 409,
  'express-not-yet': 409,
  'express-not-for-ground': 409,
  'event-day-missing': 422,
  'express-too-late': 409,
  'express-used': 409,
} as const;

/** Those of the national site's own: who combines documents. */
export const cardDeskStatuses = {
  'card-unknown': 404,
  'card-state-refused': 409,
  'card-expired': 409,
  'combining-not-yet': 409,
  'already-combined': 409,
  'stay-not-on-card': 409,
  'not-combined': 404,
  'following-not-yet': 409,
  'not-applied-online': 409,
  'signature-not-filed': 409,
  'record-number-wrong': 409,
  'ground-does-not-follow': 409,
} as const;
