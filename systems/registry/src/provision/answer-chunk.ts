/**
 * Answers one chunk of a batch query in one transaction: the join, the answer's text and the ledger entries together. The
 * answer is made and stored by the database, so that a hundred thousand persons a second need not pass through this
 * process. A chunk that is there is never answered again: it would be a second provision.
 */
import { inTransaction, type Tx } from '@ishizue/db';
import { recordAlike } from '@ishizue/ledger';
import { ok, type Result } from '@ishizue/outcome';
import { currentCodes } from '../codes/retired-codes.ts';
import { NATIONAL_SITE, type RegistryContext } from '../registry-context.ts';
import { type BatchChunk, type BatchLine, CASE_KEYS_APART } from './batch-file.ts';
import { type BatchOrder, permitBatch } from './batch-job.ts';
import type { PermitFailure } from './provide.ts';
import { FIELDS_OF_ITEM, type HeldIdentity } from './provided-items.ts';
import type { PersonKeyKind, ProvisionItem } from './provision-rules.ts';

const UNIQUE_VIOLATION = '23505';

/** Answers the chunk; where another run of the job was first, nothing is done. */
export async function answerChunk(
  context: RegistryContext,
  order: BatchOrder,
  chunk: BatchChunk,
): Promise<Result<undefined, PermitFailure>> {
  try {
    return await inTransaction(context.sql, { site: NATIONAL_SITE }, (tx) =>
      answerIn(tx, context, order, chunk),
    );
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === UNIQUE_VIOLATION) return ok(undefined);
    throw error;
  }
}

async function answerIn(
  tx: Tx,
  context: RegistryContext,
  order: BatchOrder,
  chunk: BatchChunk,
): Promise<Result<undefined, PermitFailure>> {
  const permitted = await permitBatch(tx, context, order);
  if (!permitted.ok) return permitted;
  const { found, retired } = await storeAnswer(tx, order, chunk);
  const { article, affair } = permitted.value;
  const at = context.clock.now();
  await recordAlike(
    tx,
    {
      site: NATIONAL_SITE,
      at,
      actorKind: 'site',
      actor: order.agency,
      terminal: '',
      article,
      affair,
      fields: order.items,
    },
    chunk.lines.flatMap((line, index) => {
      if (!line.ok) return []; // nobody was asked for
      const isFound = found[index] !== '';
      const residentCode = isFound
        ? found[index]
        : order.key === 'resident-code'
          ? line.personKey
          : undefined;
      return [
        {
          subject: residentCode === undefined ? null : context.pseudonyms.of(NATIONAL_SITE, residentCode),
          result: isFound ? 'ok' : retired.has(index + 1) ? 'number-retired' : 'person-unknown',
          correlation: order.jobId,
        },
      ];
    }),
  );
  return ok(undefined);
}

interface StoredAnswer {
  /** The resident code of each line's person, empty where there is none. */
  readonly found: readonly string[];
  /** Which lines asked by a retired number; the first is 1. */
  readonly retired: ReadonlySet<number>;
}

/** Writes the answers of a chunk. */
async function storeAnswer(
  tx: Tx,
  { agency, jobId, key, items }: BatchOrder,
  { chunk, lines, sha256 }: BatchChunk,
): Promise<StoredAnswer> {
  const column = tx.unsafe(COLUMN_OF_KEY[key]);
  const fields = tx.unsafe(
    items
      .flatMap((item) => FIELDS_OF_ITEM[item])
      .map((field) => ` || ${textOf(field)}`)
      .join(''),
  );
  const isRetired =
    key === 'individual-number'
      ? tx`EXISTS (SELECT FROM registry.national_retired_number n WHERE n.individual_number = a.person_key)`
      : tx`false`;
  // who is asked for by a used-up code is found under the code of now
  const asked = lines.flatMap((line) => (line.ok && key === 'resident-code' ? [line.personKey] : []));
  const current = await currentCodes(tx, NATIONAL_SITE, asked);
  // texts that the database takes apart: its driver would write, and read, an array item by item
  const joined = (text: (line: BatchLine) => string, apart: string): string => lines.map(text).join(apart);
  const [row] = await tx<{ found: string; retired: number[] | null }[]>`
    WITH answered AS (
      SELECT a.nth, p.resident_code, r.is_retired,
        '"' || replace(coalesce(a.case_key, ''), '"', '""') || '",'
        || coalesce(a.refusal, CASE WHEN r.is_retired THEN 'number-retired'
          WHEN p.resident_code IS NULL THEN 'person-unknown' ELSE 'ok' END) ${fields} AS line
      FROM unnest(string_to_array(${joined(({ caseKey }) => caseKey, CASE_KEYS_APART)}, ${CASE_KEYS_APART}),
          string_to_array(${joined((line) => (line.ok ? (current.get(line.personKey) ?? line.personKey) : ''), ',')}, ',', ''),
          string_to_array(${joined((line) => (line.ok ? '' : line.refusal), ',')}, ',', ''))
        WITH ORDINALITY AS a (case_key, person_key, refusal, nth)
      CROSS JOIN LATERAL (SELECT ${isRetired} AS is_retired) r
      -- OFFSET keeps the planner on the index: it thinks that the fence leaves few persons, and would hash them all
      LEFT JOIN LATERAL (
        SELECT * FROM registry.national_person p WHERE p.${column} = a.person_key OFFSET 0
      ) p ON NOT r.is_retired
    ), summed AS MATERIALIZED (
      SELECT count(*) AS lines, count(resident_code) AS given, string_agg(line, E'\\r\\n' ORDER BY nth) || E'\\r\\n' AS answer,
        string_agg(coalesce(resident_code, ''), ',' ORDER BY nth) AS found,
        array_agg(nth::int) FILTER (WHERE is_retired) AS retired
      FROM answered
    ), stored AS (
      INSERT INTO registry.national_provision_chunk (agency, job_id, chunk, asked_sha256, lines, given, answer)
      SELECT ${agency}, ${jobId}, ${chunk}, ${sha256}, lines, given, answer FROM summed
    )
    SELECT found, retired FROM summed`;
  if (!row) throw new Error('a sum of nothing has a row');
  return { found: row.found.split(','), retired: new Set(row.retired) };
}

const COLUMN_OF_KEY: Readonly<Record<PersonKeyKind, string>> = {
  'resident-code': 'resident_code',
  'individual-number': 'individual_number',
};

/** A field as CSV; names and addresses may hold anything and are always in quotation marks. */
const COLUMN_OF_FIELD = {
  name: ['name', 'quoted'],
  formerSurname: ['former_surname', 'quoted'],
  alias: ['alias', 'quoted'],
  birthDate: ['birth_date', 'plain'],
  sex: ['sex::text', 'plain'],
  municipality: ['municipality_code', 'plain'],
  address: ['address', 'quoted'],
  status: ['status', 'plain'],
  reason: ['reason', 'plain'],
  eventDate: ['event_date::text', 'plain'],
  individualNumber: ['individual_number', 'plain'],
} as const satisfies Readonly<Record<Exclude<keyof HeldIdentity, 'residentCode'>, readonly [string, string]>>;

/** A field with the comma before it. */
function textOf(field: keyof typeof COLUMN_OF_FIELD): string {
  const [column, form] = COLUMN_OF_FIELD[field];
  return form === 'quoted'
    ? `',"' || coalesce(replace(p.${column}, '"', '""'), '') || '"'`
    : `',' || coalesce(p.${column}, '')`;
}

/** The header of an answer: case key, result, then the fields of the items. */
export const answerHeader = (items: readonly ProvisionItem[]): string =>
  `${['case_key', 'result', ...items.flatMap((item) => FIELDS_OF_ITEM[item])].join(',')}\r\n`;
