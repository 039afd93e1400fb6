/** Planned movers in and out of PostgreSQL. Callers run under the municipality's scope and have locked the residents first. */
import type { IsoDate } from '@ishizue/clock';
import type { Tx } from '@ishizue/db';
import type { Benefits } from './move-out-information.ts';
import type { MoverState } from './planned-mover.ts';

export type MoveKind = 'paper' | 'special';

/** A planned mover with the move that it is part of. */
export interface PlannedMover {
  readonly moveId: string;
  readonly residentCode: string;
  readonly state: MoverState;
  readonly kind: MoveKind;
  readonly plannedOn: IsoDate;
  readonly destinationMunicipality: string;
  readonly destination: string;
  readonly benefits: Benefits;
  readonly cardId: string | null;
  readonly givenTo: string | null;
  readonly askedBy: string | null;
  readonly outSequence: number | null;
  readonly arrivedAt: string | null;
  readonly arrivedOn: IsoDate | null;
}

const plannedMoverColumns = (tx: Tx): ReturnType<Tx> => tx`
  p.move_id AS "moveId", p.resident_code AS "residentCode", p.state, m.kind, m.planned_on AS "plannedOn",
  m.destination_municipality AS "destinationMunicipality", m.destination, p.benefits, p.card_id AS "cardId",
  p.given_to AS "givenTo", p.asked_by AS "askedBy", p.out_sequence AS "outSequence",
  p.arrived_at AS "arrivedAt", p.arrived_on AS "arrivedOn"`;

/** The movers of a move, locked. */
export async function moversOfMoveForUpdate(
  tx: Tx,
  municipality: string,
  moveId: string,
): Promise<readonly PlannedMover[]> {
  return tx<PlannedMover[]>`
    SELECT ${plannedMoverColumns(tx)} FROM registry.municipal_planned_mover p
    JOIN registry.municipal_planned_move m USING (municipality_code, move_id)
    WHERE p.municipality_code = ${municipality} AND p.move_id = ${moveId}
    ORDER BY p.resident_code FOR UPDATE OF p`;
}

/** Of each person the plan that counts, locked: the open one, else the last that was closed. */
export async function lastPlansForUpdate(
  tx: Tx,
  municipality: string,
  residentCodes: readonly string[],
): Promise<ReadonlyMap<string, PlannedMover>> {
  const rows = await tx<PlannedMover[]>`
    SELECT ${plannedMoverColumns(tx)} FROM registry.municipal_planned_mover p
    JOIN registry.municipal_planned_move m USING (municipality_code, move_id)
    WHERE p.municipality_code = ${municipality} AND p.resident_code = ANY(${residentCodes})
    ORDER BY p.resident_code, p.state NOT IN ('planned', 'expired') DESC, p.changed_at
    FOR UPDATE OF p`;
  // of several the last in this order is kept
  return new Map(rows.map((row) => [row.residentCode, row]));
}

/** What changes of a mover; what is absent stays. */
export interface MoverChange {
  readonly moveId: string;
  readonly residentCode: string;
  readonly state: MoverState;
  readonly givenTo: string | null;
  readonly askedBy: string | null;
  readonly outSequence: number | null;
  readonly arrivedAt: string | null;
  readonly arrivedOn: IsoDate | null;
}

/** Writes movers as they stand after a step. */
export async function storeMovers(
  tx: Tx,
  municipality: string,
  movers: readonly MoverChange[],
  changedAt: Date,
): Promise<void> {
  if (movers.length === 0) return;
  await tx`
    UPDATE registry.municipal_planned_mover p
    SET state = c.state, given_to = c."givenTo", asked_by = c."askedBy", out_sequence = c."outSequence",
      arrived_at = c."arrivedAt", arrived_on = c."arrivedOn", changed_at = ${changedAt}
    FROM jsonb_to_recordset(${tx.json(movers.map((mover) => ({ ...mover })))}) AS c("moveId" text, "residentCode" text,
      state text, "givenTo" text, "askedBy" text, "outSequence" int, "arrivedAt" text, "arrivedOn" date)
    WHERE p.municipality_code = ${municipality} AND p.move_id = c."moveId" AND p.resident_code = c."residentCode"`;
}
