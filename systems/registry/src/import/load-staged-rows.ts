/**
 * Moves staged rows into the register, some thousand in a transaction: codes from the store, residents, ledger entries
 * and notices together. Killed in between, the next run of the same file finds what is there unchanged and goes on.
 */
import type { Sql, Tx } from '@ishizue/db';
import { inTransaction } from '@ishizue/db';
import { recordEntries } from '@ishizue/ledger';
import { sendAll } from '@ishizue/link';
import type { Access } from '../access.ts';
import { takeFreeCodes } from '../municipal/free-codes.ts';
import { noticesOf } from '../municipal/notices.ts';
import type { Resident } from '../municipal/resident.ts';
import { residentColumns } from '../municipal/resident-store.ts';
import { municipalSite, type RegistryContext } from '../registry-context.ts';

const ROWS_IN_TRANSACTION = 2_000;

/** Loads all fresh rows; calls `progress` with the number loaded after each transaction. */
export async function loadStagedRows(
  context: RegistryContext,
  session: Sql,
  municipality: string,
  access: Access,
  progress: (loaded: number) => void,
): Promise<number> {
  let loaded = 0;
  for (let after = 0; ; ) {
    const chunk = await inTransaction(session, { site: municipalSite(municipality) }, async (tx) => {
      const found = await findChunk(tx, after);
      if (found) await loadChunk(tx, context, municipality, access, found);
      return found;
    });
    if (!chunk) return loaded;
    after = chunk.through;
    loaded += chunk.rows;
    context.wake();
    progress(loaded);
  }
}

/** The next fresh rows in the order of the file, as a range of row numbers: the stage is read once and never written. */
interface Chunk {
  readonly after: number;
  readonly through: number;
  readonly rows: number;
  readonly withoutCode: number;
}

async function findChunk(tx: Tx, after: number): Promise<Chunk | undefined> {
  const [found] = await tx<{ through: number | null; rows: number; withoutCode: number }[]>`
    SELECT max(row_number) AS through, count(*) AS rows, count(*) FILTER (WHERE resident_code IS NULL) AS "withoutCode"
    FROM (SELECT row_number, resident_code FROM pg_temp.load_row
          WHERE state = 'new' AND row_number > ${after} ORDER BY row_number LIMIT ${ROWS_IN_TRANSACTION}) next`;
  return found && found.through !== null ? { ...found, after, through: found.through } : undefined;
}

async function loadChunk(
  tx: Tx,
  context: RegistryContext,
  municipality: string,
  access: Access,
  chunk: Chunk,
): Promise<void> {
  const codes = await takeFreeCodes(tx, municipality, chunk.withoutCode);
  if (codes.length !== chunk.withoutCode)
    throw new Error('the store of resident codes ran out during a load');
  const residents = await moveRows(tx, municipality, chunk, codes);
  const site = municipalSite(municipality);
  const now = context.clock.now();
  await recordEntries(
    tx,
    residents.map(({ residentCode }) => ({
      site,
      at: now,
      ...access,
      subject: context.pseudonyms.of(site, residentCode),
      fields: ['resident-record', 'initial-load'],
      result: 'ok',
    })),
  );
  await sendAll(
    tx,
    residents.flatMap((resident) =>
      noticesOf(context, resident, { reason: 'initial-load', eventDate: resident.becameResidentOn }),
    ),
  );
}

/** Rows without a resident code get the given ones, in the order of the file. */
async function moveRows(
  tx: Tx,
  municipality: string,
  { after, through }: Chunk,
  codes: readonly string[],
): Promise<readonly Resident[]> {
  return tx<Resident[]>`
    INSERT INTO registry.municipal_resident (municipality_code, resident_number, resident_code, status,
      household_number, relationship, name, name_kana, former_surname, former_surname_kana, alias, alias_kana,
      birth_date, sex, nationality, residence_status, stay_expires_on, ward_code, postal_code, town, lot, building,
      domicile, family_register_head, became_resident_on, address_fixed_on, previous_address, sequence, loaded_sha256)
    SELECT ${municipality}::text, resident_number, coalesce(resident_code, (${codes}::text[])[nth_without_code]),
      'resident', household_number, relationship, name, name_kana, former_surname, former_surname_kana, alias,
      alias_kana, birth_date, sex::smallint, nationality, residence_status, stay_expires_on::date, ward_code,
      postal_code, town, lot, building, domicile, family_register_head, became_resident_on::date,
      address_fixed_on::date, previous_address, 1, sha256
    FROM (SELECT *, count(*) FILTER (WHERE resident_code IS NULL) OVER (ORDER BY row_number) AS nth_without_code
          FROM pg_temp.load_row WHERE state = 'new' AND row_number > ${after} AND row_number <= ${through}) fresh
    ORDER BY row_number
    RETURNING ${residentColumns(tx)}`;
}
