/**
 * The routes of renewals at the national site: a desk hands in the new key's request with what it checked, writes what it is
 * offered to the card, and shows what it reads back. Both may be repeated. Flow: docs/flows/renewal.md.
 */
import { type OperatorActor, operatorWith, route } from '@ishizue/http';
import { authoriseOffice, CARD_KINDS, IDENTITY_DOCUMENTS, RENEWAL_GROUNDS } from '@ishizue/jpki';
import { ok } from '@ishizue/outcome';
import type { Access } from '@ishizue/registry';
import { z } from 'zod';
import { CARD_STATES } from '../card/card-lifecycle.ts';
import { extendStay } from '../card/extend-stay.ts';
import { CARD_CLERK } from '../card-clerk.ts';
import { beginCardRenewal, type CardRenewals, confirmCardRenewal } from './card-renewals.ts';

/** The role of an operator who enters which post offices a municipality has authorised. */
export const ISSUING_OFFICER = 'issuing-officer';

/** The statuses of the failures of these routes. */
export const renewalStatuses = {
  'card-unknown': 404,
  'card-state-refused': 409,
  'card-expired': 409,
  'order-malformed': 422,
  'certification-request-malformed': 422,
  'key-not-allowed': 422,
  'possession-not-proved': 422,
  'facts-malformed': 422,
  'identity-not-proved': 422,
  'desk-not-of-residence': 403,
  'renewal-window-closed': 409,
  'certificate-issued-before': 409,
  'substitute-not-offered': 422,
  'adult-ward': 409,
  'request-id-reused': 409,
  'renewal-given-up': 409,
  'person-unknown': 422,
  'person-not-resident': 409,
  'person-too-young': 409,
  'birth-date-unknown': 422,
  'validity-over': 409,
  'substitute-needed': 409,
  'holder-text-too-long': 422,
  'certificate-revoked': 409,
  'revoked-before-hand-over': 409,
  'area-changed': 503,
  'authority-missing': 503,
  'signer-unavailable': 503,
  'clock-moved': 503,
  'signing-refused': 502,
  'renewal-unknown': 404,
  'renewal-not-offered': 409,
  'renewal-expired': 409,
  'read-back-differs': 409,
  'municipality-unknown': 422,
  'office-period-invalid': 422,
  'stay-date-invalid': 422,
  'stay-not-limiting': 409,
  'stay-not-extended': 409,
  // of phones, whose certificates are applied for anew
  'application-overtaken': 409,
  'card-certificate-missing': 409,
} as const;

const BODY_BYTES_MAX = 16_384;
const TAGS = ['renewals'];
const clerk = operatorWith(CARD_CLERK);
const terminal = z.string().regex(/^[0-9a-z-]{1,32}$/);
const cardPath = z.object({ id: z.string().regex(/^[0-9A-Z]{16}$/) });
const requestId = z.string().regex(/^[0-9A-Za-z-]{8,48}$/);
const serial = z.string().regex(/^[0-9a-f]{8}$/);
const municipality = z.string().regex(/^[0-9]{6}$/);
const office = z.string().regex(/^[0-9]{5}$/);
const der = z.base64().max(8192);

const deskBody = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('municipal-counter'), municipality }),
  z.strictObject({ kind: z.literal('post-office'), municipality, office }),
]);
const renewalBody = z.strictObject({
  requestId,
  kind: z.enum(CARD_KINDS),
  certificationRequest: der.meta({ description: 'PKCS#10 in DER, base64' }),
  desk: deskBody,
  documents: z.array(z.enum(IDENTITY_DOCUMENTS)).min(1).max(8),
  isByRepresentative: z.boolean().default(false),
  isAdultWard: z.boolean().default(false),
  ground: z.enum(RENEWAL_GROUNDS),
  substitutes: z
    .record(z.string().min(1).max(16), z.string().min(1).max(16))
    .refine((chosen) => Object.keys(chosen).length <= 20)
    .optional()
    .meta({
      description: 'What stands for characters of name and address that no signature certificate holds',
    }),
  visitId: requestId,
  terminal,
});
const offerView = z.object({
  certificate: der.meta({ description: 'DER, base64: to be written to the card and read back' }),
  serial,
  notBefore: z.iso.datetime(),
  notAfter: z.iso.datetime(),
  fee_yen: z.int(),
});
const renewedView = z.object({ serial, renewedSerial: serial.nullable(), fee_yen: z.int() });
const stayView = z.object({ cardId: z.string(), state: z.enum(CARD_STATES), expiresOn: z.iso.date() });

/** The routes; mount them at the national site with `renewalStatuses`. */
export const renewalRoutes = (renewals: CardRenewals) =>
  [begin(renewals), confirm(renewals), stay(renewals), authorise(renewals)] as const;

const begin = (renewals: CardRenewals) =>
  route({
    method: 'POST',
    path: '/cards/:id/renewals',
    summary: 'Ask for a certificate for a new key of a card',
    tags: TAGS,
    access: clerk,
    params: cardPath,
    body: renewalBody,
    bodyBytesMax: BODY_BYTES_MAX,
    responses: { 200: offerView },
    handler: async ({ params, body, actor, correlation }) => {
      const { terminal: at, certificationRequest, requestId: renewal, kind, substitutes, ...facts } = body;
      const offered = await beginCardRenewal(renewals, deskAccess(actor, at, correlation), {
        cardId: params.id,
        kind,
        requestId: renewal,
        certificationRequest: Buffer.from(certificationRequest, 'base64'),
        facts: { ...facts, checkedBy: actor.operator },
        substitutes,
      });
      if (!offered.ok) return offered;
      const { certificate, notBefore, notAfter, fee_yen, serial: number } = offered.value;
      return ok({
        certificate: certificate.toString('base64'),
        serial: number,
        notBefore: new Date(notBefore).toISOString(),
        notAfter: new Date(notAfter).toISOString(),
        fee_yen,
      });
    },
  });

const confirm = (renewals: CardRenewals) =>
  route({
    method: 'POST',
    path: '/cards/:id/renewals/:requestId/read-back',
    summary: 'Show what was read back from the card; the certificate before is superseded',
    tags: TAGS,
    access: clerk,
    params: cardPath.extend({ requestId }),
    body: z.strictObject({ certificate: der, terminal }),
    bodyBytesMax: BODY_BYTES_MAX,
    responses: { 200: renewedView },
    handler: ({ params, body, actor, correlation }) =>
      confirmCardRenewal(renewals, deskAccess(actor, body.terminal, correlation), {
        cardId: params.id,
        requestId: params.requestId,
        readBack: Buffer.from(body.certificate, 'base64'),
      }),
  });

const stay = ({ cards }: CardRenewals) =>
  route({
    method: 'POST',
    path: '/cards/:id/stay',
    summary: 'Extend the validity of a card with the holder’s period of stay',
    tags: TAGS,
    access: clerk,
    params: cardPath,
    body: z.strictObject({ stayExpiresOn: z.iso.date(), terminal }),
    bodyBytesMax: BODY_BYTES_MAX,
    responses: { 200: stayView },
    handler: async ({ params, body, actor, correlation }) => {
      const access = { ...deskAccess(actor, body.terminal, correlation), article: '番号法 第17条' };
      const extended = await extendStay(cards, access, {
        cardId: params.id,
        stayExpiresOn: body.stayExpiresOn,
      });
      if (!extended.ok) return extended;
      const { cardId, state, expiresOn } = extended.value;
      return ok({ cardId, state, expiresOn });
    },
  });

const authorise = ({ jpki }: CardRenewals) =>
  route({
    method: 'PUT',
    path: '/issuing-offices/:office',
    summary: 'Enter that a municipality has authorised a post office to renew certificates',
    tags: TAGS,
    access: operatorWith(ISSUING_OFFICER),
    params: z.object({ office }),
    body: z.strictObject({ municipality, validFrom: z.iso.date(), validTo: z.iso.date() }),
    bodyBytesMax: BODY_BYTES_MAX,
    responses: { 200: z.object({ office }) },
    handler: async ({ params, body }) => {
      const entered = await authoriseOffice(jpki, { ...params, ...body });
      return entered.ok ? ok({ office: params.office }) : entered;
    },
  });

const deskAccess = (actor: OperatorActor, at: string, correlation: string): Access => ({
  actorKind: 'operator',
  actor: actor.operator,
  terminal: at,
  article: '公的個人認証法 第3条・第22条',
  affair: 'certificate-renewal',
  correlation,
});
