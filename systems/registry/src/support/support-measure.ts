/**
 * 支援措置: who is in danger from somebody's violence applies for it, and what would tell that person the address is given to
 * nobody but whom the person and the law let have it (住民基本台帳法 art. 12 (6), 12-2, 12-3, 20; 事務処理要領 第5の10). This is the case
 * at the municipality that was applied to.
 */
import type { IsoDate } from '@ishizue/clock';
import type { Result } from '@ishizue/outcome';
import { z } from 'zod';

export const SUPPORT_KINDS = ['domestic-violence', 'stalking', 'child-abuse', 'other'] as const;
export const OPINION_BODIES = [
  'police',
  'support-centre',
  'child-guidance-centre',
  'court-order',
  'other-body',
] as const;
export const END_REASONS = ['own-wish', 'no-longer-needed', 'decided-wrongly'] as const;

/** Whom a measure protects from (加害者), as far as the application tells. */
export const abuser = z.strictObject({
  name: z.string().min(1).max(100),
  /** `YYYY-MM-DD`, `00` for unknown parts; null where nothing is known. */
  birthDate: z
    .string()
    .regex(/^\d{4}-\d{2}-\d{2}$/)
    .nullable(),
});
export type Abuser = z.infer<typeof abuser>;

/** What the police, a centre or a court says of the need. */
export interface Opinion {
  readonly body: (typeof OPINION_BODIES)[number];
  readonly givenOn: IsoDate;
  readonly finding: 'needed' | 'not-needed';
}

/** `in-force` measures protect until their last day, whatever is written later or not. */
export interface SupportMeasure {
  readonly measureId: string;
  /** Who applied. */
  readonly residentCode: string;
  /** Everybody protected: who applied, and whom the application includes. */
  readonly persons: readonly string[];
  readonly kind: (typeof SUPPORT_KINDS)[number];
  readonly state: 'applied' | 'in-force' | 'refused' | 'ended';
  readonly abusers: readonly Abuser[];
  readonly opinion: Opinion | null;
  readonly appliedOn: IsoDate;
  readonly validFrom: IsoDate | null;
  readonly validUntil: IsoDate | null;
  /** Of what the other municipalities are told; it rises with each telling. */
  readonly version: number;
  /** Municipalities to be told besides those where the persons have lived: that of the domicile above all. */
  readonly tell: readonly string[];
  /** Whom the national site told of the latest version. */
  readonly told: readonly string[];
  /** Whom it could not reach: they are told by letter. */
  readonly notReached: readonly string[];
  readonly steps: number;
}

/** What an officer does with a measure after the application. */
export type SupportStep =
  | ({ readonly act: 'opinion' } & Opinion)
  | { readonly act: 'grant'; readonly on: IsoDate }
  | { readonly act: 'refuse'; readonly on: IsoDate }
  | { readonly act: 'extend'; readonly on: IsoDate }
  | { readonly act: 'end'; readonly on: IsoDate; readonly reason: (typeof END_REASONS)[number] }
  | { readonly act: 'tell'; readonly on: IsoDate; readonly municipalities: readonly string[] };

export interface SupportApplication {
  readonly act: 'apply';
  readonly on: IsoDate;
  readonly residentCode: string;
  /** Children and others in the same danger. */
  readonly included: readonly string[];
  readonly kind: SupportMeasure['kind'];
  readonly abusers: readonly Abuser[];
  readonly tell: readonly string[];
}

export type SupportFailure =
  | 'measure-not-found'
  | 'resident-not-found'
  | 'resident-not-current'
  | 'municipality-unknown'
  | 'event-date-invalid'
  | 'event-in-the-future'
  | 'step-out-of-order'
  | 'opinion-missing'
  | 'opinion-against'
  | 'measure-not-in-force'
  | 'extension-too-early'
  | 'text-refused'
  | 'request-id-reused';

export type DecidedStep = Result<SupportMeasure, SupportFailure>;
