/** Entries and their changes in and out of PostgreSQL, by set. Callers run inside a transaction scoped to the site. */
import { dateInTokyo } from '@ishizue/clock';
import type { Tx } from '@ishizue/db';
import { retainedUntil } from '@ishizue/registry';
import type { SupplementaryEntry } from './entry.ts';

const SERIALIZATION_FAILURE = '40001'; // SQLSTATE: the link tries the whole envelope again

const entryColumns = (tx: Tx): ReturnType<Tx> => tx`
  municipality_code AS municipality, resident_code AS "residentCode", state, family_register AS "familyRegister",
  family_register_head AS "familyRegisterHead", name, address, is_overseas AS "isOverseas",
  address_fixed_on AS "addressFixedOn", birth_date AS "birthDate", sex, sequence, residence_code AS residence,
  residence_sequence AS "residenceSequence", since`;

/**
 * Takes turns by code, in their order, where there may be no row to lock: two officers that enter one person, and a code
 * that becomes somebody's.
 */
export async function lockCodes(
  tx: Tx,
  municipality: string,
  residentCodes: readonly string[],
): Promise<void> {
  if (residentCodes.length === 0) return;
  await tx`
    SELECT pg_advisory_xact_lock(hashtextextended(key, 0))
    FROM (SELECT DISTINCT ${`${municipality} entry `} || code AS key
          FROM unnest(${[...residentCodes]}::text[]) AS c(code) ORDER BY 1) k`;
}

/** Entries by resident code, locked in the order of the codes so that two batches never wait in a circle. */
export async function lockEntries(
  tx: Tx,
  municipality: string,
  residentCodes: readonly string[],
): Promise<ReadonlyMap<string, SupplementaryEntry>> {
  const rows = await tx<SupplementaryEntry[]>`
    SELECT ${entryColumns(tx)} FROM overseas.municipal_entry
    WHERE municipality_code = ${municipality} AND resident_code = ANY(${residentCodes})
    ORDER BY resident_code FOR UPDATE`;
  return new Map(rows.map((row) => [row.residentCode, row]));
}

/**
 * Writes entries as they stand after their changes; those in `known` were locked, the others are new. A deleted one is
 * kept by the rule of the day on which it was deleted first.
 */
export async function storeEntries(
  tx: Tx,
  entries: readonly SupplementaryEntry[],
  known: readonly string[],
  now_ms: number,
): Promise<void> {
  const retained = retainedUntil(dateInTokyo(now_ms));
  const stored = await tx`
    INSERT INTO overseas.municipal_entry (municipality_code, resident_code, state, family_register,
      family_register_head, name, address, is_overseas, address_fixed_on, birth_date, sex, sequence, residence_code,
      residence_sequence, since, retained_until)
    SELECT municipality, "residentCode", state, "familyRegister", "familyRegisterHead", name, address, "isOverseas",
      "addressFixedOn", "birthDate", sex, sequence, residence, "residenceSequence", since,
      CASE WHEN state = 'deleted' THEN ${retained}::date END
    FROM jsonb_to_recordset(${tx.json(entries.map((entry) => ({ ...entry })))}) AS r(municipality text,
      "residentCode" text, state text, "familyRegister" text, "familyRegisterHead" text, name text, address text,
      "isOverseas" boolean, "addressFixedOn" date, "birthDate" text, sex smallint, sequence int, residence text,
      "residenceSequence" int, since date)
    ON CONFLICT (municipality_code, resident_code) DO UPDATE SET state = excluded.state, name = excluded.name,
      birth_date = excluded.birth_date, sex = excluded.sex, address = excluded.address,
      is_overseas = excluded.is_overseas, address_fixed_on = excluded.address_fixed_on,
      sequence = excluded.sequence, residence_code = excluded.residence_code,
      residence_sequence = excluded.residence_sequence, since = excluded.since,
      retained_until = CASE WHEN excluded.state = 'deleted'
        THEN coalesce(municipal_entry.retained_until, excluded.retained_until) END
    WHERE municipal_entry.resident_code = ANY(${known})`;
  // an entry that was not there a moment ago was opened by another link meanwhile: decide again on what is held now
  if (stored.count !== entries.length)
    throw Object.assign(new Error('an entry was opened by two links at once'), {
      code: SERIALIZATION_FAILURE,
    });
}

/** A change of an entry, as its history has it. */
export interface EntryChange {
  readonly municipality: string;
  readonly residentCode: string;
  readonly sequence: number;
  readonly reason: string;
  readonly eventDate: string;
  /** Heard too late to change the entry. */
  readonly isLate: boolean;
  readonly address: string | null;
  readonly isOverseas: boolean;
  readonly addressFixedOn: string;
  readonly residence: string | null;
  readonly residenceSequence: number | null;
  /** Of a changed code: the one before it. */
  readonly formerCode?: string | null;
}

export async function storeEntryChanges(
  tx: Tx,
  changes: readonly EntryChange[],
  recordedAt: Date,
): Promise<void> {
  await tx`
    INSERT INTO overseas.municipal_change (municipality_code, resident_code, sequence, reason, event_date, is_late,
      address, is_overseas, address_fixed_on, residence_code, residence_sequence, former_code,
      recorded_at)
    SELECT municipality, "residentCode", sequence, reason, "eventDate", "isLate", address, "isOverseas",
      "addressFixedOn", residence, "residenceSequence", "formerCode", ${recordedAt}::timestamptz
    FROM jsonb_to_recordset(${tx.json(changes.map((change) => ({ ...change })))}) AS r(municipality text,
      "residentCode" text, sequence int, reason text, "eventDate" date, "isLate" boolean, address text,
      "isOverseas" boolean, "addressFixedOn" date, residence text, "residenceSequence" int,
      "formerCode" text)`;
}
