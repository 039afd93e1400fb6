/**
 * Who acts, and whether they may. An applicant is whoever opened the case, or for whom it was opened; a delegate acts for the
 * applicant, or with a role that a colleague lent. Invariant: authority that was delegated is never passed on, because only
 * what the one who delegates has in person is looked at.
 */
import type { Definition, Move } from '../define/definition.ts';

/**
 * Opaque ids only; roles are those of an operator at the site. A bearer is whoever holds a paper that opens one case: nothing else is
 * known of them, and nothing but that case is theirs. No route makes one of a caller: the system that gave out the paper does.
 */
export interface CaseActor {
  readonly kind: 'person' | 'operator' | 'site' | 'system' | 'bearer';
  readonly id: string;
  readonly roles?: readonly string[];
}

/** Who acts, where, and under which request of the edge. */
export interface ActingBy {
  readonly actor: CaseActor;
  readonly terminal: string;
  readonly correlation: string;
}

/** The program that makes the clock's moves. */
export const CLOCK: CaseActor = { kind: 'system', id: 'clock' };

/** As cases and history name an actor. */
export const keyOf = ({ kind, id }: CaseActor): string => `${kind}:${id}`;

/** A delegation to the actor that holds now. */
export interface Lent {
  readonly from: string;
  readonly caseId: number | null;
  readonly role: string | null;
}

/** In which quality a move is made: for oneself (null), or for whom. */
export interface Authority {
  readonly onBehalf: string | null;
}

const ONESELF: Authority = { onBehalf: null };

interface WhoseCase {
  readonly caseId: number;
  readonly applicant: string;
}

/** The authority under which an actor makes a move of a case; undefined where there is none. In person goes first. */
export function authorityFor(
  actor: CaseActor,
  lent: readonly Lent[],
  move: Move,
  whose: WhoseCase,
): Authority | undefined {
  if (actor.kind === 'system') {
    const mover = actor.id === CLOCK.id ? 'clock' : 'system';
    return move.by.includes(mover) ? ONESELF : undefined;
  }
  if (actor.kind === 'bearer')
    return move.by.includes('bearer') && keyOf(actor) === whose.applicant ? ONESELF : undefined;
  const roles = move.by.flatMap((mover) => (mover.startsWith('role:') ? [mover.slice('role:'.length)] : []));
  if (roles.some((role) => hasRole(actor, role))) return ONESELF;
  const applies = move.by.includes('applicant');
  if (applies && keyOf(actor) === whose.applicant) return ONESELF;
  const delegation = lent.find(({ from, caseId, role }) =>
    role === null
      ? applies && from === whose.applicant && (caseId === null || caseId === whose.caseId)
      : actor.kind === 'operator' && roles.includes(role),
  );
  return delegation && { onBehalf: delegation.from };
}

/** Whether an actor may know of a case at all: whoever applied for it, holds a role of the procedure, or stands in for them. */
export function maySee(
  actor: CaseActor,
  lent: readonly Lent[],
  definition: Definition,
  whose: WhoseCase,
): boolean {
  if (actor.kind === 'system' || keyOf(actor) === whose.applicant) return true;
  if (actor.kind === 'bearer') return false;
  if (mayReview(actor, lent, definition)) return true;
  return lent.some(
    ({ from, caseId, role }) =>
      role === null && from === whose.applicant && (caseId === null || caseId === whose.caseId),
  );
}

/** Whether an actor holds a role of the procedure, or was lent one. */
export function mayReview(actor: CaseActor, lent: readonly Lent[], { roles }: Definition): boolean {
  if (actor.kind === 'system') return true;
  if (actor.kind !== 'operator') return false;
  return (
    Object.keys(roles).some((role) => hasRole(actor, role)) ||
    lent.some(({ role }) => role !== null && Object.hasOwn(roles, role))
  );
}

export const hasRole = ({ kind, roles }: CaseActor, role: string): boolean =>
  kind === 'operator' && roles?.includes(role) === true;
