/**
 * A tier's persons and their changes in and out of PostgreSQL, a batch in one statement. Callers run inside a transaction
 * scoped to the tier's site; no person is twice in a call.
 */
import { inOneTrip, type Tx } from '@ishizue/db';
import { currentCodes } from '../codes/retired-codes.ts';
import { retainedAbove } from '../retention/retained-above.ts';
import { storeSearchKeys } from '../search/store-search-keys.ts';
import { enteredOnAfter, type HeldPerson } from './decide-identity-change.ts';
import { findDisplaced } from './displaced-persons.ts';
import type { DecidedNotice } from './notice.ts';
import type { Tier } from './tier.ts';

const SERIALIZATION_FAILURE = '40001'; // SQLSTATE: the link tries the whole envelope again

/** The persons that the site holds, locked in the order of their codes so that two batches never wait in a circle. */
export async function lockPersons(
  tx: Tx,
  tier: Tier,
  residentCodes: readonly string[],
): Promise<ReadonlyMap<string, HeldPerson>> {
  const locking = tx<HeldPerson[]>`
    SELECT resident_code AS "residentCode", municipality_code AS municipality, status, name, birth_date AS "birthDate",
      sex, entered_on AS "enteredOn", ${isUndone(tx, tier)} AS "isUndone"
    FROM ${tx(tier.personTable)} p
    WHERE ${ofPrefecture(tx, tier)} resident_code = ANY(${residentCodes})
    ORDER BY resident_code FOR UPDATE`;
  if (tier.prefecture === null) return new Map((await locking).map((row) => [row.residentCode, row]));
  const finding = findDisplaced(tx, tier, residentCodes);
  await inOneTrip([locking, finding]);
  const displaced = new Map((await finding).map(({ residentCode, ...rest }) => [residentCode, rest]));
  return new Map(
    (await locking).map((row) => [
      row.residentCode,
      { ...row, displaced: displaced.get(row.residentCode) ?? null },
    ]),
  );
}

/**
 * Whether as many events were undone as there were, none unheard; looked for only where an undo leaves somebody who is no
 * resident.
 */
function isUndone(tx: Tx, tier: Tier): ReturnType<Tx> {
  return tx`CASE WHEN p.status IN ('moved-out', 'removed') AND p.reason = 'undo' THEN (
    SELECT bool_and(m.is_undone) FROM (
      SELECT count(*) = max(c.sequence) AND 2 * count(*) FILTER (WHERE c.reason = 'undo')
        = count(*) FILTER (WHERE c.reason NOT IN ('number-assigned', 'number-changed')) AS is_undone
      FROM ${tx(tier.changeTable)} c
      WHERE ${ofPrefecture(tx, tier)} c.resident_code = p.resident_code
      GROUP BY c.municipality_code) m) ELSE false END`;
}

/** The same, and those whose code is used up: under the code that was asked for, as the site holds them now. */
export async function lockPersonsByAnyCode(
  tx: Tx,
  tier: Tier,
  residentCodes: readonly string[],
): Promise<ReadonlyMap<string, HeldPerson>> {
  const persons = new Map(await lockPersons(tx, tier, residentCodes));
  const missing = residentCodes.filter((code) => !persons.has(code));
  const current = await currentCodes(tx, tier.site, missing);
  if (current.size === 0) return persons;
  const others = await lockPersons(tx, tier, [...current.values()]);
  for (const [asked, code] of current) {
    const person = others.get(code);
    if (person) persons.set(asked, person);
  }
  return persons;
}

export function ofPrefecture(tx: Tx, tier: Tier): ReturnType<Tx> {
  return tier.prefecture === null ? tx`` : tx`prefecture_code = ${tier.prefecture} AND`;
}

function prefectureColumn(tx: Tx, tier: Tier): ReturnType<Tx> {
  return tier.prefecture === null ? tx`` : tx`prefecture_code,`;
}

function prefectureValue(tx: Tx, tier: Tier): ReturnType<Tx> {
  return tier.prefecture === null ? tx`` : tx`${tier.prefecture}::text,`;
}

/** Replaces what is held by what the recorded notices say; those that are history leave it. */
export async function storePersons(
  tx: Tx,
  tier: Tier,
  decided: readonly DecidedNotice[],
  appliedAt: Date,
): Promise<void> {
  const recorded = decided.filter((notice) => notice.effect === 'record');
  if (recorded.length === 0) return;
  const rows = recorded.map(({ held, body }) => ({
    ...body,
    enteredOn: enteredOnAfter(held, body),
    retainedUntil: retainedAbove(body.status, appliedAt),
  }));
  const known = recorded.flatMap(({ held }) => (held ? [held.residentCode] : []));
  const stored = await tx`
    INSERT INTO ${tx(tier.personTable)} (${prefectureColumn(tx, tier)} resident_code, municipality_code, status, name,
      name_kana, former_surname, alias, birth_date, sex, address, individual_number, entered_on, sequence, reason, event_date,
      applied_at, retained_until)
    SELECT ${prefectureValue(tx, tier)} r."residentCode", r.municipality, r.status, r.name, r."nameKana",
      r."formerSurname", r.alias, r."birthDate", r.sex, r.address, r."individualNumber", r."enteredOn", r.sequence,
      r.reason, r."eventDate", ${appliedAt}::timestamptz, r."retainedUntil"
    FROM jsonb_to_recordset(${tx.json(rows)}) AS r("residentCode" text, municipality text, status text,
      name text, "nameKana" text, "formerSurname" text, alias text, "birthDate" text, sex smallint, address text,
      "individualNumber" text, "enteredOn" date, sequence int, reason text, "eventDate" date, "retainedUntil" date)
    ON CONFLICT (${prefectureColumn(tx, tier)} resident_code) DO UPDATE SET
      municipality_code = excluded.municipality_code, status = excluded.status, name = excluded.name,
      name_kana = excluded.name_kana, former_surname = excluded.former_surname, alias = excluded.alias, birth_date = excluded.birth_date,
      sex = excluded.sex, address = excluded.address, individual_number = excluded.individual_number,
      entered_on = excluded.entered_on, sequence = excluded.sequence, reason = excluded.reason, event_date = excluded.event_date,
      applied_at = excluded.applied_at, retained_until = CASE WHEN excluded.retained_until IS NOT NULL
        THEN coalesce(${tx(tier.personTable)}.retained_until, excluded.retained_until) END
    WHERE ${tx(tier.personTable)}.resident_code = ANY(${known})`;
  // a person who was unknown a moment ago came in by another link meanwhile: decide again on what is held now
  if (stored.count !== rows.length)
    throw Object.assign(new Error('a person was entered by two links at once'), {
      code: SERIALIZATION_FAILURE,
    });
  await storeSearchKeys(tx, tier, rows, known);
}

/** Keeps that there was a change, whatever came of it. */
export async function storeChanges(
  tx: Tx,
  tier: Tier,
  decided: readonly DecidedNotice[],
  appliedAt: Date,
): Promise<void> {
  // under the code of now, where the person is held by another one: then it is history
  const bodies = decided.map(({ body, held }) => ({
    ...body,
    residentCode: held?.residentCode ?? body.residentCode,
  }));
  const isNational = tier.prefecture === null; // the population movement is made of its changes
  await tx`
    INSERT INTO ${tx(tier.changeTable)} (${prefectureColumn(tx, tier)} resident_code, municipality_code, sequence,
      reason, event_date, applied_at ${isNational ? tx`, birth_date, sex, undoes` : tx``})
    SELECT ${prefectureValue(tx, tier)} r."residentCode", r.municipality, r.sequence, r.reason, r."eventDate",
      ${appliedAt}::timestamptz ${isNational ? tx`, r."birthDate", r.sex, r.undoes` : tx``}
    FROM jsonb_to_recordset(${tx.json(bodies)}) AS r("residentCode" text, municipality text, sequence int,
      reason text, "eventDate" date, "birthDate" text, sex smallint, undoes int)`;
}
