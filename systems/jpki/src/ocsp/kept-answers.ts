/**
 * Signed answers that may be given again, to requests without a nonce (RFC 9654: one with a nonce has an answer of its own).
 * What is kept is a signature, not a status: before each use the database is asked, by a query that begins after the request
 * came, how many transactions have revoked anything (migrations/0018). As long as that number is the one of the snapshot in
 * which the certificates were seen unrevoked, they are; otherwise they are looked at again. So no process ever says good of
 * what is revoked in the database, whoever revoked it, and no notice has to arrive. A revocation is final: no question.
 */
import type { Sql } from '@ishizue/db';
import { Batches } from '../batches.ts';
import { JointRead } from '../joint-read.ts';
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
const QUERIES_AT_ONCE = 2;

/** How much had been revoked when something was read: a number of the database's, compared for equality alone. */
type RevocationCount = string;

interface Kept extends KeptAnswer {
  /** Of a snapshot in which all that the answer calls good was unrevoked. */
  unrevokedAt: RevocationCount | undefined;
}

export class KeptAnswers {
  readonly #answers = new Map<string, Kept>();
  readonly #count: JointRead<RevocationCount>;
  readonly #lookedAt: Batches<readonly GoodCertificate[], RevocationCount | undefined>;

  constructor(sql: Sql) {
    this.#count = new JointRead(() => readCount(sql));
    this.#lookedAt = new Batches({
      run: async (questions) => {
        const { count, revoked } = await readRevoked(sql, questions.flat());
        return questions.map((goods) => (goods.some((good) => revoked.has(keyOf(good))) ? undefined : count));
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
    if (isFresh) {
      const isFinal = kept.goods.length === 0;
      if (isFinal || (kept.unrevokedAt !== undefined && kept.unrevokedAt === (await this.#count.join())))
        return kept;
      kept.unrevokedAt = await this.#lookedAt.add(kept.goods);
      if (kept.unrevokedAt !== undefined) return kept;
    }
    if (this.#answers.get(request) === kept) this.#answers.delete(request);
    return undefined;
  }

  keep(request: string, answer: KeptAnswer): void {
    if (answer.response.length > RESPONSE_BYTES_MAX) return;
    this.#answers.delete(request); // and to the end: the oldest is the first
    this.#answers.set(request, { ...answer, unrevokedAt: undefined });
    if (this.#answers.size <= ANSWERS_MAX) return;
    for (const oldest of this.#answers.keys()) {
      this.#answers.delete(oldest);
      return;
    }
  }
}

const keyOf = ({ kind, serial }: Pick<GoodCertificate, 'kind' | 'serial'>): string => `${kind} ${serial}`;

async function readCount(sql: Sql): Promise<RevocationCount> {
  const [row] = await sql<{ count: RevocationCount }[]>`
    SELECT coalesce(sum(transactions), 0)::text AS count FROM jpki.revocation_count`;
  if (!row) throw new Error('a sum of nothing has a row');
  return row.count;
}

/** Both of one snapshot. Nearly always none is revoked: the index holds revoked certificates only. */
async function readRevoked(
  sql: Sql,
  goods: readonly GoodCertificate[],
): Promise<{ readonly count: RevocationCount; readonly revoked: ReadonlySet<string> }> {
  const [row] = await sql<{ count: RevocationCount; revoked: string[] }[]>`
    SELECT (SELECT coalesce(sum(transactions), 0)::text FROM jpki.revocation_count) AS count, ARRAY(
      SELECT kind || ' ' || serial
      FROM unnest(${goods.map(({ kind }) => kind)}::text[], ${goods.map(({ generation }) => generation)}::smallint[],
        ${goods.map(({ serial }) => serial)}::int[]) AS asked(kind, generation, serial)
      JOIN jpki.certificate USING (kind, generation, serial)
      WHERE revoked_at IS NOT NULL) AS revoked`;
  if (!row) throw new Error('a question without an answer');
  return { count: row.count, revoked: new Set(row.revoked) };
}
