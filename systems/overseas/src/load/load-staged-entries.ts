/**
 * Moves staged rows into the register, some thousand in a transaction: entries, history, ledger entries and messages up
 * the tiers together. Killed in between, the next run of the same file finds what is there unchanged and goes on.
 */
import { dateInTokyo } from '@ishizue/clock';
import type { Sql, Tx } from '@ishizue/db';
import { inTransaction } from '@ishizue/db';
import { recordEntries } from '@ishizue/ledger';
import { sendAll } from '@ishizue/link';
import { type Access, municipalSite } from '@ishizue/registry';
import type { EntryIdentity, SupplementaryEntry } from '../municipal/entry.ts';
import { storeEntryChanges } from '../municipal/entry-store.ts';
import { identityMessage } from '../municipal/identity-of-entry.ts';
import type { OverseasContext } from '../overseas-context.ts';

const ROWS_IN_TRANSACTION = 2_000;

/** Loads all fresh rows; calls `progress` with the number loaded after each transaction. */
export async function loadStagedEntries(
  context: OverseasContext,
  session: Sql,
  municipality: string,
  access: Access,
  progress: (loaded: number) => void,
): Promise<number> {
  let loaded = 0;
  for (let after = 0; ; ) {
    const through = await inTransaction(session, { site: municipalSite(municipality) }, async (tx) => {
      const last = await lastOfChunk(tx, after);
      if (last !== null) loaded += await loadChunk(tx, context, municipality, access, after, last);
      return last;
    });
    if (through === null) return loaded;
    after = through;
    context.wake();
    progress(loaded);
  }
}

/** The row number with which the next chunk of fresh rows ends; null where there are none. */
async function lastOfChunk(tx: Tx, after: number): Promise<number | null> {
  const [found] = await tx<{ through: number | null }[]>`
    SELECT max(row_number) AS through
    FROM (SELECT row_number FROM pg_temp.entry_row
          WHERE state = 'new' AND row_number > ${after} ORDER BY row_number LIMIT ${ROWS_IN_TRANSACTION}) next`;
  return found?.through ?? null;
}

type LoadedEntry = EntryIdentity & Pick<SupplementaryEntry, 'addressFixedOn' | 'residence'>;

async function loadChunk(
  tx: Tx,
  context: OverseasContext,
  municipality: string,
  access: Access,
  after: number,
  through: number,
): Promise<number> {
  const entries = await tx<LoadedEntry[]>`
    INSERT INTO overseas.municipal_entry (municipality_code, resident_code, state, family_register,
      family_register_head, name, address, is_overseas, address_fixed_on, birth_date, sex, sequence, residence_code,
      since, loaded_sha256)
    SELECT ${municipality}::text, resident_code, 'current', family_register, family_register_head, name, address,
      is_overseas, address_fixed_on, birth_date, sex, 1, residence_code, address_fixed_on, sha256
    FROM pg_temp.entry_row
    WHERE state = 'new' AND row_number > ${after} AND row_number <= ${through}
    ORDER BY row_number
    RETURNING municipality_code AS municipality, resident_code AS "residentCode", state, name, address,
      is_overseas AS "isOverseas", address_fixed_on AS "addressFixedOn", birth_date AS "birthDate", sex, sequence,
      residence_code AS residence`;
  const now = context.clock.now();
  // of the load, not of the address: the day of the address stays at the municipality
  const today = dateInTokyo(now);
  const site = municipalSite(municipality);
  await storeEntryChanges(
    tx,
    entries.map((entry) => ({
      ...entry,
      reason: 'initial-load',
      eventDate: today,
      isLate: false,
      residenceSequence: null,
    })),
    new Date(now),
  );
  await recordEntries(
    tx,
    entries.map(({ residentCode }) => ({
      site,
      at: now,
      ...access,
      subject: context.pseudonyms.of(site, residentCode),
      fields: ['supplementary-entry', 'initial-load'],
      result: 'ok',
    })),
  );
  await sendAll(
    tx,
    entries.map((entry) => identityMessage(context, entry, 'initial-load', today)),
  );
  return entries.length;
}
