/**
 * What a site of the registry keeps of a person, and deletes when its time is over: the record with its day, and what is kept
 * as long as it. A code that is used up stays used up, and what others wrote about the person on the ledger stays.
 */
import type { Tx } from '@ishizue/db';
import { NATIONAL_SITE } from '../registry-context.ts';

/** The records of a site that have a last day, and how they are found. */
export interface KeptRecords {
  readonly site: string;
  /** The law's article under which they are kept. */
  readonly article: string;
  /** Has `resident_code` and `retained_until`. */
  readonly table: string;
  /** The column that names the record in all tables. */
  readonly key: 'resident_code' | 'resident_number';
  /** The column and value by which the site's rows are told from others'. */
  readonly owner: { readonly column: string; readonly value: string } | null;
  /** Tables whose rows go with the record. */
  readonly parts: readonly string[];
  /** What is written of the codes before their records go. */
  readonly note?: (tx: Tx, residentCodes: readonly string[]) => Promise<void>;
}

/** Of a municipal, prefectural or the national site. */
export function keptRecords(site: string): KeptRecords {
  if (site === NATIONAL_SITE)
    return {
      site,
      article: '住民基本台帳法 第30条の7',
      table: 'registry.national_person',
      key: 'resident_code',
      owner: null,
      parts: [
        'registry.national_change',
        'registry.national_search_key',
        'registry.national_standing_member',
      ],
      note: noteSpentCodes,
    };
  const [tier = '', code = ''] = site.split('/');
  if (tier === 'prefectural')
    return {
      site,
      article: '住民基本台帳法 第30条の6',
      table: 'registry.prefectural_person',
      key: 'resident_code',
      owner: { column: 'prefecture_code', value: code },
      parts: ['registry.prefectural_change', 'registry.prefectural_displaced'],
    };
  return {
    site,
    article: '住民基本台帳法施行令 第34条',
    table: 'registry.municipal_resident',
    key: 'resident_number',
    owner: { column: 'municipality_code', value: code },
    parts: ['registry.municipal_event', 'registry.municipal_code_notice'],
  };
}

/** The allocation gives no such code again. */
async function noteSpentCodes(tx: Tx, residentCodes: readonly string[]): Promise<void> {
  await tx`
    INSERT INTO registry.national_spent_code (resident_code) SELECT unnest(${[...residentCodes]}::text[])
    ON CONFLICT DO NOTHING`;
}
