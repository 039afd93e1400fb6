/** A national site with persons and agencies, for the tests of provision. */
import type { TestContext } from 'node:test';
import type { Sql } from '@ishizue/db';
import { mustSucceed } from '@ishizue/outcome';
import { residentCodeOf } from '../identity/resident-code.ts';
import { superuserOf, until } from '../testing/behind-the-scenes.ts';
import { type TestCountry, testAccess, testCountry, testNumberCipher } from '../testing/index.ts';
import { registerAgency } from './agencies.ts';
import type { ProvisionRequest } from './provision-request.ts';

export const PENSION = 'agency/pension'; // rows 74 and 77: numbers too
export const BANKS = 'agency/banks'; // row 1-2: no numbers

export interface Provisioning {
  readonly country: TestCountry;
  /** The superuser, to look behind the scenes. */
  readonly sql: Sql;
}

export const codeOf = (nth: number): string => residentCodeOf(String(7_000_000_000 + nth));
export const numberOf = (nth: number): string => String(200_000_000_000 + nth);

/** A country whose national site holds `persons` people, and two agencies. */
export async function provisioning(t: Pick<TestContext, 'after'>, persons: number): Promise<Provisioning> {
  const country = await testCountry(t);
  const sql = superuserOf(t, country.database);
  const nths = Array.from({ length: persons }, (_, nth) => nth);
  await sql`
    INSERT INTO registry.national_person (resident_code, municipality_code, status, name, birth_date, sex, address,
      individual_number, entered_on, sequence, reason, event_date, applied_at)
    SELECT code, '132217', 'resident', '清瀬 "' || number || '"', '1980-01-02', 2, '東京都清瀬市中里, 1', sealed,
      '2020-01-01', 1, 'initial-load', '2020-01-01', now()
    FROM unnest(${nths.map(codeOf)}::text[], ${nths.map(numberOf)}::text[],
      ${[...testNumberCipher.sealAll(nths.map(numberOf))]}::text[]) AS p (code, number, sealed)`;
  const agencies = [
    { agency: PENSION, name: '日本年金機構', rows: ['74', '77'] },
    { agency: BANKS, name: '金融庁', rows: ['1-2'] },
  ];
  for (const [nth, agency] of agencies.entries())
    mustSucceed(
      await registerAgency(country.context, testAccess, {
        ...agency,
        keyId: `key-${nth}`,
        publicKey: Buffer.alloc(32, nth + 1),
      }),
      agency.agency,
    );
  return { country, sql };
}

/** A query under row 77 for the name, with changes. */
export const queryWith = (changes: Partial<ProvisionRequest> = {}): ProvisionRequest => ({
  row: '77',
  affair: 'annex-1-77',
  items: ['name'],
  caseNumber: 'case-1',
  person: { residentCode: codeOf(0) },
  ...changes,
});

/** The entries of the ledger that are provisions or refusals of them, in order; a joint one as one of each person. */
export async function provisionEntries(sql: Sql): Promise<readonly ProvisionEntry[]> {
  const rows = await sql<ProvisionEntry[]>`
    SELECT actor, article, affair, result, fields, correlation,
      encode(coalesce(substr(e.subjects, nth * 32 + 1, 32), subject), 'hex') AS subject
    FROM ledger.entry e CROSS JOIN LATERAL generate_series(0, coalesce(octet_length(e.subjects) / 32, 1) - 1) nth
    WHERE site = 'national' AND starts_with(affair, 'annex-1-') ORDER BY tx, id, nth`;
  return rows.map((row) => ({ ...row }));
}

interface ProvisionEntry {
  readonly actor: string;
  readonly article: string;
  readonly affair: string;
  readonly result: string;
  readonly fields: readonly string[];
  readonly correlation: string;
  readonly subject: string | null;
}

/** Waits until every transaction that has begun by now has ended, also those of other tests on the same server. */
export async function transactionsEnded(sql: Sql): Promise<void> {
  const [mine] = await sql<{ xid: string }[]>`SELECT pg_current_xact_id()::text AS xid`;
  await until(async () => {
    const [now] = await sql<{ xmin: string }[]>`SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS xmin`;
    return BigInt(now?.xmin ?? 0) > BigInt(mine?.xid ?? 0);
  }, 'earlier transactions have ended');
}
