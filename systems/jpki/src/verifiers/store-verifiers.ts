/**
 * What moves of a registration write into `jpki.verifier`: the row that is read at every request, in the transaction of the
 * move. Moves take turns, and wait for answers that their verifiers are being given. Set-based; docs/flows/verifiers.md.
 */
import type { Tx } from '@ishizue/db';
import { mustSucceed } from '@ishizue/outcome';
import { type TermsForm, termsOfForm } from './verifier-fields.ts';
import type { VerifierState } from './verifier-store.ts';
import { type ClientCertificate, checkTerms, type VerifierTerms } from './verifier-terms.ts';

/** What is used of a case that moves. */
interface MovingVerifier {
  readonly caseId: number;
  readonly sequence: number;
  readonly at: number;
  readonly actor: string;
  readonly form: { readonly verifier: string };
  readonly own: { readonly purpose: string };
  readonly record: {
    readonly terms?: TermsForm | undefined;
    readonly proposal?: ProposalValue | undefined;
  };
}

interface ProposalValue {
  readonly act: string;
  readonly until: string;
  readonly terms?: TermsForm | undefined;
}

export type TermsConflict = 'client-certificate-known' | 'operator-unknown';

/** Nobody else registers or changes a verifier until the transaction ends; answers to these wait, and are waited for. */
async function takeTurn(tx: Tx, cases: readonly MovingVerifier[]): Promise<void> {
  const names = cases.map(({ form }) => form.verifier).sort();
  await tx`SELECT pg_advisory_xact_lock(hashtextextended('verifiers', 0))`;
  await tx`
    SELECT pg_advisory_xact_lock(hashtextextended('verifier ' || name, 0))
    FROM (SELECT name FROM unnest(${names}::text[]) WITH ORDINALITY AS given(name, place) ORDER BY place) AS ordered`;
}

interface Given {
  readonly one: MovingVerifier;
  readonly terms: VerifierTerms;
  readonly client: ClientCertificate | undefined;
}

/** The terms in force after the move; that they are sound the guard has found. */
const givenBy = (cases: readonly MovingVerifier[]): readonly Given[] =>
  cases.map((one) => {
    if (!one.record.terms) throw new Error('a registration without terms');
    const terms = termsOfForm(one.record.terms);
    return { one, terms, client: mustSucceed(checkTerms(terms, one.at), 'terms that the guard took') };
  });

/** Cases whose terms clash with who else is registered. */
async function conflictsOf(tx: Tx, given: readonly Given[]): Promise<ReadonlyMap<number, TermsConflict>> {
  const rows = await tx<{ caseId: number; isTaken: boolean; lacksOperator: boolean }[]>`
    SELECT g.case_id AS "caseId",
      EXISTS (SELECT FROM jpki.verifier v
        WHERE v.verifier <> g.verifier AND (v.fingerprint = g.fingerprint OR v.public_key = g.public_key))
      OR EXISTS (SELECT FROM ${rowsOf(tx, given)} AS e WHERE e.case_id < g.case_id
        AND (e.fingerprint = g.fingerprint OR e.public_key = g.public_key)) AS "isTaken",
      g.entrusted_to IS NOT NULL AND NOT EXISTS (SELECT FROM jpki.verifier o
        WHERE o.verifier = g.entrusted_to AND o.kind = 'platform-operator' AND o.state <> 'ended') AS "lacksOperator"
    FROM ${rowsOf(tx, given)} AS g`;
  return new Map(
    rows.flatMap(({ caseId, isTaken, lacksOperator }): (readonly [number, TermsConflict])[] => {
      if (isTaken) return [[caseId, 'client-certificate-known']];
      return lacksOperator ? [[caseId, 'operator-unknown']] : [];
    }),
  );
}

const rowsOf = (tx: Tx, given: readonly Given[]) => tx`
  ROWS FROM (jsonb_to_recordset(${tx.json(
    given.map(({ one, terms, client }) => ({
      case_id: one.caseId,
      sequence: one.sequence,
      verifier: one.form.verifier,
      kind: terms.kind,
      title: terms.title,
      purpose: terms.purpose,
      contact: terms.contact,
      fee_class: terms.feeClass,
      certificate_kinds: terms.certificateKinds,
      methods: terms.methods,
      services: terms.services,
      entrusted_to: terms.entrustedTo,
      certificate: hex(client?.der),
      public_key: hex(client?.publicKey),
      fingerprint: client?.fingerprint ?? null,
      ends_at: client ? new Date(client.endsAt).toISOString() : null,
      at: new Date(one.at).toISOString(),
      actor: idOf(one.actor),
    })),
  )}) AS (case_id bigint, sequence int, verifier text, kind text, title text, purpose text, contact text,
    fee_class text, certificate_kinds text[], methods text[], services text[], entrusted_to text, certificate bytea,
    public_key bytea, fingerprint text, ends_at timestamptz, at timestamptz, actor text))`;

const hex = (octets: Buffer | undefined): string | null => (octets ? `\\x${octets.toString('hex')}` : null);

/** New verifiers, `notified`. */
export async function registerCases(
  tx: Tx,
  cases: readonly MovingVerifier[],
): Promise<ReadonlyMap<number, TermsConflict | 'verifier-known'>> {
  await takeTurn(tx, cases);
  const given = givenBy(cases);
  const conflicts = await conflictsOf(tx, given);
  const taken = given.filter(({ one }) => !conflicts.has(one.caseId));
  const stored = await tx<{ caseId: number }[]>`
    INSERT INTO jpki.verifier (case_id, verifier, state, revision, kind, title, purpose, contact, fee_class,
      certificate_kinds, methods, services, entrusted_to, certificate, public_key, certificate_ends_at, changed_at)
    SELECT case_id, verifier, 'notified', sequence, kind, title, purpose, contact, fee_class, certificate_kinds, methods,
      services, entrusted_to, certificate, public_key, ends_at, at
    FROM ${rowsOf(tx, taken)} AS g ON CONFLICT (verifier) DO NOTHING RETURNING case_id AS "caseId"`;
  const isNew = new Set(stored.map(({ caseId }) => caseId));
  const known = taken.filter(({ one }) => !isNew.has(one.caseId));
  return new Map([...conflicts, ...known.map(({ one }) => [one.caseId, 'verifier-known'] as const)]);
}

/** The row follows its case into a state; a proposal that led there is approved. */
export const followCases =
  (state: VerifierState) =>
  async (tx: Tx, cases: readonly MovingVerifier[]): Promise<void> => {
    await takeTurn(tx, cases);
    await tx`
      UPDATE jpki.verifier v SET state = ${state}, revision = g.sequence, changed_at = g.at,
        proposed = CASE WHEN ${state === 'live'} THEN v.proposed || jsonb_build_object('approvedBy', g.actor)
          ELSE v.proposed END
      FROM ${movesOf(tx, cases)} WHERE v.case_id = g.case_id`;
  };

const movesOf = (tx: Tx, cases: readonly MovingVerifier[]) => tx`
  unnest(${cases.map(({ caseId }) => caseId)}::bigint[], ${cases.map(({ sequence }) => sequence)}::int[],
    ${cases.map(({ at }) => new Date(at).toISOString())}::text[]::timestamptz[], ${cases.map(({ actor }) => idOf(actor))}::text[]
  ) AS g(case_id, sequence, at, actor)`;

/** `o-1a2b3c` of `operator:o-1a2b3c`. */
const idOf = (actor: string): string => actor.slice(actor.indexOf(':') + 1);

/** What was proposed, to be found by an id; it takes the place of what was proposed before. */
export async function proposeUpon(
  tx: Tx,
  cases: readonly MovingVerifier[],
): Promise<ReadonlyMap<number, TermsConflict>> {
  await takeTurn(tx, cases);
  const proposed = cases.map((one) => {
    const { proposal } = one.record;
    if (!proposal) throw new Error('a proposal of nothing');
    return { one, proposal };
  });
  const changing = proposed.flatMap(({ one, proposal: { terms } }) =>
    terms ? givenBy([{ ...one, record: { terms } }]) : [],
  );
  const conflicts = await conflictsOf(tx, changing);
  const taken = proposed.filter(({ one }) => !conflicts.has(one.caseId));
  const values = taken.map(({ one, proposal: { act, until, terms } }) =>
    JSON.stringify({
      act,
      ...(terms && { terms: termsOfForm(terms) }),
      revision: one.sequence,
      proposedBy: idOf(one.actor),
      proposedFor: one.own.purpose,
      proposedAt: one.at,
      expiresAt: Date.parse(until),
      approvedBy: null,
    }),
  );
  await tx`
    UPDATE jpki.verifier v SET revision = g.sequence, changed_at = g.at, proposal = gen_random_uuid(),
      proposed = p.proposed::jsonb
    FROM ${movesOf(
      tx,
      taken.map(({ one }) => one),
    )}
    JOIN unnest(${taken.map(({ one }) => one.caseId)}::bigint[], ${values}::text[]) AS p(case_id, proposed) USING (case_id)
    WHERE v.case_id = g.case_id`;
  return conflicts;
}

/** Other terms, or another client certificate, as they were proposed. */
export async function replaceTerms(
  tx: Tx,
  cases: readonly MovingVerifier[],
): Promise<ReadonlyMap<number, TermsConflict>> {
  await takeTurn(tx, cases);
  const given = givenBy(cases);
  const conflicts = await conflictsOf(tx, given);
  const taken = given.filter(({ one }) => !conflicts.has(one.caseId));
  await tx`
    UPDATE jpki.verifier v SET revision = g.sequence, kind = g.kind, title = g.title, purpose = g.purpose,
      contact = g.contact, fee_class = g.fee_class, certificate_kinds = g.certificate_kinds, methods = g.methods,
      services = g.services, entrusted_to = g.entrusted_to, certificate = g.certificate, public_key = g.public_key,
      certificate_ends_at = g.ends_at, changed_at = g.at,
      proposed = v.proposed || jsonb_build_object('approvedBy', g.actor)
    FROM ${rowsOf(tx, taken)} AS g WHERE v.case_id = g.case_id`;
  return conflicts;
}
