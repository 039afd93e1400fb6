/**
 * What municipalities tell each other of a support measure, by way of the national site: until when whose address is
 * protected from whom. In paper times this is the copy of the application that the municipality sends on (転送). The national
 * site keeps neither the abusers nor the reason.
 */

import { z } from 'zod';
import { municipalSite, NATIONAL_SITE } from '../registry-context.ts';
import { abuser } from './support-measure.ts';

/** From the deciding municipality to the national site, and from there to each municipality concerned. */
export const SUPPORT_FLAG = 'support-flag';
/** From the national site to the deciding municipality: who was told. */
export const SUPPORT_TOLD = 'support-told';
/** From the national site to the deciding municipality: one of the persons is entered somewhere. */
export const SUPPORT_RESIDENCE = 'support-residence';

const municipality = z.string().regex(/^\d{6}$/);
const measureId = z.string().regex(/^[0-9a-f-]{36}$/);
const version = z.int().min(1);

export const PERSONS_MAX = 50;
export const TOLD_MAX = 50;

export const supportFlagBody = z.strictObject({
  origin: municipality,
  measureId,
  version,
  persons: z
    .array(z.string().regex(/^\d{11}$/))
    .min(1)
    .max(PERSONS_MAX),
  validFrom: z.iso.date(),
  validUntil: z.iso.date(),
  abusers: z.array(abuser).max(20),
  /** Whom the origin names; empty in what the municipalities get. */
  tell: z.array(municipality).max(TOLD_MAX),
  /** What was announced before, for a municipality in which one of them is known to live since: it alone is told. */
  only: municipality.optional(),
});
export type SupportFlagBody = z.infer<typeof supportFlagBody>;

export const supportResidenceBody = z.strictObject({
  measureId,
  residentCode: z.string().regex(/^\d{11}$/),
  municipality,
});
export type SupportResidenceBody = z.infer<typeof supportResidenceBody>;

export const supportToldBody = z.strictObject({
  measureId,
  version,
  told: z.array(municipality).max(2000),
  notReached: z.array(municipality).max(TOLD_MAX),
});

export const upLink = (code: string): string => `${municipalSite(code)}>${NATIONAL_SITE}:registry`;
export const downLink = (code: string): string => `${NATIONAL_SITE}>${municipalSite(code)}:registry`;
