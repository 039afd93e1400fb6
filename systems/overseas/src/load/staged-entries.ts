/**
 * The rows of an entry file in a temporary table of one session: there they are checked against each other and against
 * the entries by set, before anything changes.
 */
import { hash } from 'node:crypto';
import { copyLine, openCopy, type Sql, type Tx } from '@ishizue/db';
import { municipalSite } from '@ishizue/registry';
import type { NumberedRow } from './read-entry-file.ts';

export async function createStage(session: Sql): Promise<void> {
  await session.unsafe(`
    DROP TABLE IF EXISTS pg_temp.entry_row;
    CREATE TEMPORARY TABLE entry_row (
      row_number int PRIMARY KEY, resident_code text NOT NULL, family_register text NOT NULL,
      family_register_head text NOT NULL, name text NOT NULL, birth_date text NOT NULL, sex smallint NOT NULL,
      is_overseas boolean NOT NULL, address text, address_fixed_on date NOT NULL, residence_code text,
      sha256 bytea NOT NULL, refusal text, state text NOT NULL DEFAULT 'new')`);
}

const COLUMNS = [
  'row_number',
  'resident_code',
  'family_register',
  'family_register_head',
  'name',
  'birth_date',
  'sex',
  'is_overseas',
  'address',
  'address_fixed_on',
  'residence_code',
  'sha256',
] as const;

/** Takes checked rows as they are read and writes them to the table by COPY. */
export interface StageWriter {
  write(rows: readonly NumberedRow[]): Promise<void>;
  end(): Promise<void>;
}

export async function openStageWriter(session: Sql): Promise<StageWriter> {
  const copy = await openCopy(session, 'pg_temp.entry_row', COLUMNS);
  return {
    async write(rows) {
      for (const numbered of rows) await copy.write(lineOf(numbered));
    },
    end: () => copy.end(),
  };
}

const lineOf = ({ number, row }: NumberedRow): string =>
  copyLine([
    number,
    row.residentCode,
    row.familyRegister,
    row.familyRegisterHead,
    row.name,
    row.birthDate,
    row.sex,
    row.isOverseas,
    row.address,
    row.addressFixedOn,
    row.residence,
    `\\x${hash('sha256', JSON.stringify(row), 'hex')}`,
  ]);

/** Why a staged row is refused; checked in this order, and the first that holds is the reason. */
export const STAGE_REFUSALS = {
  'resident-code-repeated': 'the file has this resident_code in an earlier row',
  'resident-code-retired': 'the resident code is used up: its person has another one',
  'entry-differs': 'there is an entry of this resident_code with other content: changes come as notices',
} as const;

export type StageRefusal = keyof typeof STAGE_REFUSALS;

/** Marks rows that are loaded already (`unchanged`) and rows that cannot be loaded (`refused`). */
export async function checkStage(tx: Tx, municipality: string): Promise<void> {
  await tx`ANALYZE pg_temp.entry_row`;
  await tx`
    UPDATE pg_temp.entry_row r SET state = 'refused', refusal = 'resident-code-repeated'
    FROM (SELECT row_number, row_number() OVER (PARTITION BY resident_code ORDER BY row_number) AS nth
          FROM pg_temp.entry_row) n
    WHERE n.row_number = r.row_number AND n.nth > 1`;
  // a row that was loaded before its code changed is in the entry that goes on under the new one
  await tx`
    UPDATE pg_temp.entry_row r
    SET state = CASE WHEN u.is_loaded THEN 'unchanged' ELSE 'refused' END,
        refusal = CASE WHEN u.is_loaded THEN NULL ELSE 'resident-code-retired' END
    FROM (SELECT s.row_number, bool_or(e.resident_code IS NOT NULL) AS is_loaded
          FROM pg_temp.entry_row s
          JOIN overseas.retired_code c ON c.site = ${municipalSite(municipality)} AND c.resident_code = s.resident_code
          LEFT JOIN overseas.municipal_entry e
            ON e.municipality_code = ${municipality} AND e.loaded_sha256 = s.sha256
          GROUP BY s.row_number) u
    WHERE u.row_number = r.row_number AND r.state = 'new'`;
  await tx`
    UPDATE pg_temp.entry_row r
    SET state = CASE WHEN e.loaded_sha256 = r.sha256 THEN 'unchanged' ELSE 'refused' END,
        refusal = CASE WHEN e.loaded_sha256 = r.sha256 THEN NULL ELSE 'entry-differs' END
    FROM overseas.municipal_entry e
    WHERE e.municipality_code = ${municipality} AND e.resident_code = r.resident_code AND r.state = 'new'`;
}

export interface StageCounts {
  readonly fresh: number;
  readonly unchanged: number;
  readonly refused: number;
}

export async function countStage(session: Sql): Promise<StageCounts> {
  const [row] = await session<StageCounts[]>`
    SELECT count(*) FILTER (WHERE state = 'new') AS fresh, count(*) FILTER (WHERE state = 'unchanged') AS unchanged,
      count(*) FILTER (WHERE state = 'refused') AS refused
    FROM pg_temp.entry_row`;
  if (!row) throw new Error('the stage gave no counts');
  return row;
}
