/**
 * Moves staged rows into the register, some thousand in a transaction: codes from the store, residents, ledger entries
 * and notices together. Killed in between, the next run of the same file finds what is there unchanged and goes on.
 */
import type { Sql, Tx } from '@ishizue/db';
import { inTransaction } from '@ishizue/db';
import { recordEntries } from '@ishizue/ledger';
import { sendAll } from '@ishizue/link';
import type { Access } from '../access.ts';
import { noticesOf } from '../municipal/notices.ts';
import { residentsByCodeForUpdate } from '../municipal/resident-store.ts';
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
  for (;;) {
    const count = await inTransaction(session, { site: municipalSite(municipality) }, (tx) =>
      loadChunk(tx, context, municipality, access),
    );
    if (count === 0) return loaded;
    loaded += count;
    context.wake();
    progress(loaded);
  }
}

async function loadChunk(
  tx: Tx,
  context: RegistryContext,
  municipality: string,
  access: Access,
): Promise<number> {
  await tx`
    UPDATE pg_temp.load_row SET state = 'loading' WHERE row_number IN (
      SELECT row_number FROM pg_temp.load_row WHERE state = 'new' ORDER BY row_number LIMIT ${ROWS_IN_TRANSACTION})`;
  await assignCodes(tx, municipality);
  const rows = await moveRows(tx, municipality);
  if (rows.length === 0) return 0;
  const residents = await residentsByCodeForUpdate(
    tx,
    municipality,
    rows.map((row) => row.code),
  );
  const site = municipalSite(municipality);
  const now = context.clock.now();
  await recordEntries(
    tx,
    rows.map(({ code }) => ({
      site,
      at: now,
      ...access,
      subject: context.pseudonyms.of(site, code),
      fields: ['resident-record', 'initial-load'],
      result: 'ok',
    })),
  );
  await sendAll(
    tx,
    [...residents.values()].flatMap((resident) =>
      noticesOf(context, resident, 'initial-load', resident.becameResidentOn),
    ),
  );
  return rows.length;
}

async function assignCodes(tx: Tx, municipality: string): Promise<void> {
  const [want] = await tx<{ count: number }[]>`
    SELECT count(*) AS count FROM pg_temp.load_row WHERE state = 'loading' AND resident_code IS NULL`;
  if (!want || want.count === 0) return;
  const given = await tx`
    WITH free AS (
      SELECT position, resident_code, row_number() OVER (ORDER BY position) AS nth
      FROM (SELECT position, resident_code FROM registry.municipal_free_code
            WHERE municipality_code = ${municipality} ORDER BY position LIMIT ${want.count} FOR UPDATE) f
    ), taken AS (
      DELETE FROM registry.municipal_free_code c USING free
      WHERE c.municipality_code = ${municipality} AND c.position = free.position
    ), wanting AS (
      SELECT row_number, row_number() OVER (ORDER BY row_number) AS nth
      FROM pg_temp.load_row WHERE state = 'loading' AND resident_code IS NULL
    )
    UPDATE pg_temp.load_row l SET resident_code = free.resident_code
    FROM wanting JOIN free USING (nth) WHERE l.row_number = wanting.row_number`;
  if (given.count !== want.count) throw new Error('the store of resident codes ran out during a load');
}

async function moveRows(tx: Tx, municipality: string): Promise<readonly { readonly code: string }[]> {
  const rows = await tx<{ code: string }[]>`
    INSERT INTO registry.municipal_resident (municipality_code, resident_number, resident_code, status,
      household_number, relationship, name, name_kana, former_surname, former_surname_kana, alias, alias_kana,
      birth_date, sex, nationality, residence_status, stay_expires_on, ward_code, postal_code, town, lot, building,
      domicile, family_register_head, became_resident_on, address_fixed_on, previous_address, sequence, loaded_sha256)
    SELECT ${municipality}::text, resident_number, resident_code, 'resident', household_number, relationship, name,
      name_kana, former_surname, former_surname_kana, alias, alias_kana, birth_date, sex::smallint, nationality,
      residence_status, stay_expires_on::date, ward_code, postal_code, town, lot, building, domicile,
      family_register_head, became_resident_on::date, address_fixed_on::date, previous_address, 1, sha256
    FROM pg_temp.load_row WHERE state = 'loading' ORDER BY row_number
    RETURNING resident_code AS code`;
  await tx`UPDATE pg_temp.load_row SET state = 'loaded' WHERE state = 'loading'`;
  return rows;
}
