/**
 * Rotation of a site's key without stopping: the signer makes the next key and its request, the authority certifies it, the
 * site signs with it from its next envelope on, and the key before is accepted until the overlap is over.
 */
import { fail, ok, type Result } from '@ishizue/outcome';
import { checkPurpose, type KeyOperator, refuseAct } from '../act.ts';
import type { KeyContext } from '../key-context.ts';
import { type SigningCode, signingFailure } from '../signing-failure.ts';
import { certifyNodes, type IssuedCertificate } from './certify-nodes.ts';
import { type RequestCode, readNodeRequest } from './read-request.ts';

export type RotateCode =
  | RequestCode
  | SigningCode
  | 'purpose-missing'
  | 'site-unknown'
  | 'node-revoked'
  | 'key-certified';

/** What a site's key on links may sign. */
export const LINK_USES = ['envelope', 'acknowledgement'];

/** Gives a site whose key is in our signer its next key. */
export async function rotateSite(
  context: KeyContext,
  by: KeyOperator,
  site: string,
): Promise<Result<IssuedCertificate, RotateCode>> {
  const said = checkPurpose(by);
  if (!said.ok) return said;
  const act = { act: 'key-rotate', nodes: [site] } as const;
  const request = await requestNextKey(context, site);
  if (!request.ok)
    return refuseAct(
      context,
      by,
      request.failure.code === 'site-unknown' ? { ...act, nodes: [] } : act,
      request.failure,
    );
  const publicKey = readNodeRequest(request.value, site);
  if (!publicKey.ok) return refuseAct(context, by, act, publicKey.failure);
  const issued = await certifyNodes(context, by, 'key-rotate', [
    { node: site, kind: 'site', site: null, publicKey: publicKey.value },
  ]);
  if (!issued.ok) return issued;
  const [one] = issued.value;
  return one
    ? ok(one)
    : refuseAct(context, by, act, {
        code: 'key-certified',
        detail: 'another rotation of the site came first',
      });
}

/** The key's number is one more than all certificates that were prepared for the site: no key is certified twice. */
async function requestNextKey(
  { sql, signer }: KeyContext,
  site: string,
): Promise<Result<Buffer, SigningCode | 'site-unknown' | 'node-revoked'>> {
  const [node] = await sql<{ isRevoked: boolean; next: number }[]>`
    SELECT n.revoked_at IS NOT NULL AS "isRevoked",
           (SELECT 1 + count(*)::int FROM key_server.certificate c WHERE c.node = n.name) AS next
    FROM key_server.node n WHERE n.name = ${site} AND n.kind = 'site'`;
  if (!node) return fail('site-unknown', 'no such site is enrolled');
  if (node.isRevoked) return fail('node-revoked', 'the site is revoked; two persons may readmit it');
  const name = `link/${site}.${node.next}`;
  const made = await signer.generateKey(name, 'ed25519', LINK_USES);
  if (!made.ok) return signingFailure(made.failure);
  const request = await signer.requestCertificate(name);
  return request.ok ? request : signingFailure(request.failure);
}
