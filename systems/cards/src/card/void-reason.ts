/**
 * Why a card becomes void (失効), and what the certificates on it are then revoked with (the reasons of the certification
 * practice statement 4.9.9). A lost card's are held, and a hold is never lifted.
 */
import type { RevocationReason } from '@ishizue/x509';

export const VOID_REASONS = [
  'lost',
  'returned',
  'damaged',
  'issued-in-error',
  'data-changed',
  'code-changed',
  'undelivered',
  'death',
  'removed',
  'number-changed',
  'expired',
  'defective',
  'duplicate-issue',
  // exchanged for another one (docs/flows/card-renewal.md)
  'superseded',
  // of moves (docs/flows/card-life.md)
  'move-limit-missed',
  'continuing-use-missed',
  'moved-again',
  'departed-abroad',
] as const;
export type VoidReason = (typeof VOID_REASONS)[number];

const REVOCATIONS: Readonly<Record<VoidReason, RevocationReason>> = {
  lost: 'certificateHold',
  returned: 'cessationOfOperation',
  damaged: 'cessationOfOperation',
  'issued-in-error': 'affiliationChanged',
  'data-changed': 'affiliationChanged',
  'code-changed': 'affiliationChanged',
  undelivered: 'unspecified',
  death: 'affiliationChanged',
  removed: 'affiliationChanged',
  'number-changed': 'affiliationChanged',
  expired: 'cessationOfOperation',
  defective: 'unspecified',
  'duplicate-issue': 'cessationOfOperation',
  superseded: 'superseded',
  'move-limit-missed': 'cessationOfOperation',
  'continuing-use-missed': 'cessationOfOperation',
  'moved-again': 'cessationOfOperation',
  'departed-abroad': 'affiliationChanged',
};

export const revocationOf = (reason: VoidReason): RevocationReason => REVOCATIONS[reason];
