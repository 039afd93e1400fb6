/** Verifiers as they are registered now, read by name; the rows follow the cases of registrations (store-verifiers.ts). */
import type { Tx } from '@ishizue/db';
import type { CardKind } from '../profile/certificate-kind.ts';
import {
  type VerifierKind,
  type VerifierService,
  type VerifierTerms,
  verifierTerms,
} from './verifier-terms.ts';

/** Those of the registration (verifier-registration.ts), by which the database checks the rows. */
export const VERIFIER_STATES = [
  'notified',
  'technical-documents-released',
  'test-environment',
  'connection-test',
  'live',
  'suspended',
  'ended',
] as const;
export type VerifierState = (typeof VERIFIER_STATES)[number];

/** A verifier as it is registered now. */
export interface Verifier {
  readonly verifier: string;
  readonly state: VerifierState;
  readonly revision: number;
  readonly kind: VerifierKind;
  readonly title: string;
  readonly purpose: string;
  readonly contact: string;
  readonly feeClass: 'free' | 'per-answer';
  readonly certificateKinds: readonly CardKind[];
  readonly methods: readonly ('crl' | 'ocsp')[];
  readonly services: readonly VerifierService[];
  readonly entrustedTo: string | null;
  /** SHA-256 of the client certificate: the key id of its requests. */
  readonly fingerprint: string | null;
  readonly certificateEndsAt: Date | null;
}

const columns = (tx: Tx): ReturnType<Tx> => tx`
  verifier, state, revision, kind, title, purpose, contact, fee_class AS "feeClass",
  certificate_kinds AS "certificateKinds", methods, services, entrusted_to AS "entrustedTo", fingerprint,
  certificate_ends_at AS "certificateEndsAt"`;

export async function findVerifier(tx: Tx, name: string): Promise<Verifier | undefined> {
  const [row] = await tx<Verifier[]>`SELECT ${columns(tx)} FROM jpki.verifier WHERE verifier = ${name}`;
  return row && { ...row };
}

/** The number of a verifier's case at the desk of the registration. */
export async function caseOfVerifier(tx: Tx, name: string): Promise<number | undefined> {
  const [row] = await tx<{ id: number }[]>`SELECT case_id AS id FROM jpki.verifier WHERE verifier = ${name}`;
  return row?.id;
}

/** All of them, by name: some thousand at the most. */
export async function allVerifiers(tx: Tx): Promise<readonly Verifier[]> {
  const rows = await tx<Verifier[]>`SELECT ${columns(tx)} FROM jpki.verifier ORDER BY verifier`;
  return rows.map((row) => ({ ...row }));
}

/**
 * The verifiers of some names, kept from changing until the transaction ends: who answers them commits before a suspension
 * does, or sees it. Not by row locks: sharers of a row overtake who waits to change it, so that a verifier that never pauses
 * would never be suspended. Advisory locks queue.
 */
export async function shareVerifiers(
  tx: Tx,
  names: readonly string[],
): Promise<ReadonlyMap<string, Verifier>> {
  const sorted = [...new Set(names)].sort();
  await tx`
    SELECT pg_advisory_xact_lock_shared(hashtextextended('verifier ' || name, 0))
    FROM (SELECT name FROM unnest(${sorted}::text[]) WITH ORDINALITY AS given(name, place) ORDER BY place) AS ordered`;
  const rows = await tx<Verifier[]>`
    SELECT ${columns(tx)} FROM jpki.verifier WHERE verifier = ANY(${sorted})`;
  return new Map(rows.map((row) => [row.verifier, row]));
}

/** What is proposed about a verifier. */
export type ProposedAct =
  | { readonly act: 'go-live' | 'restore' }
  | { readonly act: 'change-terms'; readonly terms: VerifierTerms };

/** What was proposed last for a verifier, approved or not. Instants are milliseconds since the epoch. */
export type VerifierProposal = ProposedAct & {
  readonly id: string;
  readonly verifier: string;
  /** Of the verifier, which the proposal is for: that of the proposal itself. */
  readonly revision: number;
  readonly proposedBy: string;
  readonly proposedFor: string;
  readonly expiresAt: number;
  readonly approvedBy: string | null;
};

const PROPOSALS_MAX = 200;

interface ProposalRow {
  readonly id: string;
  readonly verifier: string;
  readonly proposed: Omit<VerifierProposal, 'id' | 'verifier'> & { readonly terms?: unknown };
}

/** Proposals, the newest first, at most 200; or those of an id, or of a verifier. */
export async function readProposals(
  tx: Tx,
  { id = null, verifier = null }: { readonly id?: string | null; readonly verifier?: string | null } = {},
): Promise<readonly VerifierProposal[]> {
  const rows = await tx<ProposalRow[]>`
    SELECT proposal::text AS id, verifier, proposed FROM jpki.verifier
    WHERE proposal IS NOT NULL AND (${id}::uuid IS NULL OR proposal = ${id}::uuid)
      AND (${verifier}::text IS NULL OR verifier = ${verifier})
    ORDER BY (proposed->>'proposedAt')::bigint DESC, verifier LIMIT ${PROPOSALS_MAX}`;
  return rows.map(
    ({ proposed: { act, terms, revision, proposedBy, proposedFor, expiresAt, approvedBy }, ...row }) => ({
      ...row,
      revision,
      proposedBy,
      proposedFor,
      expiresAt,
      approvedBy,
      ...(act === 'change-terms' ? { act, terms: verifierTerms.parse(terms) } : { act }),
    }),
  );
}
