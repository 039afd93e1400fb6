/**
 * What the centre and an issuing municipality say to each other, all by links and with the request id as the subject.
 * The answer's echo is computed from the person who was printed, under a key of this one request: a paper of somebody
 * else cannot carry the right one.
 */
import { createHmac } from 'node:crypto';
import { municipalSite, NATIONAL_SITE } from '@ishizue/registry';
import { z } from 'zod';
import { CERTIFICATE_CLASSES, certificateWish } from './certificate-class.ts';

export const CERTIFICATE_REQUEST = 'certificate-request';
export const CERTIFICATE_RENDERED = 'certificate-rendered';
export const CERTIFICATE_OUTCOME = 'certificate-outcome';

export const toMunicipality = (municipality: string): string =>
  `${NATIONAL_SITE}>${municipalSite(municipality)}:certificates`;
export const toCentre = (municipality: string): string =>
  `${municipalSite(municipality)}>${NATIONAL_SITE}:certificates`;

const requestId = z.string().regex(/^[0-9a-f]{32}$/);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const municipality = z.string().regex(/^\d{6}$/);

export const requestBody = z.strictObject({
  requestId,
  wish: certificateWish,
  residentCode: z.string().regex(/^\d{11}$/),
  /** 32 random bytes of this request, hexadecimal. */
  subjectKey: sha256,
  kiosk: z.string().min(1).max(32),
  requestedAt: z.iso.datetime(),
  /** After this nobody waits for the answer: nothing is read. */
  expiresAt: z.iso.datetime(),
});
export type RequestBody = Readonly<z.infer<typeof requestBody>>;

const echo = {
  requestId,
  municipality,
  class: z.enum(CERTIFICATE_CLASSES),
  extent: z.enum(['person', 'household']),
};

export const answerBody = z.discriminatedUnion('result', [
  z.strictObject({
    ...echo,
    result: z.literal('rendered'),
    subjectEcho: sha256,
    certificateId: z.string().regex(/^(?:[0-9A-HJKMNP-TV-Z]{4}-){5}[0-9A-HJKMNP-TV-Z]{4}$/),
    issuedOn: z.iso.date(),
    pages: z.int().min(1).max(300),
    sha256,
    document: z.base64(),
  }),
  z.strictObject({ ...echo, result: z.literal('refused'), code: z.string().regex(/^[a-z][a-z-]{1,60}$/) }),
]);
export type AnswerBody = Readonly<z.infer<typeof answerBody>>;
export type RenderedAnswer = Extract<AnswerBody, { readonly result: 'rendered' }>;

export const outcomeBody = z.strictObject({
  requestId,
  outcome: z.enum(['delivered', 'refused', 'timed-out', 'stopped']),
  at: z.iso.datetime(),
});

/** The echo of a person under the key of one request. */
export const subjectEchoOf = (subjectKey: string, residentCode: string): string =>
  createHmac('sha256', Buffer.from(subjectKey, 'hex')).update(residentCode).digest('hex');
