/**
 * The centre's routes: kiosks open, submit, poll and collect; everyone verifies. Kiosks show no credential of their own: the
 * card proves who asks, the token who collects. Mount with `certificateStatuses` at the national site.
 */
import { createHash } from 'node:crypto';
import { answer, bytes, contentDigest, type RateLimit, route, upload } from '@ishizue/http';
import { fail, ok } from '@ishizue/outcome';
import { z } from 'zod';
import { findRequest } from './centre/find-request.ts';
import { openRequest } from './centre/open-request.ts';
import { REQUEST_STATES } from './centre/request-state.ts';
import { submitRequest } from './centre/submit-request.ts';
import { takeDocument } from './centre/take-document.ts';
import { verifyCertificate } from './centre/verify-certificate.ts';
import { CERTIFICATE_CLASSES, CLASS_NAMES, certificateWish } from './certificate-class.ts';
import type { CertificatesContext } from './certificates-context.ts';

/** The statuses of the failures of these routes. */
export const certificateStatuses = {
  'outside-hours': 503,
  'request-unknown': 404,
  'request-already-submitted': 409,
  'request-expired': 410,
  'challenge-unknown': 410,
  'card-not-proved': 403,
  'certificate-not-current': 403,
  'certificate-status-unknown': 503,
  'person-unknown': 403,
  'person-not-resident': 403,
  'under-age': 403,
  'municipality-not-served': 403,
  'issue-suspended': 503,
  'document-token-wrong': 403,
  'document-not-ready': 409,
  'document-already-delivered': 410,
  'request-refused': 409,
  'request-stopped': 409,
  'certificate-unknown': 404,
} as const;

export interface CertificateRouteOptions {
  /** For opening and submitting. */
  readonly kioskLimit: RateLimit;
  /** For verification. */
  readonly verificationLimit: RateLimit;
}

const DOCUMENT_UPLOAD_BYTES_MAX = 2 * 1024 * 1024;
const requestParams = z.object({ id: z.string().regex(/^[0-9a-f]{32}$/) });
const certificateParams = z.object({ id: z.string().min(24).max(64) });

const openBody = certificateWish.extend({
  kiosk: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,31}$/)
    .refine((name) => !/\d{10}/.test(name)),
});
const openedView = z.object({
  requestId: z.string(),
  challenge: z.base64().meta({ description: 'What the card signs' }),
  expiresAt: z.iso.datetime(),
});
const submissionBody = z.strictObject({
  certificate: z.base64().max(8192).meta({ description: 'The authentication certificate, DER' }),
  signature: z.base64().max(2048),
});
const routedView = z.object({
  documentToken: z.string().meta({ description: 'Collects the document, once' }),
  answerBy: z.iso.datetime(),
});
const requestView = z.object({
  requestId: z.string(),
  state: z.enum(REQUEST_STATES),
  code: z.string().nullable(),
  deadlineAt: z.iso.datetime(),
  certificateId: z.string().nullable(),
});
const verifiedFields = {
  certificateId: z.string(),
  class: z.enum(CERTIFICATE_CLASSES),
  className: z.string(),
  municipality: z.string(),
  municipalityName: z.string(),
  issuedOn: z.iso.date(),
  pages: z.int(),
  sha256: z.string(),
  stands: z.boolean(),
};

/** The routes; mount them with `certificateStatuses`. */
export function certificateRoutes(context: CertificatesContext, options: CertificateRouteOptions) {
  return [
    ...kioskRoutes(context, options.kioskLimit),
    ...verificationRoutes(context, options.verificationLimit),
  ] as const;
}

function kioskRoutes(context: CertificatesContext, rateLimit: RateLimit) {
  const open = route({
    method: 'POST',
    path: '/kiosk/requests',
    summary: 'Open a request at a kiosk',
    tags: ['kiosk'],
    access: 'public',
    rateLimit,
    bodyBytesMax: 2048,
    body: openBody,
    responses: { 201: openedView },
    handler: async ({ body: { kiosk, ...wish } }) => {
      const opened = await openRequest(context, kiosk, wish);
      if (!opened.ok) return opened;
      const { requestId, challenge, expiresAt } = opened.value;
      return ok({ requestId, challenge: challenge.toString('base64'), expiresAt: expiresAt.toISOString() });
    },
  });
  const submit = route({
    method: 'POST',
    path: '/kiosk/requests/:id/submission',
    summary: 'Prove the holder of the card and send the request to the municipality',
    tags: ['kiosk'],
    access: 'public',
    rateLimit,
    bodyBytesMax: 16_384,
    params: requestParams,
    body: submissionBody,
    responses: { 202: routedView },
    handler: async ({ params, body }) => {
      const routed = await submitRequest(context, params.id, {
        certificate: Buffer.from(body.certificate, 'base64'),
        signature: Buffer.from(body.signature, 'base64'),
      });
      if (!routed.ok) return routed;
      return ok({ documentToken: routed.value.token, answerBy: routed.value.answerBy.toISOString() });
    },
  });
  const show = route({
    method: 'GET',
    path: '/kiosk/requests/:id',
    summary: 'The state of a request',
    tags: ['kiosk'],
    access: 'public',
    params: requestParams,
    responses: { 200: requestView },
    handler: async ({ params }) => {
      const found = await findRequest(context, params.id);
      return found.ok ? ok({ ...found.value, deadlineAt: found.value.deadlineAt.toISOString() }) : found;
    },
  });
  const take = route({
    method: 'GET',
    path: '/kiosk/requests/:id/document',
    summary: 'Collect the document, once; the token goes in the header Document-Token',
    tags: ['kiosk'],
    access: 'public',
    params: requestParams,
    responses: { 200: bytes('application/pdf', 'The certificate') },
    handler: async ({ params, headers }) => {
      const token = headers['document-token'];
      if (typeof token !== 'string' || token.length > 64)
        return fail('document-token-wrong', 'the header Document-Token is missing');
      const taken = await takeDocument(context, params.id, token);
      if (!taken.ok) return taken;
      const { requestId, certificateId, bytes: document } = taken.value;
      return answer(200, document, {
        'content-digest': contentDigest(document),
        'certificate-id': certificateId,
        'certificate-request': requestId,
      });
    },
  });
  return [open, submit, show, take] as const;
}

function verificationRoutes(context: CertificatesContext, rateLimit: RateLimit) {
  const verified = async (id: string) => {
    const found = await verifyCertificate(context, id);
    if (!found.ok) return found;
    return ok({
      ...found.value,
      className: CLASS_NAMES[found.value.class],
      municipalityName: context.municipalities.fullName(found.value.municipality),
    });
  };
  const show = route({
    method: 'GET',
    path: '/certificates/verification/:id',
    summary: 'Whether a certificate stands, by the number printed on it',
    tags: ['verification'],
    access: 'public',
    rateLimit,
    params: certificateParams,
    responses: { 200: z.object(verifiedFields) },
    handler: ({ params }) => verified(params.id),
  });
  const compare = route({
    method: 'POST',
    path: '/certificates/verification/:id',
    summary: 'Whether a PDF is the one that was issued under the number',
    tags: ['verification'],
    access: 'public',
    rateLimit,
    params: certificateParams,
    body: upload({ mediaTypes: ['application/pdf'], bytesMax: DOCUMENT_UPLOAD_BYTES_MAX }),
    responses: { 200: z.object({ ...verifiedFields, matches: z.boolean() }) },
    handler: async ({ params, body }) => {
      const hash = createHash('sha256');
      for await (const chunk of body) hash.update(chunk);
      const found = await verified(params.id);
      return found.ok ? ok({ ...found.value, matches: hash.digest('hex') === found.value.sha256 }) : found;
    },
  });
  return [show, compare] as const;
}
