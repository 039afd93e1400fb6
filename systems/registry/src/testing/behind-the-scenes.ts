/**
 * What tests look at and do behind the registry's back, as the superuser: whole tables, what each site holds of a person,
 * ledger entries, a link that stands still for a while.
 */
import assert from 'node:assert/strict';
import { after, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Database, inTransaction, type Sql } from '@ishizue/db';
import { type AddressedMessage, openTickets, parseLinkName, sendAll } from '@ishizue/link';
import { mustSucceed } from '@ishizue/outcome';
import { requestCodes } from '../municipal/free-codes.ts';
import { municipalSite } from '../registry-context.ts';
import type { TestCountry } from './index.ts';

/** For what lives as long as a test file: cleans up after its last test. */
export const wholeFile: Pick<TestContext, 'after'> = {
  after: (cleanUp) => after((context) => cleanUp?.(context as TestContext, () => undefined)),
};

/** A superuser's pool that ends with the test. */
export function superuserOf(t: Pick<TestContext, 'after'>, database: Database): Sql {
  const sql = database.superuser();
  t.after(() => sql.end());
  return sql;
}

/** Fills a municipality's store of codes by the way that they really come: a request over the link. */
export async function giveCodes(country: TestCountry, municipality: string, count: number): Promise<void> {
  await inTransaction(country.context.sql, { site: municipalSite(municipality) }, async (tx) => {
    await sendAll(tx, [await requestCodes(tx, municipality, count)]);
  });
  await country.settle();
}

/** Writes messages as the registry's role may at their senders' sites, whatever is in them: one transaction a site. */
export async function writeRaw(country: TestCountry, messages: readonly AddressedMessage[]): Promise<void> {
  const bySite = Map.groupBy(messages, ({ link }) => mustSucceed(parseLinkName(link), link).from);
  for (const [site, some] of bySite)
    await inTransaction(country.context.sql, { site }, (tx) => sendAll(tx, some));
}

/** Writes messages as `writeRaw` does, and waits until they have arrived. */
export async function sendRaw(country: TestCountry, messages: readonly AddressedMessage[]): Promise<void> {
  await writeRaw(country, messages);
  country.context.wake();
  await country.settle();
}

/** Every row of every table of the registry and every message in an outbox, as text by table. */
export async function everything(sql: Sql): Promise<Readonly<Record<string, readonly string[]>>> {
  const tables = await sql<{ name: string }[]>`
    SELECT 'registry.' || tablename AS name FROM pg_tables WHERE schemaname = 'registry'
    UNION ALL SELECT 'link.counter' UNION ALL SELECT 'link.ticket' ORDER BY 1`;
  const rows: Record<string, readonly string[]> = {};
  for (const { name } of tables) {
    const found = await sql<{ row: string }[]>`SELECT t::text AS row FROM ${sql.unsafe(name)} t ORDER BY 1`;
    rows[name] = found.map(({ row }) => row);
  }
  return rows;
}

/** Identity data of a person as one site holds them. */
export interface HeldIdentity {
  readonly municipality: string;
  readonly status: string;
  readonly name: string;
  readonly formerSurname: string | null;
  readonly alias: string | null;
  readonly birthDate: string;
  readonly sex: number;
  readonly address: string;
  readonly individualNumber: string | null;
  readonly sequence: number;
  readonly reason: string;
  readonly eventDate: string;
}

/** What a prefecture (two digits) or the national site (null) holds of a person. */
export async function heldAbove(
  sql: Sql,
  prefecture: string | null,
  residentCode: string,
): Promise<HeldIdentity | undefined> {
  const table = prefecture === null ? 'registry.national_person' : 'registry.prefectural_person';
  const [row] = await sql<HeldIdentity[]>`
    SELECT municipality_code AS municipality, status, name, former_surname AS "formerSurname", alias,
      birth_date AS "birthDate", sex, address, individual_number AS "individualNumber", sequence, reason,
      event_date AS "eventDate"
    FROM ${sql(table)} WHERE resident_code = ${residentCode}
    ${prefecture === null ? sql`` : sql`AND prefecture_code = ${prefecture}`}`;
  return row && { ...row };
}

/** The changes that a site has recorded of a person, `municipality sequence reason`, sorted. */
export async function changesAbove(
  sql: Sql,
  prefecture: string | null,
  residentCode: string,
): Promise<readonly string[]> {
  const table = prefecture === null ? 'registry.national_change' : 'registry.prefectural_change';
  const rows = await sql<{ change: string }[]>`
    SELECT municipality_code || ' ' || sequence || ' ' || reason AS change
    FROM ${sql(table)} WHERE resident_code = ${residentCode}
    ${prefecture === null ? sql`` : sql`AND prefecture_code = ${prefecture}`} ORDER BY 1`;
  return rows.map(({ change }) => change);
}

/** What a site holds back, `residentCode municipality sequence code`, sorted. */
export async function heldBackAt(sql: Sql, site: string): Promise<readonly string[]> {
  const rows = await sql<{ notice: string }[]>`
    SELECT concat_ws(' ', resident_code, municipality_code, sequence, code) AS notice
    FROM registry.held_notice WHERE site = ${site} ORDER BY 1`;
  return rows.map(({ notice }) => notice);
}

/** An entry of the ledger, the subject in hexadecimal. */
export interface Entry {
  readonly site: string;
  readonly actor: string;
  readonly subject: string | null;
  readonly fields: readonly string[];
  readonly result: string;
  /** The whole row as text. */
  readonly row: string;
}

/** The ledger's entries after the first `skip`, in the order in which they were written. */
export async function ledgerEntries(sql: Sql, skip = 0): Promise<readonly Entry[]> {
  const rows = await sql<Entry[]>`
    SELECT site, actor, encode(subject, 'hex') AS subject, fields, result, to_jsonb(e)::text AS row
    FROM ledger.entry e ORDER BY tx, id OFFSET ${skip}`;
  return rows.map((row) => ({ ...row }));
}

/** Open tickets as `link code`, sorted, and how many messages wait behind each. */
export async function ticketsOf(country: TestCountry): Promise<readonly string[]> {
  const tickets = await openTickets(country.database.pool('link'), 1000);
  return tickets.map(({ link, code, behind }) => `${link} ${code}${behind > 0 ? ` +${behind}` : ''}`).sort();
}

/** Waits until something becomes true that nobody announces. */
export async function until(holds: () => Promise<boolean>, what: string): Promise<void> {
  for (let tries = 0; tries < 400; tries++) {
    if (await holds()) return;
    await sleep(25);
  }
  assert.fail(`still not so after ten seconds: ${what}`);
}

/** How many sessions of the database wait for a lock. */
export async function countWaiting(sql: Sql): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    SELECT count(*) AS count FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock'`;
  return row?.count ?? 0;
}

/**
 * Keeps what one statement locks until the answered function is called: whoever needs it waits.
 * @param lock the statement, run as the superuser
 */
export async function keepLocked(
  sql: Sql,
  lock: (tx: Sql) => Promise<unknown>,
): Promise<() => Promise<void>> {
  const session = await sql.reserve();
  await session`BEGIN`;
  await lock(session);
  return async () => {
    await session`COMMIT`;
    session.release();
  };
}

/** Runs `count` acts that are all under way and waiting before the first of them goes on; answers their results. */
export async function atOnce<T>(
  sql: Sql,
  lock: (tx: Sql) => Promise<unknown>,
  count: number,
  act: (index: number) => Promise<T>,
): Promise<T[]> {
  const release = await keepLocked(sql, lock);
  const acts = Promise.all(Array.from({ length: count }, (_, index) => act(index)));
  try {
    await until(async () => (await countWaiting(sql)) >= count, `${count} acts wait`);
  } finally {
    await release();
  }
  return acts;
}

/** Lets a link stand still: its receiver takes nothing until the answered function is called. */
export function holdLink(sql: Sql, link: string): Promise<() => Promise<void>> {
  return keepLocked(
    sql,
    (tx) => tx`
      SELECT 1 FROM link.inbound i JOIN link.link l ON l.id = i.link_id WHERE l.name = ${link} FOR UPDATE OF i`,
  );
}
