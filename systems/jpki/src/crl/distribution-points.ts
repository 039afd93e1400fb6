/** The distribution points that there are, by the names in certificates; a row is made once and never changes. */
import type { Tx } from '@ishizue/db';
import type { CertificateKind } from '../profile/certificate-kind.ts';
import type { CrlArea } from '../profile/crl-area.ts';

export interface DistributionPointRow extends CrlArea {
  readonly id: number;
  readonly kind: CertificateKind;
}

const keyOf = (kind: CertificateKind, { prefecture, area }: CrlArea): string => `${kind} ${prefecture} ${area}`;

export class DistributionPoints {
  readonly #ids = new Map<string, number>();

  /** The id of a point that has a list: one that certificates may name. */
  find(kind: CertificateKind, area: CrlArea): number | undefined {
    return this.#ids.get(keyOf(kind, area));
  }

  remember({ id, kind, ...area }: DistributionPointRow): void {
    this.#ids.set(keyOf(kind, area), id);
  }
}

/** The point's row, made where there is none. */
export async function ensurePoint(
  tx: Tx,
  kind: CertificateKind,
  { prefecture, area }: CrlArea,
): Promise<DistributionPointRow> {
  await tx`
    INSERT INTO jpki.distribution_point (kind, prefecture, area) VALUES (${kind}, ${prefecture}, ${area})
    ON CONFLICT DO NOTHING`;
  const [row] = await tx<DistributionPointRow[]>`
    SELECT id, kind, prefecture, area FROM jpki.distribution_point
    WHERE kind = ${kind} AND prefecture = ${prefecture} AND area = ${area}`;
  if (!row) throw new Error('a distribution point that was made is not there');
  return row;
}
