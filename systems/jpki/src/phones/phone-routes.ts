/**
 * Phone certificates over HTTP (docs/flows/phone-certificates.md): for phones, which need no session because the card signs, and
 * for the call centre. Persons' codes travel in bodies, never in addresses.
 */
import { bytes, operatorWith, type RateLimit, route } from '@ishizue/http';
import { ok } from '@ishizue/outcome';
import { z } from 'zod';
import type { IssuedCertificate } from '../issue-certificate.ts';
import type { JpkiContext } from '../jpki-context.ts';
import { type ApplyFailure, applyForPhone } from './apply-for-phone.ts';
import { type DraftApplicationFailure, draftPhoneApplication } from './draft-application.ts';
import {
  type EndPhoneFailure,
  endPhoneBySignature,
  PHONE_CALL_CENTRE,
  reportPhoneLost,
} from './end-phone.ts';
import { endStatement } from './phone-statement.ts';

const tags = ['phones'];
const bodyBytesMax = 16_384;
const der = z.base64().max(8_192);
const signed = {
  certificate: der.meta({ description: 'The signature certificate of the card, in DER' }),
  signature: z.base64().max(2_048).meta({ description: 'PKCS#1 v1.5, SHA-256, over the statement in UTF-8' }),
};
const octets = (base64: string): Buffer => Buffer.from(base64, 'base64');
const iso = (ms: number): string => new Date(ms).toISOString();
const counts = z.object({ revoked: z.int(), alreadyRevoked: z.int() });
const certificateView = z.object({ certificate: z.base64(), serial: z.string(), notAfter: z.iso.datetime() });
const viewOf = ({ certificate, serial, notAfter }: IssuedCertificate) => ({
  certificate: certificate.toString('base64'),
  serial,
  notAfter: iso(notAfter),
});

type PhoneRouteFailure = DraftApplicationFailure | ApplyFailure | EndPhoneFailure;

export const phoneStatuses = {
  'device-id-malformed': 422,
  'keys-not-distinct': 422,
  'certification-request-malformed': 422,
  'key-not-allowed': 422,
  'possession-not-proved': 422,
  'application-unknown': 404,
  'application-overtaken': 409,
  'card-certificate-missing': 409,
  'phone-unknown': 404,
  'certificate-malformed': 422,
  'certificate-not-trusted': 422,
  'certificate-expired': 422,
  'certificate-not-yet-valid': 422,
  'certificate-of-another-kind': 422,
  'challenge-signature-invalid': 422,
  'certificate-unknown': 422,
  'certificate-revoked': 409,
  'order-malformed': 422,
  'person-unknown': 404,
  'person-not-resident': 409,
  'birth-date-unknown': 409,
  'person-too-young': 409,
  'validity-over': 409,
  'substitute-needed': 409,
  'holder-text-too-long': 409,
  'request-id-reused': 409,
  'revoked-before-hand-over': 409,
  'authority-missing': 503,
  'area-changed': 409,
  'signing-refused': 500,
  'signer-unavailable': 503,
  'clock-moved': 503,
} as const satisfies Record<PhoneRouteFailure, number>;

const applying = (context: JpkiContext, rateLimit: RateLimit) =>
  [
    route({
      method: 'POST',
      path: '/phone-applications',
      summary:
        'The statement by which a holder applies for certificates of a phone’s keys, to be signed by the card',
      tags,
      access: 'public',
      rateLimit,
      bodyBytesMax,
      body: z.strictObject({
        deviceId: z.string().meta({ description: '32 hexadecimal digits that the phone has drawn' }),
        signatureRequest: der.meta({ description: 'PKCS#10 of the phone’s signature key, in DER' }),
        authenticationRequest: der.meta({ description: 'PKCS#10 of its authentication key, in DER' }),
      }),
      responses: { 201: z.object({ id: z.uuid(), statement: z.string(), draftEndsAt: z.iso.datetime() }) },
      handler: async ({ body: { deviceId, signatureRequest, authenticationRequest } }) => {
        const draft = await draftPhoneApplication(context, {
          deviceId,
          signatureRequest: octets(signatureRequest),
          authenticationRequest: octets(authenticationRequest),
        });
        return draft.ok ? ok({ ...draft.value, draftEndsAt: iso(draft.value.draftEndsAt) }) : draft;
      },
    }),
    route({
      method: 'POST',
      path: '/phone-applications/:id/certificates',
      summary: 'Hand in the signed statement; the phone’s certificates. Again, the same ones',
      tags,
      access: 'public',
      rateLimit,
      bodyBytesMax,
      params: z.object({ id: z.uuid() }),
      body: z.strictObject(signed),
      responses: { 201: z.object({ signature: certificateView, authentication: certificateView }) },
      handler: async ({ params: { id }, body, correlation }) => {
        const statement = { certificate: octets(body.certificate), signature: octets(body.signature) };
        const issued = await applyForPhone(context, { id, ...statement, correlation });
        if (!issued.ok) return issued;
        const { signature, authentication } = issued.value;
        return ok({ signature: viewOf(signature), authentication: viewOf(authentication) });
      },
    }),
  ] as const;

const ending = (context: JpkiContext, rateLimit: RateLimit) =>
  [
    route({
      method: 'GET',
      path: '/phone-applications/:id/end-statement',
      summary: 'The statement by which a holder ends the certificates of this application, to be signed',
      tags,
      access: 'public',
      rateLimit,
      params: z.object({ id: z.uuid() }),
      responses: { 200: bytes('text/plain; charset=utf-8', 'The statement') },
      handler: ({ params }) => ok(Buffer.from(endStatement(params.id))),
    }),
    route({
      method: 'POST',
      path: '/phone-applications/:id/end',
      summary: 'End the phone’s certificates by the holder’s signature, of the card or of the phone itself',
      tags,
      access: 'public',
      rateLimit,
      bodyBytesMax,
      params: z.object({ id: z.uuid() }),
      body: z.strictObject({ ...signed, by: z.enum(['card', 'phone']) }),
      responses: { 200: counts },
      handler: ({ params: { id: application }, body, correlation }) =>
        endPhoneBySignature(context, {
          application,
          kind: body.by === 'card' ? 'signature' : 'phone-signature',
          certificate: octets(body.certificate),
          signature: octets(body.signature),
          correlation,
        }),
    }),
  ] as const;

const losing = (context: JpkiContext) =>
  route({
    method: 'POST',
    path: '/phone-loss-reports',
    summary: 'Put the certificates on a person’s lost phone on hold, for good',
    tags,
    access: operatorWith(PHONE_CALL_CENTRE),
    body: z.strictObject({
      residentCode: z.string().regex(/^\d{11}$/),
      terminal: z.string().regex(/^[0-9a-z-]{1,32}$/),
    }),
    responses: { 200: counts },
    handler: ({ body: { residentCode, terminal }, actor, correlation }) => {
      const acting = { actorKind: 'operator', actor: actor.operator, terminal, correlation } as const;
      const access = { ...acting, article: '公的個人認証法 第16条の8', affair: 'phone-loss-report' };
      return reportPhoneLost(context, access, residentCode);
    },
  });

/** The routes; mount them below the national site with `phoneStatuses`. */
export const phoneRoutes = (context: JpkiContext, rateLimit: RateLimit) =>
  [...applying(context, rateLimit), ...ending(context, rateLimit), losing(context)] as const;
