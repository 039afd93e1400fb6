/** The message by which a municipality says again what its entry of a person says, to mend what a tier above holds of it. */
import { z } from 'zod';
import { overseasIdentityBody } from '../identity/overseas-identity.ts';

/** The topic under which entries that are told again climb the tiers. */
export const OVERSEAS_IDENTITY_RESENT = 'overseas-identity-resent';

export const entryResentBody = z
  .strictObject({
    /** As it stands. `reason` and `eventDate` are of the last change that was told, `sequence` of the last of all. */
    identity: overseasIdentityBody,
    /** Of the change that `reason` tells. */
    toldSequence: z.int().min(1),
    /** The code before, where there was one: a site that holds the person by it has not heard of the change. */
    codeBefore: z
      .string()
      .regex(/^\d{11}$/)
      .nullable(),
  })
  // a changed code is told by the change itself, never by a resend
  .refine(({ identity }) => identity.formerCode === undefined)
  .refine(({ identity, toldSequence }) => toldSequence <= identity.sequence);

export type EntryResent = z.infer<typeof entryResentBody>;
