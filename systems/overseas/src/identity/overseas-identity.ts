/**
 * Identity data of the supplementary family register (附票本人確認情報, 住民基本台帳法 art. 30-41): name, address or that the
 * person moved overseas, birth date, sex, resident code, and the change. From the municipality of domicile to its
 * prefecture to the national site; without the domicile, the date of the address, and the individual number.
 */
import type { AddressedMessage } from '@ishizue/link';
import { z } from 'zod';
import { safeText } from './without-individual-number.ts';

/** The topic under which identity data climb the tiers. */
export const OVERSEAS_IDENTITY_CHANGED = 'overseas-identity-changed';

/** Why an entry changed. */
export const ENTRY_REASONS = [
  'initial-load', // 初期登録
  'entered', // 記載
  'address-changed', // 住所の修正
  'moved-overseas', // 国外転出
  'corrected', // 戸籍に合わせた修正
  'code-changed', // 住民票コードの修正
  'deleted', // 消除
] as const;

export type EntryReason = (typeof ENTRY_REASONS)[number];

const residentCode = z.string().regex(/^\d{11}$/);

export const overseasIdentityBody = z
  .strictObject({
    residentCode,
    /** That keeps the entry; in its prefecture the sender. */
    municipality: z.string().regex(/^\d{6}$/),
    /** Of the entry's changes, from 1; not all of them are told. */
    sequence: z.int().min(1),
    reason: z.enum(ENTRY_REASONS),
    eventDate: z.iso.date(),
    state: z.enum(['current', 'deleted']),
    name: safeText(200),
    address: safeText(400).nullable(),
    isOverseas: z.boolean(),
    birthDate: z.string().regex(/^\d{4}-\d{2}-\d{2}$/),
    sex: z.union([z.literal(1), z.literal(2), z.literal(3)]),
    /** Of a changed code: the one before it. */
    formerCode: residentCode.exactOptional(),
  })
  .refine(({ address, isOverseas }) => isOverseas === (address === null))
  .refine(({ reason, formerCode }) => (reason === 'code-changed') === (formerCode !== undefined))
  .refine((told) => told.formerCode !== told.residentCode);

/** Identity data after a change of the entry. */
export type OverseasIdentity = z.infer<typeof overseasIdentityBody>;

/** The data as a message on a link; those of a changed code are behind all that went there under the old one. */
export const overseasIdentityMessage = (link: string, body: OverseasIdentity): AddressedMessage => ({
  link,
  subject: body.residentCode,
  ...(body.formerCode !== undefined && { follows: body.formerCode }),
  topic: OVERSEAS_IDENTITY_CHANGED,
  body,
});
