/** Four eyes: a move that another person has to make than the one who made a certain move of the case last, or for whom. */
import type { Tx } from '@ishizue/db';
import { type ActingBy, keyOf } from './acting.ts';
import type { Candidate } from './judge.ts';

interface MovedLast {
  readonly caseId: number;
  readonly actor: string;
  readonly onBehalf: string | null;
}

/** The rows whose actor is not another person, or where the other move was never made. */
export async function findRepeaters(
  tx: Tx,
  by: ActingBy,
  candidates: readonly Candidate[],
): Promise<ReadonlySet<number>> {
  const bound = candidates.filter(({ move }) => move.differsFrom !== undefined);
  const repeated = new Set<number>();
  for (const [other = '', group] of Map.groupBy(bound, ({ move }) => move.differsFrom)) {
    const last = await tx<MovedLast[]>`
      SELECT DISTINCT ON (h.case_id) h.case_id AS "caseId", a.actor, h.on_behalf AS "onBehalf"
      FROM procedure.history h JOIN procedure.act a ON a.id = h.act
      WHERE h.case_id = ANY (${group.map(({ facts }) => facts.caseId)}::bigint[]) AND a.move = ${other}
      ORDER BY h.case_id, h.sequence DESC`;
    const lastOf = new Map(last.map((one) => [one.caseId, one]));
    for (const { row, facts, authority } of group) {
      const before = lastOf.get(facts.caseId);
      const now = [keyOf(by.actor), authority.onBehalf];
      if (
        !before ||
        now.includes(before.actor) ||
        (before.onBehalf !== null && now.includes(before.onBehalf))
      )
        repeated.add(row);
    }
  }
  return repeated;
}
