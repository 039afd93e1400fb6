/** Support measures of a municipality in and out of PostgreSQL. Callers run inside a transaction scoped to the site. */
import type { IsoDate } from '@ishizue/clock';
import type { Tx } from '@ishizue/db';
import { codesOfPersons } from '../codes/retired-codes.ts';
import { municipalSite } from '../registry-context.ts';
import type { Abuser, SupportMeasure } from './support-measure.ts';

const measureColumns = (tx: Tx): ReturnType<Tx> => tx`
  measure_id AS "measureId", resident_code AS "residentCode", persons, kind, state, abusers, opinion,
  applied_on AS "appliedOn", valid_from AS "validFrom", valid_until AS "validUntil", version, tell, told,
  not_reached AS "notReached", steps`;

/** The measure, locked for the step that follows. */
export async function findMeasureForUpdate(
  tx: Tx,
  municipality: string,
  measureId: string,
): Promise<SupportMeasure | undefined> {
  const [row] = await tx<SupportMeasure[]>`
    SELECT ${measureColumns(tx)} FROM registry.municipal_support_measure
    WHERE municipality_code = ${municipality} AND measure_id = ${measureId} FOR UPDATE`;
  return row;
}

/** The measures that protect a person, or did, or were refused; the latest first, a hundred at the most. */
export async function measuresOf(
  tx: Tx,
  municipality: string,
  residentCode: string,
): Promise<readonly SupportMeasure[]> {
  // a measure keeps the codes of its application
  const before = await codesOfPersons(tx, municipalSite(municipality), [residentCode]);
  return tx<SupportMeasure[]>`
    SELECT ${measureColumns(tx)} FROM registry.municipal_support_measure
    WHERE municipality_code = ${municipality} AND persons && ${[residentCode, ...before.keys()]}::text[]
    ORDER BY applied_on DESC, measure_id LIMIT 100`;
}

/** Measures that ask something of an officer on a day; the most urgent first. */
export async function measuresDue(
  tx: Tx,
  municipality: string,
  between: { readonly lapsedFrom: IsoDate; readonly endsBy: IsoDate },
  limit: number,
): Promise<readonly SupportMeasure[]> {
  return tx<SupportMeasure[]>`
    SELECT ${measureColumns(tx)} FROM registry.municipal_support_measure
    WHERE municipality_code = ${municipality} AND (state = 'applied'
      OR (state = 'in-force' AND valid_until BETWEEN ${between.lapsedFrom} AND ${between.endsBy}))
    ORDER BY coalesce(valid_until, applied_on), measure_id LIMIT ${limit}`;
}

/** Writes the measure as it stands after a step. */
export async function storeMeasure(tx: Tx, municipality: string, measure: SupportMeasure): Promise<void> {
  const m = measure;
  await tx`
    INSERT INTO registry.municipal_support_measure (municipality_code, measure_id, resident_code, persons, kind, state,
      abusers, opinion, applied_on, valid_from, valid_until, version, tell, steps)
    VALUES (${municipality}, ${m.measureId}, ${m.residentCode}, ${[...m.persons]}, ${m.kind}, ${m.state},
      ${tx.json(m.abusers.map((one) => ({ ...one })))}, ${m.opinion ? tx.json({ ...m.opinion }) : null},
      ${m.appliedOn}, ${m.validFrom}, ${m.validUntil}, ${m.version}, ${[...m.tell]}, ${m.steps})
    ON CONFLICT (municipality_code, measure_id) DO UPDATE SET
      state = excluded.state, opinion = excluded.opinion, valid_from = excluded.valid_from,
      valid_until = excluded.valid_until, version = excluded.version, tell = excluded.tell, steps = excluded.steps`;
}

/** What a municipality is to go by of persons, from a deciding one. */
export interface SupportFlags {
  readonly origin: string;
  readonly measureId: string;
  readonly version: number;
  readonly persons: readonly string[];
  readonly validFrom: IsoDate;
  readonly validUntil: IsoDate;
  readonly abusers: readonly Abuser[];
}

/** Notes flags at a municipality; an older version than the noted one changes nothing. */
export async function storeFlags(
  tx: Tx,
  municipality: string,
  flags: readonly SupportFlags[],
  at: number,
): Promise<void> {
  if (flags.length === 0) return;
  const rows = flags.flatMap(({ persons, ...flag }) =>
    persons.map((residentCode) => ({
      ...flag,
      abusers: flag.abusers.map((one) => ({ ...one })),
      residentCode,
    })),
  );
  // of several versions in one envelope the last stands
  await tx`
    INSERT INTO registry.municipal_support_flag AS f (municipality_code, resident_code, origin, measure_id, version,
      valid_from, valid_until, abusers, noted_at)
    SELECT DISTINCT ON (r."residentCode", r.origin, r."measureId") ${municipality}::text, r."residentCode", r.origin,
      r."measureId", r.version, r."validFrom", r."validUntil", r.abusers, ${new Date(at)}::timestamptz
    FROM jsonb_to_recordset(${tx.json(rows)}) AS r("residentCode" text, origin text, "measureId" text, version int,
      "validFrom" date, "validUntil" date, abusers jsonb)
    ORDER BY r."residentCode", r.origin, r."measureId", r.version DESC
    ON CONFLICT (municipality_code, resident_code, origin, measure_id) DO UPDATE SET version = excluded.version,
      valid_from = excluded.valid_from, valid_until = excluded.valid_until, abusers = excluded.abusers,
      noted_at = excluded.noted_at
    WHERE f.version < excluded.version`;
}
