/**
 * Delegation: an applicant has somebody act for them in a case or in all of a procedure, an officer lends a role for a time.
 * Invariants: never to oneself, never what was delegated to oneself, and a record stays when it is revoked.
 */
import type { IsoDate } from '@ishizue/clock';
import { inTransaction, type Sql, type Tx } from '@ishizue/db';
import { fail, ok, type Result } from '@ishizue/outcome';
import type { Definition } from '../define/definition.ts';
import { type ActingBy, type CaseActor, hasRole, keyOf, type Lent } from './acting.ts';
import { readCases } from './case-rows.ts';
import { recordTouched, type ToRecord } from './record-moves.ts';

/** What is delegated to whom, until when (milliseconds). */
export interface DelegationWish {
  readonly to: Pick<CaseActor, 'kind' | 'id'>;
  readonly what: { readonly caseId: number } | { readonly role: string } | 'all-my-cases';
  readonly validFrom?: number;
  readonly validTo: number;
}

export type DelegationCode =
  | 'delegation-to-oneself'
  | 'delegation-not-yours'
  | 'delegation-too-long'
  | 'delegation-unknown';

const DAY_MS = 86_400_000;
const ROLE_DAYS_MAX = 31;
const CASE_DAYS_MAX = 3 * 366;
const KNOWN_MAX = 200;

/** The delegations to an actor that hold now. */
export async function lentTo(tx: Tx, kind: number, actor: CaseActor, at: number): Promise<readonly Lent[]> {
  if (actor.kind === 'system') return [];
  return tx<Lent[]>`
    SELECT from_actor AS "from", case_id AS "caseId", role FROM procedure.delegation
    WHERE kind = ${kind} AND to_actor = ${keyOf(actor)} AND revoked_at IS NULL
      AND valid_from <= ${new Date(at)} AND ${new Date(at)} < valid_to
    ORDER BY id LIMIT ${KNOWN_MAX}`;
}

/** What delegating needs of the desk. */
export interface DelegationPlace {
  readonly sql: Sql;
  readonly kind: number;
  readonly today: IsoDate;
  readonly definition: Definition;
  readonly entry: ToRecord;
}

/** Delegates; the answer is the delegation's number. */
export function delegate(
  place: DelegationPlace,
  by: ActingBy,
  wish: DelegationWish,
): Promise<Result<number, DelegationCode>> {
  const { sql, kind, entry } = place;
  return inTransaction(sql, { site: entry.site }, async (tx): Promise<Result<number, DelegationCode>> => {
    const caseId = typeof wish.what === 'object' && 'caseId' in wish.what ? wish.what.caseId : null;
    const found =
      caseId === null
        ? undefined
        : (await readCases(tx, kind, [caseId], { isLocked: false, withForm: false })).get(caseId);
    const refusal = refusalOf(place, by, wish, found?.applicant);
    await recordTouched(tx, entry, [{ subject: found?.subject, result: refusal ?? 'ok' }]);
    if (refusal !== undefined) return fail(refusal, 'the delegation is refused');
    const role = typeof wish.what === 'object' && 'role' in wish.what ? wish.what.role : null;
    const [row] = await tx<{ id: number }[]>`
      INSERT INTO procedure.delegation (kind, from_actor, to_actor, case_id, role, valid_from, valid_to, made_at)
      VALUES (${kind}, ${keyOf(by.actor)}, ${`${wish.to.kind}:${wish.to.id}`}, ${caseId}, ${role},
        ${new Date(wish.validFrom ?? entry.at)}, ${new Date(wish.validTo)}, ${new Date(entry.at)})
      RETURNING id`;
    if (!row) throw new Error('a delegation was not stored');
    return ok(row.id);
  });
}

function refusalOf(
  { definition, entry }: DelegationPlace,
  { actor }: ActingBy,
  { to, what, validFrom = entry.at, validTo }: DelegationWish,
  applicant: string | undefined,
): DelegationCode | undefined {
  if (keyOf(actor) === `${to.kind}:${to.id}`) return 'delegation-to-oneself';
  if (actor.kind === 'bearer') return 'delegation-not-yours';
  const isRole = typeof what === 'object' && 'role' in what;
  const days_max = isRole ? ROLE_DAYS_MAX : CASE_DAYS_MAX;
  if (!(validTo > validFrom) || validFrom < entry.at || validTo - validFrom > days_max * DAY_MS)
    return 'delegation-too-long';
  if (what === 'all-my-cases') return actor.kind === 'system' ? 'delegation-not-yours' : undefined;
  if (!isRole) return applicant === keyOf(actor) ? undefined : 'delegation-not-yours';
  const isTheirs =
    to.kind === 'operator' && Object.hasOwn(definition.roles, what.role) && hasRole(actor, what.role);
  return isTheirs ? undefined : 'delegation-not-yours';
}

/** Ends one's own delegation at once; whoever was delegated to may give it back too. Repeating changes nothing. */
export function revokeDelegation(
  { sql, kind, entry }: DelegationPlace,
  by: ActingBy,
  id: number,
): Promise<Result<void, DelegationCode>> {
  return inTransaction(sql, { site: entry.site }, async (tx): Promise<Result<void, DelegationCode>> => {
    const me = keyOf(by.actor);
    const [found] = await tx`
      UPDATE procedure.delegation SET revoked_at = coalesce(revoked_at, ${new Date(entry.at)})
      WHERE id = ${id} AND kind = ${kind} AND (from_actor = ${me} OR to_actor = ${me}) RETURNING id`;
    await recordTouched(tx, entry, [{ subject: undefined, result: found ? 'ok' : 'delegation-unknown' }]);
    return found ? ok(undefined) : fail('delegation-unknown', 'there is no such delegation of yours');
  });
}
