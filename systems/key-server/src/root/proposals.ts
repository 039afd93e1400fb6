/**
 * Root acts by two persons: one proposes with a purpose, another approves with theirs before the proposal expires, and
 * with the approval it is done. The database keeps the rule too (constraints `two_persons`, `approved_in_time`, and the
 * triggers that ask for an approved proposal): docs/flows/key-server.md step 6.
 */
import { randomUUID } from 'node:crypto';
import { inTransaction, type Tx } from '@ishizue/db';
import { type Failure, fail, ok, type Result } from '@ishizue/outcome';
import { checkPurpose, type KeyOperator, recordAct, refuseAct } from '../act.ts';
import type { KeyContext } from '../key-context.ts';
import { endNode } from '../node/revoke-nodes.ts';
import { type KeyPolicy, policyAt } from '../policy.ts';
import type { SigningCode } from '../signing-failure.ts';
import {
  completeAuthorities,
  type PreparedGeneration,
  prepareGeneration,
  storeGeneration,
} from './authorities.ts';
import { publishLists } from './publish-lists.ts';

/** What is proposed. */
export type RootAct =
  | { readonly kind: 'make-authority' }
  | { readonly kind: 'revoke-site' | 'readmit-site'; readonly node: string }
  | { readonly kind: 'change-policy'; readonly policy: KeyPolicy };

export type ProposalCode =
  | SigningCode
  | 'purpose-missing'
  | 'site-unknown'
  | 'policy-invalid'
  | 'proposal-unknown'
  | 'proposal-expired'
  | 'proposal-approved' // already
  | 'second-person-needed' // who proposed cannot approve
  | 'already-so'; // the site is revoked, or not revoked, already

/** A proposal as it stands. Instants are milliseconds since the epoch. */
export interface Proposal {
  readonly id: string;
  readonly act: RootAct;
  readonly proposedBy: string;
  readonly proposedFor: string;
  readonly proposedAt: number;
  readonly expiresAt: number;
  readonly approvedBy: string | null;
}

const HOUR_MS = 3_600_000;
const LISTED_MAX = 200;

const LIMITS: Readonly<Record<keyof KeyPolicy, number>> = {
  siteDays: 825,
  terminalDays: 825,
  overlapMinutes: 43_200,
  proposalHours: 168,
};

/** Proposes a root act; answers the proposal's id and when it expires. */
export async function proposeRootAct(
  context: KeyContext,
  by: KeyOperator,
  act: RootAct,
): Promise<Result<Pick<Proposal, 'id' | 'expiresAt'>, ProposalCode>> {
  const said = checkPurpose(by);
  if (!said.ok) return said;
  const { sql, clock, site } = context;
  const id = randomUUID();
  const node = 'node' in act ? act.node : null;
  const known = await isKnown(context, act);
  if (!known.ok) return refuseAct(context, by, { act: 'key-propose', nodes: [] }, known.failure);
  return inTransaction(sql, { site }, async (tx) => {
    const now = clock.now();
    const expiresAt = now + (await policyAt(tx, now)).proposalHours * HOUR_MS;
    const policy = act.kind === 'change-policy' ? act.policy : undefined;
    await tx`
      INSERT INTO key_server.proposal (id, kind, node, site_days, terminal_days, overlap_minutes, proposal_hours,
        proposed_by, proposed_for, proposed_at, expires_at)
      VALUES (${id}, ${act.kind}, ${node}, ${policy?.siteDays ?? null}, ${policy?.terminalDays ?? null},
        ${policy?.overlapMinutes ?? null}, ${policy?.proposalHours ?? null}, ${by.operator}, ${by.purpose},
        ${new Date(now)}, ${new Date(expiresAt)})`;
    await recordAct(tx, context, by, {
      act: 'key-propose',
      nodes: node === null ? [] : [node],
      proposal: id,
      result: 'ok',
    });
    return ok({ id, expiresAt });
  });
}

async function isKnown(
  { sql }: KeyContext,
  act: RootAct,
): Promise<Result<undefined, 'site-unknown' | 'policy-invalid'>> {
  if (act.kind === 'change-policy') {
    const isSound = Object.entries(LIMITS).every(([name, max]) => {
      const value = act.policy[name as keyof KeyPolicy];
      return Number.isInteger(value) && value >= 1 && value <= max;
    });
    return isSound ? ok(undefined) : fail('policy-invalid', 'a figure is out of its bounds');
  }
  if (act.kind === 'make-authority') return ok(undefined);
  const [node] = await sql`SELECT FROM key_server.node WHERE name = ${act.node} AND kind = 'site'`;
  return node ? ok(undefined) : fail('site-unknown', 'no such site is enrolled');
}

/** Approves a proposal as its second person, and does what it says. */
export async function approveProposal(
  context: KeyContext,
  by: KeyOperator,
  id: string,
): Promise<Result<Proposal, ProposalCode>> {
  const said = checkPurpose(by);
  if (!said.ok) return said;
  const [wanted] = await proposals(context, id);
  const generation = await nextGeneration(context, wanted);
  if (!generation.ok) return refuseAct(context, by, approval(wanted), generation.failure);
  const approved = await inTransaction(context.sql, { site: context.site }, async (tx) => {
    const [row] = await tx<ProposalRow[]>`
      SELECT * FROM key_server.proposal WHERE id::text = ${id} FOR UPDATE`;
    const proposal = row && proposalOf(row);
    const refusal = findRefusal(proposal, by, context.clock.now());
    if (refusal || !proposal) return refusal ?? fail('proposal-unknown', 'there is no such proposal');
    await tx`
      UPDATE key_server.proposal
      SET approved_by = ${by.operator}, approved_for = ${by.purpose}, approved_at = ${new Date(context.clock.now())}
      WHERE id = ${proposal.id}`;
    const done = await carryOut(tx, context, proposal, generation.value);
    if (!done.ok) throw new NotCarriedOut(done.failure);
    await recordAct(tx, context, by, { ...approval(proposal), result: 'ok' });
    return ok({ ...proposal, approvedBy: by.operator });
  }).catch((error: unknown) => {
    if (error instanceof NotCarriedOut) return fail(error.failure.code, error.failure.detail);
    throw error;
  });
  if (!approved.ok) return refuseAct(context, by, approval(wanted), approved.failure);
  const completed = await completeAuthorities(context);
  if (!completed.ok) return completed;
  await publishLists(context); // a new generation has a list at once, and a revoked site is on its own
  return approved;
}

const approval = (proposal: Proposal | undefined) => ({
  act: 'key-approve' as const,
  nodes: proposal && 'node' in proposal.act ? [proposal.act.node] : [],
  ...(proposal && { proposal: proposal.id }),
});

/** Rolls the approval back. */
class NotCarriedOut extends Error {
  readonly failure: Failure<'already-so'>;

  constructor(failure: Failure<'already-so'>) {
    super(failure.code);
    this.failure = failure;
  }
}

function findRefusal(
  proposal: Proposal | undefined,
  by: KeyOperator,
  now: number,
): Result<never, ProposalCode> | undefined {
  if (!proposal) return fail('proposal-unknown', 'there is no such proposal');
  if (proposal.approvedBy !== null) return fail('proposal-approved', 'it was approved and carried out');
  if (now >= proposal.expiresAt) return fail('proposal-expired', 'propose it again');
  if (proposal.proposedBy === by.operator)
    return fail('second-person-needed', 'who proposes a root act cannot approve it');
  return undefined;
}

/** The key is made before the transaction, which does not wait for the signer. */
async function nextGeneration(
  context: KeyContext,
  proposal: Proposal | undefined,
): Promise<Result<PreparedGeneration | undefined, SigningCode>> {
  if (proposal?.act.kind !== 'make-authority' || proposal.approvedBy !== null) return ok(undefined);
  const [row] = await context.sql<{ next: number }[]>`
    SELECT max(generation) + 1 AS next FROM key_server.authority`;
  return prepareGeneration(context, row?.next ?? 1);
}

async function carryOut(
  tx: Tx,
  context: KeyContext,
  { id, act }: Proposal,
  generation: PreparedGeneration | undefined,
): Promise<Result<undefined, 'already-so'>> {
  switch (act.kind) {
    case 'make-authority':
      if (!generation) throw new Error('a generation was not prepared');
      await storeGeneration(tx, context, generation, id);
      return ok(undefined);
    case 'change-policy':
      await tx`
        INSERT INTO key_server.policy
          (effective_from, site_days, terminal_days, overlap_minutes, proposal_hours, proposal)
        VALUES (${new Date(context.clock.now())}, ${act.policy.siteDays}, ${act.policy.terminalDays},
          ${act.policy.overlapMinutes}, ${act.policy.proposalHours}, ${id})`;
      return ok(undefined);
    case 'revoke-site':
    case 'readmit-site':
      return changeSite(tx, context, act, id);
  }
}

async function changeSite(
  tx: Tx,
  context: KeyContext,
  { kind, node }: { readonly kind: 'revoke-site' | 'readmit-site'; readonly node: string },
  proposal: string,
): Promise<Result<undefined, 'already-so'>> {
  const [found] = await tx<{ isRevoked: boolean }[]>`
    SELECT revoked_at IS NOT NULL AS "isRevoked" FROM key_server.node WHERE name = ${node} FOR UPDATE`;
  if (found?.isRevoked === (kind === 'revoke-site')) return fail('already-so', 'nothing would change');
  if (kind === 'revoke-site') await endNode(tx, context, { node, reason: 'keyCompromise', proposal });
  else
    await tx`
      UPDATE key_server.node SET revoked_at = NULL, revoked_for = NULL, proposal = ${proposal} WHERE name = ${node}`;
  return ok(undefined);
}

interface ProposalRow {
  readonly id: string;
  readonly kind: RootAct['kind'];
  readonly node: string | null;
  readonly site_days: number | null;
  readonly terminal_days: number | null;
  readonly overlap_minutes: number | null;
  readonly proposal_hours: number | null;
  readonly proposed_by: string;
  readonly proposed_for: string;
  readonly proposed_at: Date;
  readonly expires_at: Date;
  readonly approved_by: string | null;
}

/** Proposals, the newest first, at most 200; or the one of an id. */
export async function proposals({ sql }: KeyContext, id?: string): Promise<readonly Proposal[]> {
  const rows = await sql<ProposalRow[]>`
    SELECT * FROM key_server.proposal WHERE ${id ?? null}::text IS NULL OR id::text = ${id ?? null}
    ORDER BY proposed_at DESC LIMIT ${LISTED_MAX}`;
  return rows.map(proposalOf);
}

const proposalOf = (row: ProposalRow): Proposal => ({
  id: row.id,
  act: actOf(row),
  proposedBy: row.proposed_by,
  proposedFor: row.proposed_for,
  proposedAt: row.proposed_at.getTime(),
  expiresAt: row.expires_at.getTime(),
  approvedBy: row.approved_by,
});

function actOf(row: ProposalRow): RootAct {
  const { kind } = row;
  if (kind === 'make-authority') return { kind };
  if (kind !== 'change-policy') return { kind, node: row.node ?? '' };
  return {
    kind,
    policy: {
      siteDays: row.site_days ?? 0,
      terminalDays: row.terminal_days ?? 0,
      overlapMinutes: row.overlap_minutes ?? 0,
      proposalHours: row.proposal_hours ?? 0,
    },
  };
}
