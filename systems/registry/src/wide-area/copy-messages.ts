/**
 * What a municipality that hands out a wide-area copy (広域交付, 住民基本台帳法 art. 12-4; 施行令 art. 15-3) and the person's own one
 * say to each other. The content's form has no place for what the law leaves out: domicile, roll of electors, insurance,
 * pension, allowance. The echo is computed from the record that was read, under a key of this one request.
 */
import { createHmac } from 'node:crypto';
import { z } from 'zod';
import { carriedProof } from '../moves/card-proof.ts';
import { type RelayedKind, relayedFields } from '../moves/relayed.ts';

/** What the person asked for beyond the basic items. */
export const copyWish = z.strictObject({
  extent: z.enum(['person', 'household']),
  /** The head of the household and the relationship (art. 7 iv). */
  withRelationship: z.boolean(),
  /** The resident code (art. 7 xiii). */
  withResidentCode: z.boolean(),
  /** Of foreign residents nationality and status of residence (art. 30-45). */
  withNationality: z.boolean(),
});
export type CopyWish = Readonly<z.infer<typeof copyWish>>;

const key = z.string().regex(/^[0-9a-f]{64}$/);
const ARTICLE = '住民基本台帳法 第12条の4';
const AFFAIR = 'wide-area-copy';
const byCase = ({ correlation }: { readonly correlation: string }): string => correlation;

const copyRequestBody = z.strictObject({
  ...relayedFields,
  wish: copyWish,
  /** 32 random bytes of this request, hexadecimal. */
  subjectKey: key,
  proof: carriedProof,
  /** After this nobody waits for the answer: nothing is read. */
  expiresAt: z.iso.datetime(),
});
export type CopyRequestBody = Readonly<z.infer<typeof copyRequestBody>>;

export const COPY_REQUEST: RelayedKind<CopyRequestBody> = {
  topic: 'wide-area-copy-request',
  form: copyRequestBody,
  article: ARTICLE,
  affair: AFFAIR,
  subjectOf: byCase,
};

const text = (length_max: number): z.ZodString => z.string().min(1).max(length_max);

const copiedPerson = z.strictObject({
  name: text(100),
  nameKana: z.string().max(150),
  formerSurname: text(50).nullable(),
  alias: text(100).nullable(),
  birthDate: z.string().regex(/^\d{4}-\d{2}-\d{2}$/),
  sex: z.union([z.literal(1), z.literal(2), z.literal(3)]),
  becameResidentOn: z.iso.date(),
  addressFixedOn: z.iso.date(),
  /** Where the person came from to the municipality; null where the record's last address is one inside it. */
  previousAddress: text(500).nullable(),
  relationship: text(30).nullable(),
  residentCode: z
    .string()
    .regex(/^\d{11}$/)
    .nullable(),
  foreign: z
    .strictObject({
      nationality: z.string().regex(/^[A-Z]{3}$/),
      residenceStatus: text(50).nullable(),
      stayExpiresOn: z.iso.date().nullable(),
    })
    .nullable(),
});
export type CopiedPerson = Readonly<z.infer<typeof copiedPerson>>;

/** The content of a copy; the person who asked is among the persons. */
export const copyContent = z.strictObject({
  address: text(500),
  head: text(100).nullable(),
  persons: z.array(copiedPerson).min(1).max(100),
});
export type CopyContent = Readonly<z.infer<typeof copyContent>>;

const echo = { ...relayedFields, extent: copyWish.shape.extent };
const copyAnswerBody = z.discriminatedUnion('result', [
  z.strictObject({ ...echo, result: z.literal('content'), subjectEcho: key, content: copyContent }),
  z.strictObject({ ...echo, result: z.literal('refused'), code: z.string().regex(/^[a-z][a-z-]{1,60}$/) }),
]);
export type CopyAnswerBody = Readonly<z.infer<typeof copyAnswerBody>>;

export const COPY_ANSWER: RelayedKind<CopyAnswerBody> = {
  topic: 'wide-area-copy-answer',
  form: copyAnswerBody,
  article: ARTICLE,
  affair: AFFAIR,
  subjectOf: byCase,
};

/** The echo of a person under the key of one request. */
export const subjectEcho = (subjectKey: string, residentCode: string): string =>
  createHmac('sha256', Buffer.from(subjectKey, 'hex')).update(residentCode).digest('hex');
