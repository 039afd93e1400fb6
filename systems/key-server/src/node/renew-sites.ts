/**
 * Sites' keys renew themselves: from a third of a certificate's life left the site gets its next key, as by an officer's
 * rotation, so that its links go on over the overlap. Only sites whose key is in our signer; a terminal's key is on the
 * terminal. Who fails is tried at the next round, and the watch's alarm stands for who has failed for long.
 */
import { fail, ok, type Result } from '@ishizue/outcome';
import { type KeyOperator, refuseAct, SYSTEM_ROLE } from '../act.ts';
import type { KeyContext } from '../key-context.ts';
import { type KeyPolicy, policyAt } from '../policy.ts';
import { validityOf } from '../profile/node-profile.ts';
import { issuingAuthority, type NodeAuthority } from '../root/authorities.ts';
import { signingFailure } from '../signing-failure.ts';
import { certifyNodes, type NodeKey } from './certify-nodes.ts';
import { readNodeRequest } from './read-request.ts';
import { LINK_USES } from './rotate-site.ts';

/** What a round came to. */
export interface RenewalRound {
  readonly renewed: readonly string[];
  readonly failed: readonly { readonly site: string; readonly code: string }[];
  /** Sites whose key is not in our signer, and whose certificate an officer has to renew. */
  readonly elsewhere: readonly string[];
}

/** A round is bounded: what is left is the next one's. */
const SITES_MAX = 100;
const RAW_KEY_BYTES = 32;

interface DueSite {
  readonly site: string;
  readonly publicKey: Buffer;
  readonly notAfter: Date;
  /** The number of its next key: no key is certified twice. */
  readonly next: number;
}

/** Renews the certificates of sites that are due, those that end first before the others; also what has run out. */
export async function renewSites(context: KeyContext, correlation: string): Promise<RenewalRound> {
  const nothing: RenewalRound = { renewed: [], failed: [], elsewhere: [] };
  const found = await dueSites(context);
  if (found.length === 0) return nothing;
  const now = context.clock.now();
  const [authority, policy] = [await issuingAuthority(context), await policyAt(context.sql, now)];
  const due = found.filter(({ notAfter }) => notAfter.getTime() < lastsUntil(authority, policy, now));
  if (due.length === 0) return nothing;
  const by = renewal(correlation);
  const own = await ownKeys(context);
  if (!own.ok) return { ...nothing, failed: due.map(({ site }) => ({ site, code: own.failure.code })) };
  const ours = due.filter(({ publicKey }) => own.value.has(publicKey.toString('hex')));
  const failed: { site: string; code: string }[] = [];
  const keys: NodeKey[] = [];
  for (const site of ours) {
    const key = await nextKey(context, site);
    if (key.ok) keys.push(key.value);
    else {
      await refuseAct(context, by, { act: 'key-rotate', nodes: [site.site] }, key.failure);
      failed.push({ site: site.site, code: key.failure.code });
    }
  }
  const issued = await certifyNodes(context, by, 'key-rotate', keys);
  if (!issued.ok) failed.push(...keys.map(({ node }) => ({ site: node, code: issued.failure.code })));
  return {
    renewed: issued.ok ? issued.value.map(({ node }) => node) : [],
    failed,
    elsewhere: due.filter((site) => !ours.includes(site)).map(({ site }) => site),
  };
}

const renewal = (correlation: string): KeyOperator => ({
  operator: 'key-renewal',
  role: SYSTEM_ROLE,
  purpose: 'no more than a third of the life of the certificate is left',
  terminal: '',
  correlation,
});

/** Until when a certificate of now would last: near the authority's own end there is nothing to gain. */
function lastsUntil({ certificate }: NodeAuthority, policy: KeyPolicy, now: number): number {
  const { publicKey, notAfter } = certificate;
  return validityOf({ issuer: { generation: 0, publicKey, notAfter }, now, days: policy.siteDays }).notAfter;
}

async function dueSites({ sql, clock }: KeyContext): Promise<readonly DueSite[]> {
  const now = new Date(clock.now());
  return sql<DueSite[]>`
    SELECT n.name AS site, c.public_key AS "publicKey", c.not_after AS "notAfter",
      (SELECT 1 + count(*)::int FROM key_server.certificate o WHERE o.node = n.name) AS next
    FROM key_server.node n
    JOIN key_server.certificate c ON c.node = n.name AND c.signature IS NOT NULL AND c.ended_at IS NULL
    WHERE n.kind = 'site' AND n.revoked_at IS NULL AND ${now} >= c.not_after - (c.not_after - c.not_before) / 3
    ORDER BY c.not_after, n.name LIMIT ${SITES_MAX}`;
}

/** The raw keys of links in our signer. */
async function ownKeys({ signer }: KeyContext): Promise<Result<ReadonlySet<string>>> {
  const listed = await signer.listKeys();
  if (!listed.ok) return signingFailure(listed.failure);
  const links = listed.value.filter(({ name }) => name.startsWith('link/'));
  return ok(new Set(links.map(({ spki }) => spki.subarray(-RAW_KEY_BYTES).toString('hex'))));
}

/** The signer makes a key once a name: a round that was killed before certifying takes the same one again. */
async function nextKey({ signer }: KeyContext, { site, next }: DueSite): Promise<Result<NodeKey>> {
  const name = `link/${site}.${next}`;
  const made = await signer.generateKey(name, 'ed25519', LINK_USES);
  if (!made.ok) return signingFailure(made.failure);
  const request = await signer.requestCertificate(name);
  if (!request.ok) return signingFailure(request.failure);
  const publicKey = readNodeRequest(request.value, site);
  return publicKey.ok
    ? ok({ node: site, kind: 'site', site: null, publicKey: publicKey.value })
    : fail(publicKey.failure.code, publicKey.failure.detail);
}
