/** Distribution points of lists, and which of them are known to have a list: looked up once, kept in memory. */
import type { Authority } from '../authority/authorities.ts';
import type { CertificateKind } from '../profile/certificate-kind.ts';
import type { CrlArea } from '../profile/crl-area.ts';

export interface DistributionPoint extends CrlArea {
  readonly id: number;
  readonly kind: CertificateKind;
}

/** Points known to have a list, in memory: rows are only ever added. */
export class KnownPoints {
  readonly #ids = new Map<string, number>();

  find(authority: Authority, area: CrlArea): number | undefined {
    return this.#ids.get(keyOf(authority, area));
  }

  remember(authority: Authority, point: DistributionPoint): void {
    this.#ids.set(keyOf(authority, point), point.id);
  }
}

const keyOf = ({ kind, generation }: Authority, { prefecture, area }: CrlArea): string =>
  `${kind} ${generation} ${prefecture} ${area}`;
