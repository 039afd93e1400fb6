/**
 * Signed answers that may be given again, to requests without a nonce (RFC 9654: one with a nonce has an answer of its own).
 * What is kept is a signature, not a status: before each use the database is asked whether a certificate called good was
 * revoked, by a query that begins after the request came. So no process ever says good of what is revoked in the
 * database, whoever revoked it, and no notice has to arrive for that. A revocation is final and needs no question.
 */
import type { Sql } from '@ishizue/db';
import { Batches } from '../batches.ts';
import type { CertificateKind } from '../profile/certificate-kind.ts';

/** A certificate that an answer calls good. */
export interface GoodCertificate {
  readonly kind: CertificateKind;
  readonly generation: number;
  readonly serial: number;
}

export interface KeptAnswer {
  readonly response: Uint8Array;
  readonly goods: readonly GoodCertificate[];
  readonly madeAt: number;
  /** What is counted when it is given. */
  readonly counted: readonly { readonly kind: CertificateKind; readonly answer: string }[];
}

/** `thisUpdate` is never older: well below what relying parties allow for clocks that differ. */
const KEPT_MS = 60_000;
const ANSWERS_MAX = 10_000;
const RESPONSE_BYTES_MAX = 4_096;
const REQUESTS_IN_QUERY_MAX = 500;
/** Measured: one costs a fifth less of the cores, and answers a third less where others want them too. */
const QUERIES_AT_ONCE = 2;

export class KeptAnswers {
  readonly #answers = new Map<string, KeptAnswer>();
  readonly #areUnrevoked: Batches<readonly GoodCertificate[], boolean>;

  constructor(sql: Sql) {
    this.#areUnrevoked = new Batches({
      run: async (questions) => {
        const revoked = await readRevoked(sql, questions.flat());
        return questions.map((goods) => !goods.some((good) => revoked.has(keyOf(good))));
      },
      itemsMax: REQUESTS_IN_QUERY_MAX,
      atOnce: QUERIES_AT_ONCE,
    });
  }

  /** The answer to a request, octet by octet the same, if it is as true now as when it was signed. */
  async find(request: string, now: number): Promise<KeptAnswer | undefined> {
    const kept = this.#answers.get(request);
    if (!kept) return undefined;
    const isFresh = kept.madeAt <= now && now < kept.madeAt + KEPT_MS;
    if (isFresh && (kept.goods.length === 0 || (await this.#areUnrevoked.add(kept.goods)))) return kept;
    if (this.#answers.get(request) === kept) this.#answers.delete(request);
    return undefined;
  }

  keep(request: string, answer: KeptAnswer): void {
    if (answer.response.length > RESPONSE_BYTES_MAX) return;
    this.#answers.delete(request); // and to the end: the oldest is the first
    this.#answers.set(request, answer);
    if (this.#answers.size <= ANSWERS_MAX) return;
    for (const oldest of this.#answers.keys()) {
      this.#answers.delete(oldest);
      return;
    }
  }
}

const keyOf = ({ kind, serial }: Pick<GoodCertificate, 'kind' | 'serial'>): string => `${kind} ${serial}`;

/** Nearly always none: the index holds revoked certificates only. */
async function readRevoked(sql: Sql, goods: readonly GoodCertificate[]): Promise<ReadonlySet<string>> {
  const rows = await sql<{ kind: CertificateKind; serial: number }[]>`
    SELECT kind, serial
    FROM unnest(${goods.map(({ kind }) => kind)}::text[], ${goods.map(({ generation }) => generation)}::smallint[],
      ${goods.map(({ serial }) => serial)}::int[]) AS asked(kind, generation, serial)
    JOIN jpki.certificate USING (kind, generation, serial)
    WHERE revoked_at IS NOT NULL`;
  return new Set(rows.map(keyOf));
}
