/**
 * Seals under the present data key what is not: clear values from before there was one, and numbers under an earlier key. In
 * batches of their own transactions, beside the running service; killed in between, the next call goes on. Runs when
 * numbering opens, and after `makeDataKey`.
 */
import type { Clock } from '@ishizue/clock';
import { inTransaction, type Sql, type Tx } from '@ishizue/db';
import { recordEntry } from '@ishizue/ledger';
import { NATIONAL_SITE } from '@ishizue/registry';
import { hexOf, type NumberAtRest, type NumberPlace, type NumberVault } from './number-vault.ts';

export interface SealingContext {
  readonly sql: Sql;
  readonly clock: Clock;
  readonly vault: NumberVault;
}

const BATCH = 1_000;

/** The version of the key under which numbers are sealed now. */
export async function presentKeyVersion(tx: Tx): Promise<number> {
  const [row] = await tx<
    { version: number | null }[]
  >`SELECT max(version) AS version FROM numbering.data_key`;
  if (!row || row.version === null) throw new Error('numbering has no data key');
  return row.version;
}

/** Makes the next data key the present one: from its commit on new numbers are sealed under it. */
export async function makeDataKey({ sql, clock }: SealingContext): Promise<number> {
  return inTransaction(sql, { site: NATIONAL_SITE }, async (tx) => {
    await tx`SELECT pg_advisory_xact_lock(hashtextextended('numbering data key', 0))`;
    const version = (await presentKeyVersion(tx)) + 1;
    const now = clock.now();
    await tx`INSERT INTO numbering.data_key (version, made_at) VALUES (${version}, ${new Date(now)})`;
    await recordKeyAct(tx, now, 'data-key-made');
    return version;
  });
}

/** Seals everything under the present key; answers how many numbers it sealed. */
export async function sealOldNumbers(context: SealingContext): Promise<number> {
  let sealed = 0;
  for (;;) {
    const batch = await inTransaction(context.sql, { site: NATIONAL_SITE }, (tx) => sealBatch(tx, context));
    if (batch === 0) return sealed;
    sealed += batch;
  }
}

interface OldRow extends NumberPlace, NumberAtRest {
  readonly clear: string | null;
}

async function sealBatch(tx: Tx, { clock, vault }: SealingContext): Promise<number> {
  const version = await presentKeyVersion(tx);
  const rows = await tx<OldRow[]>`
    SELECT resident_code AS code, attempt, individual_number AS clear, number_sealed AS sealed,
      key_version AS "keyVersion"
    FROM numbering.individual_number WHERE key_version < ${version}
    LIMIT ${BATCH} FOR UPDATE SKIP LOCKED`;
  if (rows.length === 0) return 0;
  const underKey = rows.filter(({ clear }) => clear === null);
  const opened = await vault.openAll(underKey);
  const numbers = [
    ...rows.flatMap(({ code, attempt, clear }) => (clear === null ? [] : [{ code, attempt, number: clear }])),
    ...underKey.map(({ code, attempt }, index) => ({ code, attempt, number: opened[index] ?? '' })),
  ];
  const sealed = hexOf(await vault.sealAll(numbers, version));
  const indexes = hexOf(numbers.map(({ number }) => vault.indexOf(number)));
  await tx`
    UPDATE numbering.individual_number n SET individual_number = NULL, number_sealed = decode(s.sealed, 'hex'),
      number_index = decode(s.index, 'hex'), key_version = ${version}::smallint
    FROM unnest(${numbers.map(({ code }) => code)}::text[], ${numbers.map(({ attempt }) => attempt)}::int[],
      ${sealed}::text[], ${indexes}::text[])
      AS s(code, attempt, sealed, index)
    WHERE n.resident_code = s.code AND n.attempt = s.attempt`;
  await recordKeyAct(tx, clock.now(), 'numbers-sealed-again');
  return rows.length;
}

/** An entry about nobody in particular: numbers are opened and sealed again, and leave numbering in no way. */
function recordKeyAct(tx: Tx, at: number, act: string): Promise<void> {
  return recordEntry(tx, {
    site: NATIONAL_SITE,
    at,
    actorKind: 'system',
    actor: 'numbering',
    terminal: '',
    article: '番号法 第8条',
    affair: 'number-keys',
    subject: null,
    fields: ['individual-number', act],
    result: 'ok',
    correlation: act,
  });
}
