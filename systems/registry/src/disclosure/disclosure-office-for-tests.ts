/** A national site and a prefecture that disclose, over one register: opened once for all tests of disclosures. */
import { spawnSync } from 'node:child_process';
import type { TestContext } from 'node:test';
import type { Sql } from '@ishizue/db';
import { mustSucceed, type Result } from '@ishizue/outcome';
import { openTypeface } from '@ishizue/pdf';
import { type ActingBy, procedureSchema } from '@ishizue/procedure';
import { DatedRules } from '@ishizue/rules';
import { giveCodes, superuserOf, wholeFile } from '../testing/behind-the-scenes.ts';
import { KIYOSE, type TestCountry, testCountry } from '../testing/index.ts';
import { loadRegister } from '../testing/load-register.ts';
import { nationalTier, prefecturalTier } from '../tiers/tier.ts';
import { DISCLOSURE_OFFICER } from './disclosure-context.ts';
import { DisclosureDesk } from './disclosure-desk.ts';
import { noDisclosureFee } from './disclosure-fees.ts';

const typeface = mustSucceed(await openTypeface([]), 'the bundled face');
export const HARUKA = '石川　遥';
/** Two of a name and birth date at different addresses, two who differ in nothing, and a child. */
const ROWS = [
  { resident_number: '1', household_number: '1', lot: '4番5号' },
  { resident_number: '2', household_number: '2', lot: '9番1号' },
  { resident_number: '3', household_number: '3', name: '佐藤　花', lot: '7番1号' },
  { resident_number: '4', household_number: '4', name: '佐藤　花', lot: '7番1号' },
  {
    resident_number: '5',
    household_number: '1',
    name: '石川　空',
    birth_date: '2015-05-05',
    became_resident_on: '2015-05-05',
    address_fixed_on: '2015-05-05',
    relationship: '子',
  },
];

interface Person {
  readonly residentCode: string;
  readonly address: string;
}

interface Office {
  readonly country: TestCountry;
  readonly sql: Sql;
  readonly national: DisclosureDesk;
  readonly tokyo: DisclosureDesk;
  /** By resident number. */
  readonly persons: ReadonlyMap<string, Person>;
  readonly goTo: (date: string) => void;
}

async function openOffice(): Promise<Office> {
  const t: Pick<TestContext, 'after'> = wholeFile;
  const country = await testCountry(t, { schemas: [procedureSchema], now: '2026-01-31T01:00:00Z' });
  await giveCodes(country, KIYOSE, 10);
  await loadRegister(country, KIYOSE, ROWS);
  await country.settle();
  const sql = superuserOf(t, country.database);
  const rows = await sql<(Person & { residentNumber: string })[]>`
    SELECT m.resident_number AS "residentNumber", n.resident_code AS "residentCode", n.address
    FROM registry.municipal_resident m JOIN registry.national_person n USING (resident_code)`;
  const { context, database, clock } = country;
  const fees = new DatedRules('fee', [
    { validFrom: '2020-01-01', validTo: '2026-01-31', source: 'invented', rule: { request_yen: 0 } },
    { validFrom: '2026-02-01', source: 'invented', rule: { request_yen: 300 } },
  ]);
  const given = { registry: context, ledger: database.pool('ledger'), typeface };
  return {
    country,
    sql,
    national: await DisclosureDesk.open({
      ...given,
      tier: nationalTier(context),
      issuer: '全国センター',
      fees,
    }),
    tokyo: await DisclosureDesk.open({
      ...given,
      tier: prefecturalTier(context, '13'),
      issuer: '東京都知事',
      fees: noDisclosureFee,
    }),
    persons: new Map(rows.map(({ residentNumber, ...person }) => [residentNumber, person])),
    goTo: (date) => clock.advance(Date.parse(`${date}T01:00:00Z`) - clock.now()),
  };
}

const office = await openOffice();
export const { country, sql, national, tokyo, goTo } = office;
export const person = (nth: string): Person => {
  const found = office.persons.get(nth);
  if (!found) throw new Error(`nobody has the resident number ${nth}`);
  return found;
};

let requests = 0;
export const officer = (id = 'o-1'): ActingBy => ({
  actor: { kind: 'operator', id, roles: [DISCLOSURE_OFFICER] },
  terminal: 't-1',
  correlation: `c-${++requests}`,
});

export const formOf = (nth: string, changes: Readonly<Record<string, unknown>> = {}) => ({
  name: HARUKA,
  birthDate: '1980-02-17',
  address: person(nth).address,
  asks: 'identity-data',
  asker: 'person',
  identityDocument: 'driving-licence',
  delivery: 'counter',
  ...changes,
});

export const apply = (desk: DisclosureDesk, form: unknown, by = officer()) =>
  desk.cases.start(by, { move: 'apply', request: `r-${++requests}`, form });
export const move = (desk: DisclosureDesk, caseId: number, name: string, own?: unknown, by = officer()) =>
  desk.cases.move(by, { caseId, move: name, request: `r-${++requests}`, own });
export const opened = async (desk: DisclosureDesk, form: unknown): Promise<number> =>
  mustSucceed(await apply(desk, form), 'the request').caseId;
export const decided = async (desk: DisclosureDesk, form: unknown): Promise<number> => {
  const caseId = await opened(desk, form);
  mustSucceed(await move(desk, caseId, 'decide'), 'the decision');
  return caseId;
};
export const codeOf = (result: Result<unknown>): string => (result.ok ? 'ok' : result.failure.code);

/** The entries of one correlation, as `affair result`, with whether they name the person. */
export async function looksOf(
  correlation: string,
  code: string,
  site = 'national',
): Promise<readonly string[]> {
  const subject = country.pseudonyms.of(site, code);
  const rows = await sql<{ said: string }[]>`
    SELECT affair || ' ' || article || ' ' || result || ' ' ||
      CASE WHEN subject IS NULL THEN 'nobody' WHEN subject = ${subject} THEN 'them' ELSE 'another' END AS said
    FROM ledger.entry WHERE correlation = ${correlation} AND site = ${site} ORDER BY tx, id`;
  return rows.map(({ said }) => said);
}

export function textOf(bytes: Buffer): string | undefined {
  const { error, stdout } = spawnSync('pdftotext', ['-layout', '-', '-'], { input: bytes });
  return error ? undefined : stdout.toString().normalize('NFKC').replaceAll(/\s+/g, '');
}

/** In the order of a PDF's text, without spaces. */
export const plain = (text: string): string => text.normalize('NFKC').replaceAll(/\s+/g, '');

export const mother = () => ({ name: '石川　陽子', address: '東京都清瀬市', authority: 'family-register' });
