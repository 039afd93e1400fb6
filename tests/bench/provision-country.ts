/** For the benchmarks of provision: a national site that holds invented people, and an agency that may ask for them. */
import { randomBytes } from 'node:crypto';
import { mustSucceed } from '@ishizue/outcome';
import { registerAgency } from '@ishizue/registry';
import type { BenchCountry } from './bench-country.ts';
import type { Workplace } from './benchmark.ts';

export const AGENCY = 'agency/bench';
export const TERMS = {
  row: '77',
  affair: 'annex-1-77',
  items: ['name', 'birth-date', 'sex', 'address', 'change'],
} as const;

/** The resident code of the nth person; scattered over the range of codes, as real ones are. */
export const codeOf = (nth: number): string => String((nth * SCATTER) % CODES).padStart(11, '0');
const SCATTER = 27_182_817; // with CODES no common factor; the product stays a safe integer
const CODES = 99_999_999_977;

/** Fills the national site, and a plain table of the same people without fences for the limit. Texts of their form stand for sealed numbers. */
export async function enrolPeople(place: Workplace, { country, superuser }: BenchCountry): Promise<void> {
  const { residents } = place.options;
  place.say(`${residents} people at the national site`);
  await superuser`
    INSERT INTO registry.national_person (resident_code, municipality_code, status, name, birth_date, sex, address,
      individual_number, entered_on, sequence, reason, event_date, applied_at)
    SELECT lpad(((n * ${SCATTER}::bigint) % ${CODES}::bigint)::text, 11, '0'), '132217', 'resident', '清瀬　太郎' || n,
      to_char(date '1930-01-01' + (n % 34000)::int, 'YYYY-MM-DD'), 1 + n % 2,
      '東京都清瀬市中里五丁目' || n || '番地　清瀬荘' || n % 400, substr(md5(n::text) || md5('b' || n), 1, 28), '2020-01-01', 1, 'initial-load',
      '2020-01-01', now()
    FROM generate_series(0::bigint, ${residents - 1}::bigint) n`;
  await superuser.unsafe(`
    CREATE TABLE bench.person AS SELECT * FROM registry.national_person;
    ALTER TABLE bench.person ADD PRIMARY KEY (resident_code);
    GRANT SELECT ON bench.person TO ishizue_registry`);
  await superuser`VACUUM ANALYZE registry.national_person`;
  await superuser`VACUUM ANALYZE bench.person`;
  await superuser`CHECKPOINT`;
  await registerBenchAgency(country);
}

/** The agency that asks, under a row that has numbers. */
export async function registerBenchAgency(country: BenchCountry['country']): Promise<void> {
  const access = {
    actorKind: 'operator',
    actor: 'o-bench',
    terminal: 'bench',
    article: '住民基本台帳法 第30条の9',
    affair: 'register-agency',
    correlation: 'bench',
  } as const;
  const order = { agency: AGENCY, name: 'bench', rows: ['77'], keyId: 'bench', publicKey: randomBytes(32) };
  mustSucceed(await registerAgency(country.systems.registry, access, order), 'the agency');
}

/** Provisions on the ledger: what was acknowledged must all be there. */
export async function countProvisions({ superuser }: BenchCountry): Promise<number> {
  const [row] = await superuser<{ count: number }[]>`
    SELECT sum(coalesce(octet_length(subjects) / 32, 1))::bigint AS count FROM ledger.entry WHERE affair = ${TERMS.affair} AND result = 'ok'`;
  return row?.count ?? 0;
}
