/**
 * Identity data of the supplementary family register (附票本人確認情報, 住民基本台帳法 art. 30-41): name, address or that the
 * person moved overseas, birth date, sex, resident code, and the change. From the municipality of domicile to its
 * prefecture to the national site; without the domicile, the date of the address, and the individual number.
 */
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
  'deleted', // 消除
] as const;

export type EntryReason = (typeof ENTRY_REASONS)[number];

export const overseasIdentityBody = z
  .strictObject({
    residentCode: z.string().regex(/^\d{11}$/),
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
  })
  .refine(({ address, isOverseas }) => isOverseas === (address === null));

/** Identity data after a change of the entry. */
export type OverseasIdentity = z.infer<typeof overseasIdentityBody>;
