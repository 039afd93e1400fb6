/**
 * The one message about a person that climbs the tiers (本人確認情報の通知, 住民基本台帳法 30-6, 30-7): identity data as they
 * stand after the event, and the change information. Municipal site → prefectural site → national site → whoever
 * the national site is told to inform.
 */
import { z } from 'zod';
import { sealedNumber } from '../numbers/number-cipher.ts';
import { EVENT_REASONS } from './event-reason.ts';

export const IDENTITY_CHANGED = 'identity-changed';

/** The national site's own notice to its subscribers: the same, with what differs from the record before. */
export const identityChangedBody = z.strictObject({
  residentCode: z.string().regex(/^\d{11}$/),
  municipality: z.string().regex(/^\d{6}$/),
  /** Of the person's events in this municipality, from 1. */
  sequence: z.int().min(1),
  reason: z.enum(EVENT_REASONS),
  eventDate: z.iso.date(),
  /** Of what a resident declares: the day on which the municipality took the notice (届出日), where it said so. */
  noticedOn: z.iso.date().exactOptional(),
  /** Of an undo: the sequence of the event that is undone. */
  undoes: z.int().min(1).exactOptional(),
  /** Of an undo: the day from which the person has lived in the municipality, as it is again. */
  residentSince: z.iso.date().exactOptional(),
  /** Reading of the name; part of identity data from 2025-05-26. */
  nameKana: z.string().min(1).max(300).exactOptional(),
  status: z.enum(['resident', 'moved-out', 'deceased', 'removed']),
  name: z.string().min(1).max(200),
  formerSurname: z.string().max(100).nullable(),
  alias: z.string().max(200).nullable(),
  birthDate: z.string().regex(/^\d{4}-\d{2}-\d{2}$/),
  sex: z.union([z.literal(1), z.literal(2), z.literal(3)]),
  address: z.string().min(1).max(400),
  individualNumber: sealedNumber.nullable(),
});

/** Identity confirmation data (本人確認情報) after an event. */
export type IdentityChanged = z.infer<typeof identityChangedBody>;
