/**
 * What JPKI publishes over HTTP, for everyone: certificates of the authorities and lists of revoked certificates. Whoever
 * asks again for a list says which one they have (ETag), and gets it only if there is a newer one.
 */
import type { Readable } from 'node:stream';
import {
  type Answer,
  answer,
  bytes,
  clientCertificateOf,
  empty,
  type Part,
  type Route,
  route,
} from '@ishizue/http';
import { type Failure, fail, ok, type Result } from '@ishizue/outcome';
import { NATIONAL_SITE } from '@ishizue/registry';
import { encodePem, fingerprint } from '@ishizue/x509';
import { z } from 'zod';
import type { Authority } from './authority/authorities.ts';
import { findPublished, openPublished, type PublishedFile } from './crl/published-lists.ts';
import type { JpkiContext } from './jpki-context.ts';
import { CERTIFICATE_KINDS } from './profile/certificate-kind.ts';
import { mayAskAbout, type StatusCallerFailure } from './verifiers/status-caller.ts';

export type JpkiRouteFailure = 'authority-unknown' | 'list-unknown' | StatusCallerFailure;

const TAGS = ['jpki'];
const keyIdentifier = z
  .string()
  .regex(/^[0-9a-f]{40}$/)
  .meta({ description: 'The authority’s subjectKeyIdentifier in hexadecimal' });
const place = z.string().regex(/^[A-Za-z-]{1,64}$/);

const authoritySchema = z.object({
  kind: z.enum(CERTIFICATE_KINDS),
  generation: z.int(),
  keyIdentifier,
  notBefore: z.iso.datetime(),
  notAfter: z.iso.datetime(),
  issuesFrom: z.iso.datetime().nullable().meta({ description: 'Null until it is decided' }),
  retiredAt: z.iso.datetime().nullable().meta({ description: 'It signs nothing any more' }),
  sha256: z.string().meta({ description: 'Fingerprint of the certificate' }),
  certificate: z.string().meta({ description: 'Path of the certificate in DER' }),
});

/** The public routes of JPKI at the national site. */
export const jpkiRoutes = (context: JpkiContext): Part<readonly Route<JpkiRouteFailure>[]> => ({
  prefix: '',
  site: NATIONAL_SITE,
  statuses: {
    'authority-unknown': 404,
    'list-unknown': 404,
    'verifier-unknown': 403,
    'verifier-not-live': 403,
    'verifier-suspended': 403,
    'method-not-permitted': 403,
    'certificate-kind-not-permitted': 403,
  },
  routes: [listAuthorities(context), derCertificate(context), pemCertificate(context), ...lists(context)],
});

const hex = (octets: Uint8Array): string => Buffer.from(octets).toString('hex');
const isoOrNull = (instant: number | undefined): string | null =>
  instant === undefined ? null : new Date(instant).toISOString();

const listAuthorities = (context: JpkiContext): Route<JpkiRouteFailure> =>
  route({
    method: 'GET',
    path: '/ca',
    summary: 'All generations of the certification authorities',
    tags: TAGS,
    access: 'public',
    responses: { 200: z.array(authoritySchema) },
    handler: async () =>
      ok(
        (await context.authorities.all()).map((authority) => ({
          kind: authority.kind,
          generation: authority.generation,
          keyIdentifier: hex(authority.keyIdentifier),
          notBefore: new Date(authority.certificate.notBefore).toISOString(),
          notAfter: new Date(authority.certificate.notAfter).toISOString(),
          issuesFrom: isoOrNull(authority.issuesFrom),
          retiredAt: isoOrNull(authority.retiredAt),
          sha256: hex(fingerprint(authority.certificate)),
          certificate: `/ca/${hex(authority.keyIdentifier)}/certificate.der`,
        })),
      ),
  });

async function findAuthority(
  context: JpkiContext,
  wanted: string,
): Promise<Result<Authority, 'authority-unknown'>> {
  const found = (await context.authorities.all()).find((each) => hex(each.keyIdentifier) === wanted);
  return found ? ok(found) : fail('authority-unknown', 'no authority has that key');
}

const derCertificate = (context: JpkiContext): Route<JpkiRouteFailure> =>
  route({
    method: 'GET',
    path: '/ca/:keyIdentifier/certificate.der',
    summary: 'The certificate of an authority in DER',
    tags: TAGS,
    access: 'public',
    params: z.object({ keyIdentifier }),
    responses: { 200: bytes('application/pkix-cert', 'A certificate') },
    handler: async ({ params }) => {
      const authority = await findAuthority(context, params.keyIdentifier);
      return authority.ok ? ok(authority.value.certificate.der) : authority;
    },
  });

const pemCertificate = (context: JpkiContext): Route<JpkiRouteFailure> =>
  route({
    method: 'GET',
    path: '/ca/:keyIdentifier/certificate.pem',
    summary: 'The certificate of an authority in PEM',
    tags: TAGS,
    access: 'public',
    params: z.object({ keyIdentifier }),
    responses: { 200: bytes('application/x-pem-file', 'A certificate') },
    handler: async ({ params }) => {
      const authority = await findAuthority(context, params.keyIdentifier);
      if (!authority.ok) return authority;
      return ok(Buffer.from(encodePem('CERTIFICATE', authority.value.certificate.der)));
    },
  });

const LIST_RESPONSES = {
  200: bytes('application/pkix-crl', 'A list of revoked certificates in DER'),
  304: empty('The list that the caller has is the latest'),
} as const;

/** Kept by anybody, but asked about each time. */
const LIST_CACHE = 'no-cache';

const lists = (context: JpkiContext): readonly Route<JpkiRouteFailure>[] => [
  route({
    method: 'GET',
    path: '/crl/:keyIdentifier',
    summary: 'All revoked certificates of a generation of an authority',
    tags: TAGS,
    access: 'public',
    params: z.object({ keyIdentifier }),
    responses: LIST_RESPONSES,
    cacheControl: LIST_CACHE,
    handler: ({ params, headers }) => answerList(context, params, headers),
  }),
  route({
    method: 'GET',
    path: '/crl/:keyIdentifier/:prefecture/:area',
    summary: 'The revoked certificates of a distribution point',
    tags: TAGS,
    access: 'public',
    params: z.object({ keyIdentifier, prefecture: place, area: place }),
    responses: LIST_RESPONSES,
    cacheControl: LIST_CACHE,
    handler: ({ params, headers }) => answerList(context, params, headers),
  }),
];

interface WantedList {
  readonly keyIdentifier: string;
  readonly prefecture?: string;
  readonly area?: string;
}

const KIND_REFUSED: Failure<StatusCallerFailure> = {
  code: 'certificate-kind-not-permitted',
  detail: 'lists of such certificates are not among the terms of the verifier',
};

type ListAnswer = Answer<200, Readable> | Answer<304, undefined>;

async function answerList(
  context: JpkiContext,
  wanted: WantedList,
  asked: Readonly<Record<string, string | string[] | undefined>>,
): Promise<Result<ListAnswer, JpkiRouteFailure>> {
  const authority = await findAuthority(context, wanted.keyIdentifier);
  if (!authority.ok) return authority;
  const { kind } = authority.value;
  const caller = await context.findStatusCaller('crl', clientCertificateOf(asked));
  const { code, detail } = caller.refusal ?? KIND_REFUSED;
  const counted = { verifier: caller.verifier, service: 'crl', kind } as const;
  if (!mayAskAbout(caller, kind)) {
    context.counts.add({ ...counted, answer: code });
    return fail(code, detail);
  }
  const area =
    wanted.area === undefined ? undefined : { prefecture: wanted.prefecture ?? '', area: wanted.area };
  const list = await findPublished(context, authority.value, area);
  if (!list) return fail('list-unknown', 'there is no such list');
  const headers = { etag: etagOf(list), 'last-modified': list.thisUpdate.toUTCString() };
  if (isHeld(asked['if-none-match'], headers.etag)) {
    context.counts.add({ ...counted, answer: 'not-modified' });
    return ok(answer(304, undefined, headers));
  }
  const file = await openPublished(context, authority.value, area);
  if (!file) return fail('list-unknown', 'the list is not there; the next publication makes it anew');
  context.counts.add({ ...counted, answer: 'sent' });
  return ok(
    answer(200, file.content, {
      etag: etagOf(file),
      'last-modified': file.thisUpdate.toUTCString(),
      'content-length': String(file.bytes),
    }),
  );
}

const etagOf = ({ sha256 }: Pick<PublishedFile, 'sha256'>): string => `"${sha256}"`;

/** If-None-Match (RFC 9110 13.1.2): any of several, compared weakly. */
const isHeld = (held: string | string[] | undefined, etag: string): boolean =>
  [held ?? []]
    .flat()
    .flatMap((line) => line.split(','))
    .map((tag) => tag.trim().replace(/^W\//, ''))
    .some((tag) => tag === '*' || tag === etag);
