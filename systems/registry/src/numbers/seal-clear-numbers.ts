/**
 * Seals what an edition before migration 0013 wrote in clear, site by site, before the registry receives anything: numbers in
 * columns and in JSON, answers of batches that wait for their agencies. Digests of what held a clear number go too, for
 * such a one can be tried out. In batches of their own transactions; killed in between, the next opening goes on. A database
 * that was written under another signer's key is not opened.
 */
import { inTransaction, type Sql, type Tx } from '@ishizue/db';
import { recordEntry } from '@ishizue/ledger';
import { replaceFields } from '../provision/numbers-in-answers.ts';
import { municipalSite, NATIONAL_SITE, prefecturalSite, type RegistryContext } from '../registry-context.ts';
import type { NumberCipher } from './number-cipher.ts';

const BATCH = 1_000;
const NOBODYS_NUMBER = '0'.repeat(12);
const ANSWERS_AT_ONCE = 5;
const CLEAR_FIELD = /(?<=,)\d{12}(?=[,\r])/g;

type Fragment = ReturnType<Tx>;

/** Where numbers are in the tables of a site: one or two in a row, which are sealed together. */
interface Place {
  readonly table: string;
  /** The column by which a site's rows are in order. */
  readonly key: string;
  readonly one: (tx: Tx) => Fragment;
  readonly other?: (tx: Tx) => Fragment;
  /** Sets them to the sealed ones, `s.one` and `s.other`. */
  readonly set: (tx: Tx) => Fragment;
}

const inColumn = (table: string, key: string): Place => ({
  table: `registry.${table}`,
  key,
  one: (tx) => tx`t.individual_number`,
  set: (tx) => tx`individual_number = s.one`,
});

const inJson = (table: string, key: string, column: string): Place => ({
  table: `registry.${table}`,
  key,
  one: (tx) => tx`t.${tx(column)} ->> 'individualNumber'`,
  set: (tx) => tx`${tx(column)} = jsonb_set(t.${tx(column)}, '{individualNumber}', to_jsonb(s.one))`,
});

/** Both sides of an event; and the digest of an entry's request goes, which is over the number that was typed in. */
const IN_EVENTS: Place = {
  table: 'registry.municipal_event',
  key: 'resident_number',
  one: (tx) => tx`t.before ->> 'individualNumber'`,
  other: (tx) => tx`t.after ->> 'individualNumber'`,
  set: (tx) => tx`
    before = CASE WHEN s.one IS NULL THEN t.before
      ELSE jsonb_set(t.before, '{individualNumber}', to_jsonb(s.one)) END,
    after = CASE WHEN s.other IS NULL THEN t.after
      ELSE jsonb_set(t.after, '{individualNumber}', to_jsonb(s.other)) END,
    request_sha256 = CASE WHEN t.reason IN ('move-in', 'ex-officio-entry') THEN NULL ELSE t.request_sha256 END`,
};

const HELD = inJson('held_notice', 'resident_code', 'body');
const MUNICIPAL: readonly Place[] = [
  inColumn('municipal_resident', 'resident_number'),
  IN_EVENTS,
  inJson('municipal_incoming_move', 'resident_code', 'information'),
];
const PREFECTURAL: readonly Place[] = [inColumn('prefectural_person', 'resident_code'), HELD];
const NATIONAL: readonly Place[] = [inColumn('national_person', 'resident_code'), HELD];

/**
 * Seals everything at the sites of these municipalities, above them and at the national site; answers how many rows.
 * @throws where the tables were written under another key
 */
export async function sealClearNumbers(
  context: RegistryContext,
  municipalities: readonly string[],
): Promise<number> {
  await checkKey(context);
  if (!(await hasClearNumbers(context.sql))) return 0;
  const prefectures = municipalities.map((code) => context.municipalities.getMunicipality(code).prefecture);
  let sealed = 0;
  for (const code of municipalities) {
    sealed += await sealPlaces(context, municipalSite(code), MUNICIPAL);
    await inTransaction(
      context.sql,
      { site: municipalSite(code) },
      (tx) => tx`UPDATE registry.municipal_move_in SET request_sha256 = '' WHERE request_sha256 <> ''`,
    );
  }
  for (const code of new Set(prefectures))
    sealed += await sealPlaces(context, prefecturalSite(code), PREFECTURAL);
  sealed += await sealPlaces(context, NATIONAL_SITE, NATIONAL);
  sealed += await sealRetired(context);
  sealed += await sealAnswers(context);
  await inTransaction(context.sql, { site: NATIONAL_SITE }, (tx) => tx`SELECT registry.numbers_are_sealed()`);
  return sealed;
}

/** @throws where the tables were written under another key: nobody would be found by number */
async function checkKey({ sql, numbers }: RegistryContext): Promise<void> {
  const probe = numbers.seal(NOBODYS_NUMBER);
  const [row] = await inTransaction(sql, { site: NATIONAL_SITE }, async (tx) => {
    await tx`INSERT INTO registry.national_sealing_probe (probe) VALUES (${probe}) ON CONFLICT DO NOTHING`;
    return tx<
      { isSame: boolean }[]
    >`SELECT probe = ${probe} AS "isSame" FROM registry.national_sealing_probe`;
  });
  if (!row?.isSame) throw new Error('the registry’s numbers are sealed under the key of another signer');
}

/** Whether a constraint does not hold for every row yet: otherwise there is nothing in clear. */
async function hasClearNumbers(sql: Sql): Promise<boolean> {
  const rows = await sql`
    SELECT FROM pg_constraint WHERE connamespace = 'registry'::regnamespace AND conname LIKE '%number_sealed'
    AND NOT convalidated`;
  return rows.length > 0;
}

async function sealPlaces(context: RegistryContext, site: string, places: readonly Place[]): Promise<number> {
  let sealed = 0;
  for (const place of places)
    for (let from: string | undefined = ''; from !== undefined; ) {
      const first: string = from;
      const batch = await inTransaction(context.sql, { site }, (tx) =>
        sealBatch(tx, context, site, place, first),
      );
      sealed += batch.sealed;
      from = batch.last;
    }
  return sealed;
}

interface SealedBatch {
  readonly sealed: number;
  /** The key of the last row, where there may be more; those of it that are sealed are not found again. */
  readonly last: string | undefined;
}

async function sealBatch(
  tx: Tx,
  context: RegistryContext,
  site: string,
  { table, key, one, other = () => tx`NULL::text`, set }: Place,
  first: string,
): Promise<SealedBatch> {
  const rows = await tx<{ row: string; key: string; one: string | null; other: string | null }[]>`
    SELECT t.ctid::text AS row, t.${tx(key)} AS key, ${one(tx)} AS one, ${other(tx)} AS other FROM ${tx(table)} t
    WHERE t.${tx(key)} >= ${first} AND (${one(tx)} ~ '^[0-9]{12}$' OR ${other(tx)} ~ '^[0-9]{12}$')
    ORDER BY t.${tx(key)} LIMIT ${BATCH} FOR UPDATE`;
  const last = rows.at(-1)?.key;
  if (last === undefined) return { sealed: 0, last };
  const sealAll = (numbers: readonly (string | null)[]): (string | null)[] =>
    context.numbers
      .sealIn(numbers.map((individualNumber) => ({ individualNumber })))
      .map(({ individualNumber }) => individualNumber);
  await tx`
    UPDATE ${tx(table)} t SET ${set(tx)}
    FROM unnest(${rows.map(({ row }) => row)}::text[], ${sealAll(rows.map((row) => row.one))}::text[],
      ${sealAll(rows.map((row) => row.other))}::text[]) AS s(row, one, other)
    WHERE t.ctid = s.row::tid AND t.${tx(key)} BETWEEN ${rows[0]?.key ?? ''} AND ${last}`;
  await recordSealing(tx, context, site);
  return { sealed: rows.length, last };
}

async function sealRetired(context: RegistryContext): Promise<number> {
  let sealed = 0;
  for (;;) {
    const batch = await inTransaction(context.sql, { site: NATIONAL_SITE }, async (tx) => {
      const rows = await tx<{ clear: string }[]>`
        SELECT individual_number AS clear FROM registry.national_retired_number
        WHERE individual_number ~ '^[0-9]{12}$' LIMIT ${BATCH}`;
      if (rows.length === 0) return 0;
      const clear = rows.map((row) => row.clear);
      const tokens = [...context.numbers.sealAll(clear)];
      await tx`SELECT registry.seal_retired_numbers(${clear}::text[], ${tokens}::text[])`;
      await recordSealing(tx, context, NATIONAL_SITE);
      return rows.length;
    });
    if (batch === 0) return sealed;
    sealed += batch;
  }
}

/** Answers that agencies have not fetched yet. The hash of what was asked goes: that it is gone says that this was done. */
async function sealAnswers(context: RegistryContext): Promise<number> {
  let sealed = 0;
  for (;;) {
    const batch = await inTransaction(context.sql, { site: NATIONAL_SITE }, async (tx) => {
      const rows = await tx<{ row: string; answer: string }[]>`
        SELECT c.ctid::text AS row, coalesce(answer, '') AS answer
        FROM registry.national_provision_chunk c JOIN registry.national_provision_job j USING (agency, job_id)
        WHERE c.asked_sha256 <> ''
          AND (j.person_key = 'individual-number' OR 'individual-number' = ANY (j.items))
        LIMIT ${ANSWERS_AT_ONCE} FOR UPDATE OF c`;
      if (rows.length === 0) return 0;
      const answers = rows.map(({ answer }) => sealAnswer(context.numbers, answer));
      await tx`
        UPDATE registry.national_provision_chunk c
        SET answer = CASE WHEN c.answer IS NOT NULL THEN s.answer END, asked_sha256 = ''
        FROM unnest(${rows.map(({ row }) => row)}::text[], ${answers}::text[]) AS s(row, answer)
        WHERE c.ctid = s.row::tid`;
      await recordSealing(tx, context, NATIONAL_SITE);
      return rows.length;
    });
    if (batch === 0) return sealed;
    sealed += batch;
  }
}

const sealAnswer = (numbers: NumberCipher, answer: string): string =>
  replaceFields(answer, CLEAR_FIELD, (fields) => numbers.sealAll(fields));

/** An entry about nobody in particular: numbers are sealed, and leave the registry in no way. */
function recordSealing(tx: Tx, context: RegistryContext, site: string): Promise<void> {
  return recordEntry(tx, {
    site,
    at: context.clock.now(),
    actorKind: 'system',
    actor: 'registry',
    terminal: '',
    article: '番号法 第12条',
    affair: 'number-keys',
    subject: null,
    fields: ['individual-number'],
    result: 'ok',
    correlation: 'numbers-sealed',
  });
}
