/** Ceremonies as the database has them: proposed by one person, approved by another, finished with a transcript. */
import type { Sql, Tx } from '@ishizue/db';
import type { CertificateKind } from '../profile/certificate-kind.ts';

/** What two persons decide about an authority. */
export type CeremonyPlan =
  | { readonly act: 'next-generation'; readonly kind: CertificateKind }
  | {
      readonly act: 'switch-issuing';
      readonly kind: CertificateKind;
      readonly generation: number;
      /** Milliseconds since the epoch. */
      readonly issuesFrom: number;
    }
  | { readonly act: 'retire'; readonly kind: CertificateKind; readonly generation: number };

/** Instants are milliseconds since the epoch. */
export interface Ceremony {
  readonly id: string;
  readonly number: number;
  readonly act: CeremonyPlan['act'];
  readonly kind: CertificateKind;
  readonly generation: number;
  readonly issuesFrom: number | null;
  readonly proposedBy: string;
  readonly proposedFor: string;
  readonly proposedAt: number;
  readonly expiresAt: number;
  readonly approvedBy: string | null;
  readonly approvedFor: string | null;
  readonly approvedAt: number | null;
  readonly finishedAt: number | null;
  readonly transcript: string | null;
}

type Instants = 'issuesFrom' | 'proposedAt' | 'expiresAt' | 'approvedAt' | 'finishedAt';
type CeremonyRow = Omit<Ceremony, Instants> & {
  readonly issuesFrom: Date | null;
  readonly proposedAt: Date;
  readonly expiresAt: Date;
  readonly approvedAt: Date | null;
  readonly finishedAt: Date | null;
};

const LISTED_MAX = 200;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Ceremonies, the newest first, at most 200. */
export const listCeremonies = async ({ sql }: { readonly sql: Sql }): Promise<readonly Ceremony[]> =>
  readCeremonies(sql, undefined);

export const findCeremony = async (sql: Sql | Tx, id: string): Promise<Ceremony | undefined> =>
  UUID.test(id) ? (await readCeremonies(sql, id))[0] : undefined;

async function readCeremonies(sql: Sql | Tx, id: string | undefined): Promise<readonly Ceremony[]> {
  const rows = await sql<CeremonyRow[]>`
    SELECT id::text, number, act, kind, generation, issues_from AS "issuesFrom", proposed_by AS "proposedBy",
      proposed_for AS "proposedFor", proposed_at AS "proposedAt", expires_at AS "expiresAt",
      approved_by AS "approvedBy", approved_for AS "approvedFor", approved_at AS "approvedAt",
      finished_at AS "finishedAt", transcript
    FROM jpki.ceremony WHERE ${id ?? null}::uuid IS NULL OR id = ${id ?? null}::uuid
    ORDER BY number DESC LIMIT ${LISTED_MAX}`;
  return rows.map((row) => ({
    ...row,
    issuesFrom: row.issuesFrom?.getTime() ?? null,
    proposedAt: row.proposedAt.getTime(),
    expiresAt: row.expiresAt.getTime(),
    approvedAt: row.approvedAt?.getTime() ?? null,
    finishedAt: row.finishedAt?.getTime() ?? null,
  }));
}

/** The transcript of the ceremony that finished last; transcripts are chained by their hashes. */
export async function findLastTranscript(
  tx: Tx,
): Promise<{ readonly place: number; readonly transcript: string } | undefined> {
  const [row] = await tx<{ place: number; transcript: string }[]>`
    SELECT place, transcript FROM jpki.ceremony WHERE place IS NOT NULL ORDER BY place DESC LIMIT 1`;
  return row;
}
