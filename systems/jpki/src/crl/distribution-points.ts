/**
 * The distribution points that there are, by the names in certificates. A point that certificates may name has a list
 * under the generation that issues them: nobody is ever sent to a list that is not there.
 */
import { inTransaction, type Tx } from '@ishizue/db';
import { ok, type Result } from '@ishizue/outcome';
import type { Authority } from '../authority/authorities.ts';
import type { JpkiContext } from '../jpki-context.ts';
import type { CertificateKind } from '../profile/certificate-kind.ts';
import type { CrlArea } from '../profile/crl-area.ts';
import type { DistributionPoint } from './known-points.ts';
import { type PublishFailure, publishList } from './publish-list.ts';
import { isListed } from './published-lists.ts';

/** The id of the area's point; its first list is published where it has none. */
export async function ensurePoint(
  context: JpkiContext,
  authority: Authority,
  area: CrlArea,
): Promise<Result<number, PublishFailure>> {
  const known = context.points.find(authority, area);
  if (known !== undefined) return ok(known);
  const point = await inTransaction(context.sql, {}, (tx) => storePoint(tx, authority.kind, area));
  if (!(await isListed(context, authority, point.id))) {
    const published = await publishList(context, authority, point);
    if (!published.ok) return published;
  }
  context.points.remember(authority, point);
  return ok(point.id);
}

async function storePoint(
  tx: Tx,
  kind: CertificateKind,
  { prefecture, area }: CrlArea,
): Promise<DistributionPoint> {
  await tx`
    INSERT INTO jpki.distribution_point (kind, prefecture, area) VALUES (${kind}, ${prefecture}, ${area})
    ON CONFLICT DO NOTHING`;
  const [row] = await tx<DistributionPoint[]>`
    SELECT id, kind, prefecture, area FROM jpki.distribution_point
    WHERE kind = ${kind} AND prefecture = ${prefecture} AND area = ${area}`;
  if (!row) throw new Error('a distribution point that was made is not there');
  return row;
}

/** The points of a kind. */
export const pointsOf = (
  context: JpkiContext,
  kind: CertificateKind,
): Promise<readonly DistributionPoint[]> =>
  context.sql<DistributionPoint[]>`
    SELECT id, kind, prefecture, area FROM jpki.distribution_point WHERE kind = ${kind} ORDER BY id`;
