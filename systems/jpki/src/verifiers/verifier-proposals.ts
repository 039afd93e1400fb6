/**
 * What takes two officers: letting a verifier go live, ending a suspension, changing its terms or its client certificate.
 * One proposes, another approves before the proposal expires, and with the approval it is done (docs/flows/verifiers.md step
 * 3). An approval is for the revision that was proposed upon: what changed meanwhile has to be proposed again.
 */
import { randomUUID } from 'node:crypto';
import { inTransaction, type Tx } from '@ishizue/db';
import { fail, mustSucceed, ok, type Result } from '@ishizue/outcome';
import { NATIONAL_SITE } from '@ishizue/registry';
import type { JpkiContext } from '../jpki-context.ts';
import { type AcceptFailure, acceptTerms, getVerifier } from './change-verifier.ts';
import { actOnVerifier, type VerifierOfficer } from './verifier-act.ts';
import { type ApprovedAct, nextVerifierState } from './verifier-lifecycle.ts';
import { findVerifier, replaceTerms, storeState, type Verifier } from './verifier-store.ts';
import { type VerifierTerms, verifierTerms } from './verifier-terms.ts';

/** What is proposed about a verifier. */
export type ProposedAct =
  | { readonly act: ApprovedAct }
  | { readonly act: 'change-terms'; readonly terms: VerifierTerms };

export type ProposalFailure =
  | AcceptFailure
  | 'purpose-missing'
  | 'verifier-unknown'
  | 'verifier-state-refused'
  | 'proposal-unknown'
  | 'proposal-approved'
  | 'proposal-expired'
  /** The verifier is not as it was when it was proposed. */
  | 'verifier-changed'
  | 'second-person-needed';

/** Instants are milliseconds since the epoch. */
export type VerifierProposal = ProposedAct & {
  readonly id: string;
  readonly verifier: string;
  readonly revision: number;
  readonly proposedBy: string;
  readonly proposedFor: string;
  readonly expiresAt: number;
  readonly approvedBy: string | null;
};

const PROPOSAL_MS = 72 * 3_600_000;
const LISTED_MAX = 200;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export function proposeForVerifier(
  context: JpkiContext,
  by: VerifierOfficer,
  verifier: string,
  proposed: ProposedAct,
): Promise<Result<VerifierProposal, ProposalFailure>> {
  const id = randomUUID();
  const acted = { act: 'verifier-propose', verifier, proposal: id };
  return actOnVerifier(context, by, acted, async (tx): Promise<Result<VerifierProposal, ProposalFailure>> => {
    const now = context.clock.now();
    const found = await findVerifier(tx, verifier);
    if (!found) return fail('verifier-unknown', 'no verifier of this name is registered');
    const possible = await checkPossible(tx, found, proposed, now);
    if (!possible.ok) return possible;
    const terms = 'terms' in proposed ? tx.json(proposed.terms) : null;
    await tx`
      INSERT INTO jpki.verifier_proposal (id, verifier, act, revision, terms, proposed_by, proposed_for, proposed_at,
        expires_at)
      VALUES (${id}, ${verifier}, ${proposed.act}, ${found.revision}, ${terms}, ${by.operator}, ${by.purpose},
        ${new Date(now)}, ${new Date(now + PROPOSAL_MS)})`;
    return ok(await getProposal(tx, id));
  });
}

async function checkPossible(
  tx: Tx,
  { verifier, state }: Verifier,
  proposed: ProposedAct,
  now: number,
): Promise<Result<unknown, ProposalFailure>> {
  if (proposed.act !== 'change-terms') return nextVerifierState(state, proposed.act);
  if (state === 'ended') return fail('verifier-state-refused', 'a verifier that has ended stays as it is');
  return acceptTerms(tx, verifier, proposed.terms, now);
}

/** Approves as the second person, and does what was proposed. */
export async function approveForVerifier(
  context: JpkiContext,
  by: VerifierOfficer,
  id: string,
): Promise<Result<Verifier, ProposalFailure>> {
  const [wanted] = UUID.test(id) ? await verifierProposals(context, id) : [];
  const acted = {
    act: 'verifier-approve',
    verifier: wanted?.verifier ?? '',
    ...(wanted && { proposal: id }),
  };
  return actOnVerifier(context, by, acted, async (tx): Promise<Result<Verifier, ProposalFailure>> => {
    // acts take turns: nobody approves it between this look and the update
    const [proposal] = wanted ? await readProposals(tx, id) : [];
    if (!proposal) return fail('proposal-unknown', 'there is no such proposal');
    const now = context.clock.now();
    const verifier = await getVerifier(tx, proposal.verifier);
    const refusal = findRefusal(proposal, verifier, by, now);
    if (refusal) return refusal;
    const possible = await checkPossible(tx, verifier, proposal, now);
    if (!possible.ok) return fail(possible.failure.code, possible.failure.detail);
    await tx`
      UPDATE jpki.verifier_proposal
      SET approved_by = ${by.operator}, approved_for = ${by.purpose}, approved_at = ${new Date(now)}
      WHERE id = ${id}`;
    await carryOut(tx, verifier, proposal, now);
    return ok(await getVerifier(tx, proposal.verifier));
  });
}

function findRefusal(
  proposal: VerifierProposal,
  verifier: Verifier,
  by: VerifierOfficer,
  now: number,
): Result<never, ProposalFailure> | undefined {
  if (proposal.approvedBy !== null) return fail('proposal-approved', 'it was approved and carried out');
  if (now >= proposal.expiresAt) return fail('proposal-expired', 'propose it again');
  if (proposal.proposedBy === by.operator) return fail('second-person-needed', 'who proposes cannot approve');
  if (proposal.revision !== verifier.revision)
    return fail('verifier-changed', 'the verifier changed since; propose it again');
  return undefined;
}

/** What was found possible in this transaction is done; anything else rolls the approval back. */
async function carryOut(
  tx: Tx,
  { verifier, state }: Verifier,
  proposal: VerifierProposal,
  at: number,
): Promise<void> {
  if (proposal.act === 'change-terms') {
    const { terms, id } = proposal;
    const client = mustSucceed(await acceptTerms(tx, verifier, terms, at), 'terms that were accepted');
    return replaceTerms(tx, { verifier, terms, client, at, proposal: id });
  }
  const next = mustSucceed(nextVerifierState(state, proposal.act), 'a state that was possible');
  return storeState(tx, verifier, next, at, proposal.id);
}

async function getProposal(tx: Tx, id: string): Promise<VerifierProposal> {
  const [proposal] = await readProposals(tx, id);
  if (!proposal) throw new Error('a proposal that was just written is not there');
  return proposal;
}

/** Proposals, the newest first, at most 200; or the one of an id. */
export const verifierProposals = (context: JpkiContext, id?: string): Promise<readonly VerifierProposal[]> =>
  inTransaction(context.sql, { site: NATIONAL_SITE }, (tx) => readProposals(tx, id));

interface ProposalRow {
  readonly id: string;
  readonly verifier: string;
  readonly act: ProposedAct['act'];
  readonly revision: number;
  readonly terms: unknown;
  readonly proposedBy: string;
  readonly proposedFor: string;
  readonly expiresAt: Date;
  readonly approvedBy: string | null;
}

async function readProposals(tx: Tx, id?: string): Promise<readonly VerifierProposal[]> {
  const rows = await tx<ProposalRow[]>`
    SELECT id::text, verifier, act, revision, terms, proposed_by AS "proposedBy", proposed_for AS "proposedFor",
      expires_at AS "expiresAt", approved_by AS "approvedBy"
    FROM jpki.verifier_proposal WHERE ${id ?? null}::uuid IS NULL OR id = ${id ?? null}::uuid
    ORDER BY proposed_at DESC, id LIMIT ${LISTED_MAX}`;
  return rows.map(({ act, terms, expiresAt, ...row }) => ({
    ...row,
    expiresAt: expiresAt.getTime(),
    ...(act === 'change-terms' ? { act, terms: verifierTerms.parse(terms) } : { act }),
  }));
}
