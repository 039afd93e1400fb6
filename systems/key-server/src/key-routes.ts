/**
 * The key server over HTTP: what officers and custodians do, what everyone may fetch (the authority's certificates and its
 * lists), and what a node may ask about itself. Every act takes its purpose.
 */
import { bytes, operatorWith, type Route, route } from '@ishizue/http';
import { fail, ok } from '@ishizue/outcome';
import { fingerprint } from '@ishizue/x509';
import { z } from 'zod';
import { callerOf, instant, purpose } from './act-over-http.ts';
import type { KeyContext } from './key-context.ts';
import { type EnrolCode, enrolNode } from './node/enrol.ts';
import { findNodeSigner, listNodes } from './node/nodes.ts';
import { type RevokeCode, revokeTerminal } from './node/revoke-nodes.ts';
import { type RotateCode, rotateSite } from './node/rotate-site.ts';
import { NODE_KINDS } from './profile/node-profile.ts';
import { proposalRoutes } from './proposal-routes.ts';
import { nodeAuthorities } from './root/authorities.ts';
import type { ProposalCode } from './root/proposals.ts';
import { findList } from './root/publish-lists.ts';

/** Enrols, rotates and revokes nodes. */
export const KEY_OFFICER = 'key-officer';
/** Proposes and approves root acts. */
export const KEY_CUSTODIAN = 'key-custodian';

export type KeyRouteCode =
  | EnrolCode
  | RotateCode
  | RevokeCode
  | ProposalCode
  | 'authority-unknown'
  | 'list-unknown'
  | 'certificate-not-a-node-s';

export const keyStatuses = {
  'purpose-missing': 400,
  'request-malformed': 400,
  'possession-not-proved': 400,
  'request-of-another-node': 400,
  'key-unsuitable': 400,
  'node-name-invalid': 400,
  'policy-invalid': 400,
  'site-unknown': 404,
  'node-unknown': 404,
  'proposal-unknown': 404,
  'authority-unknown': 404,
  'list-unknown': 404,
  'node-revoked': 409,
  'key-certified': 409,
  'proposal-approved': 409,
  'proposal-expired': 409,
  'already-so': 409,
  'site-needs-two-persons': 403,
  'second-person-needed': 403,
  'certificate-not-a-node-s': 403,
  'signing-refused': 500,
  'signer-unavailable': 503,
} as const satisfies Record<KeyRouteCode, number>;

const TAGS = ['keys'];

const issued = z.object({
  node: z.string(),
  serial: z.string(),
  notAfter: z.iso.datetime(),
  certificate: z.base64().meta({ description: 'The certificate in DER' }),
  overlapEnds: z.iso.datetime().optional(),
});

/** Routes of operators; mount them below the key server's site. */
export const keyRoutes = (context: KeyContext): readonly Route<KeyRouteCode>[] => [
  route({
    method: 'GET',
    path: '/key-server/nodes',
    summary: 'Sites and terminals with their certificates',
    tags: TAGS,
    access: operatorWith(KEY_OFFICER, KEY_CUSTODIAN),
    query: z.object({ prefix: z.string().max(64).default('') }),
    responses: {
      200: z.array(
        z.object({
          node: z.string(),
          kind: z.enum(NODE_KINDS),
          state: z.enum(['active', 'expired', 'revoked', 'without-certificate']),
          serial: z.string().nullable(),
          notAfter: z.iso.datetime().nullable(),
          acceptedKeys: z.int(),
        }),
      ),
    },
    handler: async ({ query }) =>
      ok(
        (await listNodes(context, query.prefix)).map((node) => ({
          ...node,
          notAfter: node.notAfter === null ? null : instant(node.notAfter),
        })),
      ),
  }),
  enrolment(context),
  rotation(context),
  revocation(context),
  ...proposalRoutes(context, KEY_CUSTODIAN),
];

const enrolment = (context: KeyContext): Route<KeyRouteCode> =>
  route({
    method: 'POST',
    path: '/key-server/enrolments',
    summary: 'Certify the key of a site or a terminal by its certification request',
    tags: TAGS,
    access: operatorWith(KEY_OFFICER),
    body: z.strictObject({
      node: z.string().max(64),
      kind: z.enum(NODE_KINDS),
      request: z.string().max(16_384).meta({ description: 'PKCS#10 in PEM' }),
      purpose,
    }),
    responses: { 201: issued },
    handler: async (call) => {
      const by = callerOf(call, KEY_OFFICER, call.body.purpose);
      const done = await enrolNode(context, by, call.body);
      return done.ok ? ok(issuedView(done.value)) : done;
    },
  });

const rotation = (context: KeyContext): Route<KeyRouteCode> =>
  route({
    method: 'POST',
    path: '/key-server/rotations',
    summary: 'Give a site its next key; the one before is accepted until the overlap is over',
    tags: TAGS,
    access: operatorWith(KEY_OFFICER),
    body: z.strictObject({ node: z.string().max(64), purpose }),
    responses: { 201: issued },
    handler: async (call) => {
      const by = callerOf(call, KEY_OFFICER, call.body.purpose);
      const done = await rotateSite(context, by, call.body.node);
      return done.ok ? ok(issuedView(done.value)) : done;
    },
  });

const revocation = (context: KeyContext): Route<KeyRouteCode> =>
  route({
    method: 'POST',
    path: '/key-server/revocations',
    summary: 'Revoke a terminal for good: its next request is refused',
    tags: TAGS,
    access: operatorWith(KEY_OFFICER),
    body: z.strictObject({
      node: z.string().max(64),
      reason: z.enum(['keyCompromise', 'cessationOfOperation']),
      purpose,
    }),
    responses: { 200: z.object({ node: z.string(), certificates: z.int() }) },
    handler: async (call) => {
      const { node } = call.body;
      const by = callerOf(call, KEY_OFFICER, call.body.purpose);
      const done = await revokeTerminal(context, by, call.body);
      return done.ok ? ok({ node, certificates: done.value.certificates }) : done;
    },
  });

interface Issued {
  readonly node: string;
  readonly serial: string;
  readonly notAfter: number;
  readonly certificate: Uint8Array;
  readonly overlapEnds?: number;
}

const issuedView = ({ node, serial, notAfter, certificate, overlapEnds }: Issued) => ({
  node,
  serial,
  notAfter: instant(notAfter),
  certificate: Buffer.from(certificate).toString('base64'),
  ...(overlapEnds !== undefined && { overlapEnds: instant(overlapEnds) }),
});

const generation = z.coerce.number().int().min(1).max(1000);

/** What everyone may fetch, and what a node may ask about itself; mount them at the root, where certificates point. */
export const publicKeyRoutes = (context: KeyContext): readonly Route<KeyRouteCode>[] => [
  route({
    method: 'GET',
    path: '/key-server/authorities',
    summary: 'The generations of the node authority',
    tags: TAGS,
    access: 'public',
    responses: {
      200: z.array(z.object({ generation: z.int(), notAfter: z.iso.datetime(), sha256: z.string() })),
    },
    handler: async () =>
      ok(
        (await nodeAuthorities(context)).map((authority) => ({
          generation: authority.generation,
          notAfter: instant(authority.certificate.notAfter),
          sha256: Buffer.from(fingerprint(authority.certificate)).toString('hex'),
        })),
      ),
  }),
  route({
    method: 'GET',
    path: '/key-server/authorities/:generation',
    summary: 'The certificate of a generation of the node authority in DER',
    tags: TAGS,
    access: 'public',
    params: z.object({ generation }),
    responses: { 200: bytes('application/pkix-cert', 'A certificate') },
    handler: async ({ params }) => {
      const found = (await nodeAuthorities(context)).find((each) => each.generation === params.generation);
      return found ? ok(found.certificate.der) : fail('authority-unknown', 'no such generation');
    },
  }),
  route({
    method: 'GET',
    path: '/key-server/crl/:generation',
    summary: 'Certificates of nodes that have ended, of a generation of the authority',
    tags: TAGS,
    access: 'public',
    params: z.object({ generation }),
    responses: { 200: bytes('application/pkix-crl', 'A list of revoked certificates in DER') },
    cacheControl: 'no-cache',
    handler: async ({ params }) => {
      const list = await findList(context, params.generation);
      return list ? ok(list) : fail('list-unknown', 'no such list');
    },
  }),
  route({
    method: 'GET',
    path: '/key-server/self',
    summary: 'The node that signed this request, and until when its certificate is valid',
    tags: TAGS,
    access: 'site',
    responses: { 200: z.object({ node: z.string(), kind: z.enum(NODE_KINDS), notAfter: z.iso.datetime() }) },
    handler: async ({ actor }) => {
      const found = await findNodeSigner(context, actor.keyId);
      if (!found)
        return fail('certificate-not-a-node-s', 'the request was not signed with a node’s certificate');
      return ok({ node: found.node, kind: found.kind, notAfter: instant(found.notAfter) });
    },
  }),
];
