/**
 * `ledger`: entries as every access to personal data writes them, one a transaction on 16 connections and 500 a transaction
 * on one, beside INSERT of equal rows into a table without checks and indexes; and sealing, with the real signer,
 * beside only reading the same entries in the same order.
 */
import { randomUUID } from 'node:crypto';
import { inTransaction, type Sql } from '@ishizue/db';
import { type LedgerEntry, recordEntries } from '@ishizue/ledger';
import { municipalSite } from '@ishizue/registry';
import { type BenchCountry, withCountry } from './bench-country.ts';
import type { Benchmark, Figure, Workplace } from './benchmark.ts';
import { alternate, inParallel, rate } from './measure.ts';
import { peakMiB } from './peak-memory.ts';

const MUNICIPALITY = '131121';
const SCOPE = { site: municipalSite(MUNICIPALITY) };
const CONNECTIONS = 16;
const ROUNDS = 3;
const SINGLE_ENTRIES = 4_000;
const GROUPED_ENTRIES = 50_000;
const GROUP = 500;
const COLUMNS =
  'site, at, actor_kind, actor, terminal, article, affair, subject, fields, result, correlation';

export const benchmark: Benchmark = (place) =>
  withCountry(place, [MUNICIPALITY], async (bench) => {
    await bench.superuser.unsafe(`
      CREATE TABLE bench.entry AS SELECT ${COLUMNS} FROM ledger.entry WITH NO DATA;
      GRANT INSERT ON bench.entry TO ishizue_registry`);
    const connections = await bench.connections(CONNECTIONS);
    return [
      await measureSingle(place, bench, connections),
      await measureGrouped(place, bench, connections),
      await measureSealing(place, bench, connections),
    ];
  });

async function measureSingle(
  place: Workplace,
  bench: BenchCountry,
  connections: readonly Sql[],
): Promise<Figure> {
  place.say(`${ROUNDS} rounds of ${SINGLE_ENTRIES} entries, one a transaction`);
  const round = (write: (sql: Sql, entry: LedgerEntry) => Promise<unknown>) => (): Promise<number> => {
    const entries = entriesOf(bench, SINGLE_ENTRIES);
    return rate(entries.length, () =>
      inParallel(entries.length, CONNECTIONS, async (index, worker) => {
        const [sql, entry] = [connections[worker], entries[index]];
        if (!sql || !entry) throw new Error('a worker without a connection or an entry');
        await write(sql, entry);
      }),
    );
  };
  const { value, limit, rounds } = await alternate(
    ROUNDS,
    round((sql, entry) => inTransaction(sql, SCOPE, (tx) => recordEntries(tx, [entry]))),
    round(insertPlainly),
  );
  return {
    bench: 'ledger',
    value,
    unit: 'entries/s',
    limit,
    limitName: `INSERT and commit of an equal row without checks and indexes, ${CONNECTIONS} connections`,
    peakMiB: peakMiB(),
    note: `one entry a transaction (begin, entry, commit), ${SINGLE_ENTRIES} a round; ${rounds}`,
    postgresql: bench.postgresql,
  };
}

async function measureGrouped(place: Workplace, bench: BenchCountry, [sql]: readonly Sql[]): Promise<Figure> {
  if (!sql) throw new Error('no connection');
  place.say(`${ROUNDS} rounds of ${GROUPED_ENTRIES} entries, ${GROUP} a transaction`);
  const { value, limit, rounds } = await alternate(
    ROUNDS,
    () => rateOfGroups(bench, (group) => inTransaction(sql, SCOPE, (tx) => recordEntries(tx, group))),
    () => rateOfGroups(bench, (group) => insertManyPlainly(sql, group)),
  );
  return {
    bench: 'ledger-grouped',
    value,
    unit: 'entries/s',
    limit,
    limitName: `INSERT of ${GROUP} equal rows a statement without checks and indexes, 1 connection`,
    peakMiB: peakMiB(),
    note: `${GROUP} entries a transaction, ${GROUPED_ENTRIES} a round; ${rounds}`,
    postgresql: bench.postgresql,
  };
}

/** Entries/s; each group is made before the clock goes on, so that few are in memory and making them is not measured. */
async function rateOfGroups(
  bench: BenchCountry,
  write: (group: readonly LedgerEntry[]) => Promise<unknown>,
): Promise<number> {
  let seconds = 0;
  for (let written = 0; written < GROUPED_ENTRIES; written += GROUP) {
    const group = entriesOf(bench, GROUP);
    seconds += 1 / (await rate(1, () => write(group)));
  }
  return GROUPED_ENTRIES / seconds;
}

async function measureSealing(place: Workplace, bench: BenchCountry, [sql]: readonly Sql[]): Promise<Figure> {
  if (!sql) throw new Error('no connection');
  place.say(`${ROUNDS} rounds of sealing ${GROUPED_ENTRIES} entries`);
  const { country } = bench;
  const { value, limit, rounds } = await alternate(
    ROUNDS,
    async () => {
      await country.sealLedgers();
      await rateOfGroups(bench, (group) => inTransaction(sql, SCOPE, (tx) => recordEntries(tx, group)));
      const before = await sealedEntries(bench);
      const sealingsPerSecond = await rate(1, () => country.sealLedgers());
      // what the autovacuum of the moment holds back is left for the next round
      const sealed = (await sealedEntries(bench)) - before;
      if (sealed === 0) throw new Error('nothing was sealed');
      return sealed * sealingsPerSecond;
    },
    () => rate(GROUPED_ENTRIES, () => readEntries(bench, GROUPED_ENTRIES)),
  );
  return {
    bench: 'ledger-seal',
    value,
    unit: 'entries/s',
    limit,
    limitName: 'only reading as many entries in the same order by cursor',
    peakMiB: peakMiB(),
    note: `${GROUPED_ENTRIES} settled entries become leaves, tiles and a signed checkpoint; ${rounds}`,
    postgresql: bench.postgresql,
  };
}

/** Entries like those of a counter; each about another person. */
function entriesOf({ country }: BenchCountry, count: number): readonly LedgerEntry[] {
  const site = municipalSite(MUNICIPALITY);
  const at = country.clock.now();
  return Array.from({ length: count }, () => {
    const correlation = randomUUID();
    return {
      site,
      at,
      actorKind: 'operator',
      actor: 'o-bench',
      terminal: 'counter',
      article: '住民基本台帳法 第12条',
      affair: 'resident-record-copy',
      subject: country.pseudonyms.of(site, correlation),
      fields: ['name', 'address', 'birth-date'],
      result: 'ok',
      correlation,
    };
  });
}

function insertPlainly(sql: Sql, entry: LedgerEntry): Promise<unknown> {
  const { site, at, actorKind, actor, terminal, article, affair, subject, fields, result, correlation } =
    entry;
  return sql`
    INSERT INTO bench.entry (${sql.unsafe(COLUMNS)})
    VALUES (${site}, ${new Date(at)}, ${actorKind}, ${actor}, ${terminal}, ${article}, ${affair}, ${subject},
      ${[...fields]}, ${result}, ${correlation})`;
}

async function insertManyPlainly(sql: Sql, entries: readonly LedgerEntry[]): Promise<void> {
  const column = (textOf: (entry: LedgerEntry) => string): string[] => entries.map(textOf);
  await sql`
    INSERT INTO bench.entry (${sql.unsafe(COLUMNS)})
    SELECT site, to_timestamp(at), actor_kind, actor, terminal, article, affair, decode(subject, 'hex'),
      fields::text[], result, correlation
    FROM unnest(${column((entry) => entry.site)}::text[], ${entries.map((entry) => entry.at / 1000)}::float8[],
      ${column((entry) => entry.actorKind)}::text[], ${column((entry) => entry.actor)}::text[],
      ${column((entry) => entry.terminal)}::text[], ${column((entry) => entry.article)}::text[],
      ${column((entry) => entry.affair)}::text[],
      ${column(({ subject }) => Buffer.from(subject ?? []).toString('hex'))}::text[],
      ${column((entry) => `{${entry.fields.join(',')}}`)}::text[], ${column((entry) => entry.result)}::text[],
      ${column((entry) => entry.correlation)}::text[]
    ) AS given(site, at, actor_kind, actor, terminal, article, affair, subject, fields, result, correlation)`;
}

const ROWS_AT_ONCE = 2_000;

async function readEntries({ superuser }: BenchCountry, count: number): Promise<void> {
  let read = 0;
  const rows = superuser`
    SELECT e.era, e.tx, e.id, e.salt, ${superuser.unsafe(COLUMNS)} FROM ledger.entry e
    WHERE e.site = ${municipalSite(MUNICIPALITY)} ORDER BY e.era, e.tx, e.id LIMIT ${count}`;
  for await (const some of rows.cursor(ROWS_AT_ONCE)) read += some.length;
  if (read !== count) throw new Error(`${read} of ${count} entries were read`);
}

async function sealedEntries({ superuser }: BenchCountry): Promise<number> {
  const [row] = await superuser<{ size: number | null }[]>`
    SELECT max(size) AS size FROM ledger.checkpoint
    WHERE site = ${municipalSite(MUNICIPALITY)} AND note IS NOT NULL`;
  return row?.size ?? 0;
}
