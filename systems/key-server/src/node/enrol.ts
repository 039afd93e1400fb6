/**
 * Enrolment of terminals and sites by an officer, and of the sites that an installation has at its start. A terminal or
 * site that is enrolled already gets a certificate for its next key: that is its renewal.
 */
import { fail, mustSucceed, ok, type Result } from '@ishizue/outcome';
import { checkPurpose, type KeyOperator, refuseAct } from '../act.ts';
import type { KeyContext } from '../key-context.ts';
import type { NodeKind } from '../profile/node-profile.ts';
import type { SigningCode } from '../signing-failure.ts';
import { certifyNodes, type IssuedCertificate, type NodeKey } from './certify-nodes.ts';
import { type RequestCode, readNodeRequest } from './read-request.ts';

export type EnrolCode =
  | RequestCode
  | SigningCode
  | 'purpose-missing'
  | 'node-name-invalid'
  | 'site-unknown' // of a terminal, or a site that is not of this country
  | 'node-revoked'
  | 'key-certified'; // this key had a certificate before: a next certificate is for a next key

export interface EnrolOrder {
  readonly node: string;
  readonly kind: NodeKind;
  /** PKCS#10 in PEM or DER. */
  readonly request: string | Uint8Array;
}

const NODE_NAME = /^[a-z][a-z0-9-]*(?:\/[a-z0-9-]+)*$/;
const NODE_NAME_MAX = 64;

/** Certifies the key of a terminal (`<site>/<name>`) or of a site that is known here. */
export async function enrolNode(
  context: KeyContext,
  by: KeyOperator,
  order: EnrolOrder,
): Promise<Result<IssuedCertificate, EnrolCode>> {
  const said = checkPurpose(by);
  if (!said.ok) return said;
  const act = {
    act: 'key-enrol',
    nodes: NODE_NAME.test(order.node) ? [order.node.slice(0, NODE_NAME_MAX)] : [],
  } as const;
  const key = await readOrder(context, order);
  if (!key.ok) return refuseAct(context, by, act, key.failure);
  const issued = await certifyNodes(context, by, 'key-enrol', [key.value]);
  if (!issued.ok) return issued;
  const [one] = issued.value;
  if (one) return ok(one);
  return refuseAct(context, by, act, {
    code: 'key-certified',
    detail: 'the key had a certificate, or the node ended',
  });
}

async function readOrder(
  { sql }: KeyContext,
  { node, kind, request }: EnrolOrder,
): Promise<Result<NodeKey, EnrolCode>> {
  if (!NODE_NAME.test(node) || node.length > NODE_NAME_MAX)
    return fail('node-name-invalid', `at most ${NODE_NAME_MAX} characters, like a site’s name`);
  const site = kind === 'terminal' ? node.slice(0, node.lastIndexOf('/')) : null;
  const rows = await sql<{ name: string; kind: NodeKind; isRevoked: boolean }[]>`
    SELECT name, kind, revoked_at IS NOT NULL AS "isRevoked" FROM key_server.node
    WHERE name = ANY (${[node, site ?? node]}::text[])`;
  const itself = rows.find(({ name }) => name === node);
  const under = rows.find(({ name }) => name === (site ?? node));
  if (under?.kind !== 'site') return fail('site-unknown', 'no such site is enrolled');
  if (itself && itself.kind !== kind)
    return fail('node-name-invalid', 'the name is that of another kind of node');
  if (itself?.isRevoked || under.isRevoked) return fail('node-revoked', 'the node or its site is revoked');
  const key = readNodeRequest(request, node);
  return key.ok ? ok({ node, kind, site, publicKey: key.value }) : key;
}

/** A site with the request that the signer wrote for its key. */
export interface SiteRequest {
  readonly site: string;
  readonly request: Uint8Array;
}

/** Sites of these that have no certificate: those of an installation that is older than the key server, or new. */
export async function sitesWithoutCertificate(
  { sql }: KeyContext,
  sites: readonly string[],
): Promise<readonly string[]> {
  const rows = await sql<{ site: string }[]>`
    SELECT s.site FROM unnest(${[...sites]}::text[]) AS s (site)
    WHERE NOT EXISTS (
      SELECT FROM key_server.certificate c WHERE c.node = s.site AND c.signature IS NOT NULL)`;
  return rows.map(({ site }) => site);
}

/** Certifies the keys that sites have, all together, by whoever sets the installation up. */
export async function enrolSites(
  context: KeyContext,
  by: KeyOperator,
  requests: readonly SiteRequest[],
): Promise<Result<number, SigningCode>> {
  if (requests.length === 0) return ok(0);
  const keys = requests.map(({ site, request }): NodeKey => {
    const publicKey = mustSucceed(readNodeRequest(request, site), `the request of ${site}`);
    return { node: site, kind: 'site', site: null, publicKey };
  });
  const issued = await certifyNodes(context, by, 'key-enrol', keys);
  return issued.ok ? ok(issued.value.length) : issued;
}
