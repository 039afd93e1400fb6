/**
 * Residents written straight into the tables of all tiers, set-based: what a benchmark works among, where loading them by
 * the front door would take an hour. Every household is a couple; codes are as scattered as the centre's,
 * and texts of their form stand for sealed numbers.
 */
import type { Sql } from '@ishizue/db';

export interface Planted {
  readonly municipality: string;
  /** Prefecture and municipality, as addresses begin there. */
  readonly area: string;
  readonly residents: number;
  /** Where the numbering of planted people begins; those of two municipalities must not overlap. */
  readonly first: number;
}

/** The municipality and its prefecture hold the same persons; the deferred rule of heads is not asked row by row. */
export async function plantResidents(superuser: Sql, planted: Planted): Promise<void> {
  const { municipality, area, residents, first } = planted;
  await superuser.begin(async (tx) => {
    await tx`SET LOCAL session_replication_role = replica`;
    await tx`
      INSERT INTO registry.municipal_resident (municipality_code, resident_number, resident_code, individual_number,
        status, household_number, relationship, name, name_kana, birth_date, sex, nationality, town, lot, building,
        domicile, family_register_head, became_resident_on, address_fixed_on, sequence)
      SELECT ${municipality}, 'P' || i, lpad((i * 61803398875 % 99999999977)::text, 11, '0'),
        substr(md5(i::text) || md5('b' || i), 1, 28), 'resident', 'P' || (i + 1) / 2,
        CASE WHEN i % 2 = 1 THEN '世帯主' ELSE '配偶者' END,
        '世田谷　' || substr(md5(i::text), 1, 4), 'セタガヤ　ハルカ', (1930 + i % 90) || '-04-01', 1 + i % 2, 'JPN',
        '北沢' || (1 + i % 8) || '丁目', (1 + i % 40) || '番' || (1 + i % 30) || '号',
        CASE WHEN i % 2 = 0 THEN '北沢荘' || (i % 500) END, '東京都世田谷区', '世田谷　太郎', '2010-04-01', '2010-04-01', 1
      FROM generate_series(${first}::bigint, ${first + residents - 1}::bigint) AS i`;
  });
  await superuser`
    INSERT INTO registry.prefectural_person (prefecture_code, resident_code, municipality_code, status, name,
      birth_date, sex, address, individual_number, entered_on, sequence, reason, event_date, applied_at)
    SELECT ${municipality.slice(0, 2)}, resident_code, municipality_code, status, name, birth_date, sex,
      ${area} || town || lot || coalesce('　' || building, ''), individual_number, became_resident_on, sequence,
      'initial-load', became_resident_on, now()
    FROM registry.municipal_resident WHERE municipality_code = ${municipality} ORDER BY resident_code`;
  await superuser`VACUUM ANALYZE registry.municipal_resident`;
  await superuser`VACUUM ANALYZE registry.prefectural_person`;
}

/** The national site takes over what the prefectures hold, with the entry of each in its history. */
export async function plantAtNation(superuser: Sql): Promise<void> {
  await superuser`
    INSERT INTO registry.national_person (resident_code, municipality_code, status, name, birth_date, sex, address,
      individual_number, entered_on, sequence, reason, event_date, applied_at)
    SELECT resident_code, municipality_code, status, name, birth_date, sex, address, individual_number, entered_on,
      sequence, reason, event_date, applied_at
    FROM registry.prefectural_person`;
  await superuser`
    INSERT INTO registry.prefectural_change (prefecture_code, resident_code, municipality_code, sequence, reason,
      event_date, applied_at)
    SELECT prefecture_code, resident_code, municipality_code, sequence, reason, event_date, applied_at
    FROM registry.prefectural_person`;
  await superuser`
    INSERT INTO registry.national_change (resident_code, municipality_code, sequence, reason, event_date, applied_at)
    SELECT resident_code, municipality_code, sequence, reason, event_date, applied_at FROM registry.national_person`;
  await superuser`VACUUM ANALYZE registry.national_person`;
  await superuser`VACUUM ANALYZE registry.national_change, registry.prefectural_change`;
  await superuser`CHECKPOINT`;
}
