/** The rows of verifiers: read by name, written with their terms, one revision a change. */
import type { Tx } from '@ishizue/db';
import type { CardKind } from '../profile/certificate-kind.ts';
import type { VerifierState } from './verifier-lifecycle.ts';
import type { ClientCertificate, VerifierKind, VerifierService, VerifierTerms } from './verifier-terms.ts';

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

/** Waits for the answers that the verifier is being given, and keeps later ones waiting until the transaction ends. */
export async function lockVerifier(tx: Tx, name: string): Promise<void> {
  await tx`SELECT pg_advisory_xact_lock(hashtextextended(${`verifier ${name}`}, 0))`;
}

/** Whether a certificate or its key is another verifier's. */
export async function isTaken(tx: Tx, name: string, { fingerprint, publicKey }: ClientCertificate) {
  const [row] = await tx`
    SELECT FROM jpki.verifier
    WHERE verifier <> ${name} AND (fingerprint = ${fingerprint} OR public_key = ${publicKey})`;
  return row !== undefined;
}

/** A verifier with its terms and what was read of its certificate. */
interface TermsToStore {
  readonly verifier: string;
  readonly terms: VerifierTerms;
  readonly client: ClientCertificate | undefined;
  readonly at: number;
}

/** Stores a new verifier; false where there is one of the name. */
export async function insertVerifier(
  tx: Tx,
  { verifier, terms, client, at }: TermsToStore,
): Promise<boolean> {
  const { count } = await tx`
    INSERT INTO jpki.verifier (verifier, state, revision, kind, title, purpose, contact, fee_class, certificate_kinds,
      methods, services, entrusted_to, certificate, public_key, certificate_ends_at, changed_at)
    VALUES (${verifier}, 'notified', 1, ${terms.kind}, ${terms.title}, ${terms.purpose}, ${terms.contact},
      ${terms.feeClass}, ${terms.certificateKinds}, ${terms.methods}, ${terms.services}, ${terms.entrustedTo},
      ${client?.der ?? null}, ${client?.publicKey ?? null}, ${client ? new Date(client.endsAt) : null}, ${new Date(at)})
    ON CONFLICT (verifier) DO NOTHING`;
  return count === 1;
}

/** Replaces the terms under an approved proposal. */
export async function replaceTerms(
  tx: Tx,
  { verifier, terms, client, at, proposal }: TermsToStore & { readonly proposal: string },
): Promise<void> {
  await tx`
    UPDATE jpki.verifier SET revision = revision + 1, kind = ${terms.kind}, title = ${terms.title},
      purpose = ${terms.purpose}, contact = ${terms.contact}, fee_class = ${terms.feeClass},
      certificate_kinds = ${terms.certificateKinds}, methods = ${terms.methods}, services = ${terms.services},
      entrusted_to = ${terms.entrustedTo}, certificate = ${client?.der ?? null},
      public_key = ${client?.publicKey ?? null}, certificate_ends_at = ${client ? new Date(client.endsAt) : null},
      proposal = ${proposal}, changed_at = ${new Date(at)}
    WHERE verifier = ${verifier}`;
}

export async function storeState(
  tx: Tx,
  verifier: string,
  state: VerifierState,
  at: number,
  proposal: string | null,
): Promise<void> {
  await tx`
    UPDATE jpki.verifier SET revision = revision + 1, state = ${state}, changed_at = ${new Date(at)},
      proposal = coalesce(${proposal}::uuid, proposal)
    WHERE verifier = ${verifier}`;
}
