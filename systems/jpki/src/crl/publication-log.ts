/** The log of publications: which list was made when, how long it is and what its content was; a month of it is kept. */
import type { JpkiContext } from '../jpki-context.ts';
import type { CertificateKind } from '../profile/certificate-kind.ts';

export interface LoggedPublication {
  readonly kind: CertificateKind;
  readonly generation: number;
  /** Null of the list of a whole generation. */
  readonly prefecture: string | null;
  readonly area: string | null;
  readonly number: number;
  readonly thisUpdate: Date;
  readonly entries: number;
  readonly bytes: number;
  /** Hexadecimal. */
  readonly sha256: string;
  readonly duration_ms: number;
}

/** The newest publications before an instant, so many at most. */
export const readPublications = (
  { sql }: Pick<JpkiContext, 'sql'>,
  { before, limit }: { readonly before: Date; readonly limit: number },
): Promise<readonly LoggedPublication[]> =>
  sql<LoggedPublication[]>`
    SELECT p.kind, generation, prefecture, area, number, this_update AS "thisUpdate", entries, bytes,
      encode(sha256, 'hex') AS sha256, duration_ms
    FROM jpki.publication p LEFT JOIN jpki.distribution_point d ON d.id = p.point
    WHERE this_update < ${before} ORDER BY this_update DESC, p.kind, generation, point, number LIMIT ${limit}`;
