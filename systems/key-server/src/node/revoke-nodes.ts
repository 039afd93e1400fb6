/**
 * Ending nodes at once: a lost terminal by one officer, a site by two persons (root/proposals.ts). In one transaction the
 * node, its certificates, the links' directory, and the entries; whoever asks after the commit is told no.
 */
import { inTransaction, type Tx } from '@ishizue/db';
import { fail, ok, type Result } from '@ishizue/outcome';
import { checkPurpose, type KeyOperator, recordAct, refuseAct } from '../act.ts';
import type { KeyContext } from '../key-context.ts';
import { publishLists } from '../root/publish-lists.ts';

export type RevocationReason = 'keyCompromise' | 'cessationOfOperation';
export type RevokeCode = 'purpose-missing' | 'node-unknown' | 'node-revoked' | 'site-needs-two-persons';

/** Revokes a terminal for good: its next request is refused. */
export async function revokeTerminal(
  context: KeyContext,
  by: KeyOperator,
  order: { readonly node: string; readonly reason: RevocationReason },
): Promise<Result<{ readonly certificates: number }, RevokeCode>> {
  const said = checkPurpose(by);
  if (!said.ok) return said;
  const { node, reason } = order;
  const revoked = await inTransaction(context.sql, { site: context.site }, async (tx) => {
    const [found] = await tx<{ kind: string; isRevoked: boolean }[]>`
      SELECT kind, revoked_at IS NOT NULL AS "isRevoked" FROM key_server.node WHERE name = ${node} FOR UPDATE`;
    if (!found) return fail('node-unknown', 'no such node is enrolled');
    if (found.kind === 'site') return fail('site-needs-two-persons', 'propose it: another person approves');
    if (found.isRevoked) return fail('node-revoked', 'it is revoked already');
    const certificates = await endNode(tx, context, { node, reason });
    await recordAct(tx, context, by, { act: 'key-revoke', nodes: [node], result: 'ok' });
    return ok({ certificates });
  });
  if (revoked.ok) {
    await publishLists(context); // where it is not signed now, the hourly one tells; requests are refused without it
    return revoked;
  }
  const nodes = revoked.failure.code === 'node-unknown' ? [] : [node];
  return refuseAct(context, by, { act: 'key-revoke', nodes }, revoked.failure);
}

/** Ends a node and its certificates now, of a site also its terminals' certificates; answers how many certificates. */
export async function endNode(
  tx: Tx,
  { clock }: KeyContext,
  {
    node,
    reason,
    proposal,
  }: { readonly node: string; readonly reason: RevocationReason; readonly proposal?: string },
): Promise<number> {
  const now = new Date(clock.now());
  await tx`
    UPDATE key_server.node SET revoked_at = ${now}, revoked_for = ${reason}, proposal = ${proposal ?? null}
    WHERE name = ${node}`;
  await tx`
    UPDATE key_server.node SET revoked_at = ${now}, revoked_for = 'cessationOfOperation'
    WHERE site = ${node} AND revoked_at IS NULL`;
  const { count } = await tx`
    UPDATE key_server.certificate c SET ended_at = ${now}, ended_for = n.revoked_for
    FROM key_server.node n
    WHERE n.name = c.node AND (n.name = ${node} OR n.site = ${node}) AND c.signature IS NOT NULL
      AND n.revoked_at = ${now} AND (c.ended_at IS NULL OR c.ended_at > ${now})`;
  await tx`SELECT link.end_keys(${node}, NULL, ${now})`;
  return count;
}
