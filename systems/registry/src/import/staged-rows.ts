/**
 * The rows of a file in a temporary table of one session: there they are checked against each other and against the
 * register by set, before anything of the register changes.
 */
import { hash } from 'node:crypto';
import { copyLine, openCopy, type Sql, type Tx } from '@ishizue/db';
import type { RegisterRow } from './parse-register-row.ts';
import { REGISTER_COLUMNS } from './register-columns.ts';

/** Makes the empty table in the session's own schema. */
export async function createStage(session: Sql): Promise<void> {
  await session.unsafe(`
    DROP TABLE IF EXISTS pg_temp.load_row;
    CREATE TEMPORARY TABLE load_row (
      row_number int NOT NULL,
      ${REGISTER_COLUMNS.map((column) => `${column} text`).join(', ')},
      sha256 bytea NOT NULL,
      refusal text,
      state text NOT NULL DEFAULT 'new'
    )`);
}

/** Takes checked rows one by one and writes them to the table by COPY. */
export interface StageWriter {
  write(rowNumber: number, row: RegisterRow): Promise<void>;
  end(): Promise<void>;
}

export async function openStageWriter(session: Sql): Promise<StageWriter> {
  const copy = await openCopy(session, 'pg_temp.load_row', ['row_number', ...REGISTER_COLUMNS, 'sha256']);
  return {
    async write(rowNumber, row) {
      const line = copyLine(REGISTER_COLUMNS.map((column) => row[column]));
      await copy.write(`${rowNumber}\t${line}\t${copyLine([`\\x${hash('sha256', line, 'hex')}`])}`);
    },
    end: () => copy.end(),
  };
}

/** Why a staged row is refused; checked in this order, and the first that holds is the reason. */
export const STAGE_REFUSALS = {
  'resident-number-repeated': 'the file has this resident_number in an earlier row',
  'resident-code-repeated': 'the file has this resident_code in an earlier row',
  'resident-number-differs': 'the register has this resident_number with other content',
  'resident-code-in-use': 'the register has this resident_code under another resident_number',
  'resident-code-retired': 'the resident_code is used up: its person has another one by now',
  'household-without-head': 'no row of the household is its head (世帯主)',
  'household-with-several-heads': 'several rows of the household are its head (世帯主)',
} as const;

export type StageRefusal = keyof typeof STAGE_REFUSALS;

/** Marks rows that are loaded already (`unchanged`) and rows that cannot be loaded (`refused`). */
export async function checkStage(tx: Tx, municipality: string): Promise<void> {
  await tx`CREATE INDEX ON pg_temp.load_row (resident_number)`;
  await tx`CREATE INDEX ON pg_temp.load_row (row_number)`;
  await tx`ANALYZE pg_temp.load_row`;
  await tx`
    UPDATE pg_temp.load_row l SET state = 'refused', refusal = 'resident-number-repeated'
    FROM (SELECT row_number, row_number() OVER (PARTITION BY resident_number ORDER BY row_number) AS nth
          FROM pg_temp.load_row) n
    WHERE n.row_number = l.row_number AND n.nth > 1`;
  await tx`
    UPDATE pg_temp.load_row l SET state = 'refused', refusal = 'resident-code-repeated'
    FROM (SELECT row_number, row_number() OVER (PARTITION BY resident_code ORDER BY row_number) AS nth
          FROM pg_temp.load_row WHERE resident_code IS NOT NULL AND state = 'new') n
    WHERE n.row_number = l.row_number AND n.nth > 1`;
  await tx`
    UPDATE pg_temp.load_row l
    SET state = CASE WHEN r.loaded_sha256 = l.sha256 THEN 'unchanged' ELSE 'refused' END,
        refusal = CASE WHEN r.loaded_sha256 = l.sha256 THEN NULL ELSE 'resident-number-differs' END
    FROM registry.municipal_resident r
    WHERE r.municipality_code = ${municipality} AND r.resident_number = l.resident_number AND l.state = 'new'`;
  await tx`
    UPDATE pg_temp.load_row l SET state = 'refused', refusal = 'resident-code-in-use'
    FROM registry.municipal_resident r
    WHERE r.municipality_code = ${municipality} AND r.resident_code = l.resident_code AND l.state = 'new'`;
  await tx`
    UPDATE pg_temp.load_row l SET state = 'refused', refusal = 'resident-code-retired'
    FROM registry.retired_code r
    WHERE r.site = 'municipal/' || ${municipality} AND r.resident_code = l.resident_code AND l.state = 'new'`;
  await tx`
    UPDATE pg_temp.load_row l
    SET state = 'refused',
        refusal = CASE WHEN h.heads = 0 THEN 'household-without-head' ELSE 'household-with-several-heads' END
    FROM (SELECT household_number, count(*) FILTER (WHERE relationship = '世帯主') AS heads
          FROM pg_temp.load_row WHERE state <> 'refused' GROUP BY household_number) h
    WHERE h.household_number = l.household_number AND h.heads <> 1 AND l.state = 'new'`;
}

/** Takes out of the store the codes that rows of the file bring, before they are given to others; answers how many. */
export async function discardBroughtCodes(tx: Tx, municipality: string): Promise<number> {
  const discarded = await tx`
    DELETE FROM registry.municipal_free_code c USING pg_temp.load_row l
    WHERE c.municipality_code = ${municipality} AND c.resident_code = l.resident_code AND l.state = 'new'`;
  return discarded.count;
}

export interface StageCounts {
  readonly fresh: number;
  /** Of the fresh ones, those that need a resident code. */
  readonly withoutCode: number;
  readonly unchanged: number;
  readonly refused: number;
}

export async function countStage(session: Sql): Promise<StageCounts> {
  const [row] = await session<StageCounts[]>`
    SELECT count(*) FILTER (WHERE state = 'new') AS fresh,
      count(*) FILTER (WHERE state = 'new' AND resident_code IS NULL) AS "withoutCode",
      count(*) FILTER (WHERE state = 'unchanged') AS unchanged,
      count(*) FILTER (WHERE state = 'refused') AS refused
    FROM pg_temp.load_row`;
  if (!row) throw new Error('the stage gave no counts');
  return row;
}
