/**
 * Move-in notices that the old municipality could not act on: nobody declared a move, the person is another by its books,
 * the day does not fit. An officer finds out, mends the register by its events, and settles the notice.
 */
import type { IsoDate } from '@ishizue/clock';
import { inTransaction } from '@ishizue/db';
import { fail, ok, type Result } from '@ishizue/outcome';
import type { Access } from '../access.ts';
import { municipalSite } from '../registry-context.ts';
import { recordTouched } from './move-entries.ts';
import type { MovesContext } from './moves-context.ts';

export interface UnsettledArrival {
  readonly arrivalId: number;
  readonly atMunicipality: string;
  readonly residentCode: string;
  readonly movedOn: IsoDate;
  readonly address: string;
  readonly code: string;
}

const LISTED_MAX = 1_000;

/** The notices that wait, the oldest first, a thousand at the most; each look is on the ledger. */
export function unsettledArrivals(
  moves: MovesContext,
  municipality: string,
  access: Access,
): Promise<readonly UnsettledArrival[]> {
  return inTransaction(moves.registry.sql, { site: municipalSite(municipality) }, async (tx) => {
    const arrivals = await tx<UnsettledArrival[]>`
      SELECT arrival_id AS "arrivalId", at_municipality AS "atMunicipality", resident_code AS "residentCode",
        moved_on AS "movedOn", address, code
      FROM registry.municipal_unsettled_arrival
      WHERE municipality_code = ${municipality} AND settled_at IS NULL ORDER BY arrival_id LIMIT ${LISTED_MAX}`;
    const touched = arrivals.map(({ residentCode }) => ({
      residentCode,
      fields: ['move-in-notice'],
      result: 'ok',
    }));
    await recordTouched(tx, moves.registry, municipality, access, touched);
    return arrivals;
  });
}

/** Notes that a notice has been seen to. */
export function settleArrival(
  moves: MovesContext,
  municipality: string,
  access: Access,
  arrivalId: number,
): Promise<Result<undefined, 'arrival-unknown'>> {
  return inTransaction(moves.registry.sql, { site: municipalSite(municipality) }, async (tx) => {
    const [settled] = await tx<{ residentCode: string }[]>`
      UPDATE registry.municipal_unsettled_arrival SET settled_at = ${new Date(moves.registry.clock.now())}
      WHERE municipality_code = ${municipality} AND arrival_id = ${arrivalId} AND settled_at IS NULL
      RETURNING resident_code AS "residentCode"`;
    if (!settled) return fail('arrival-unknown', 'no notice that waits has this number');
    const touched = {
      residentCode: settled.residentCode,
      fields: ['move-in-notice', 'settled'],
      result: 'ok',
    };
    await recordTouched(tx, moves.registry, municipality, access, [touched]);
    return ok(undefined);
  });
}
