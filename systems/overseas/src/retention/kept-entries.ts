/**
 * What a site of the supplementary register keeps of a deleted entry, for the registry's acts of retention
 * (docs/flows/retention.md): the entry or its identity data, and their history. Codes that are used up stay.
 */
import { type KeptRecords, NATIONAL_SITE } from '@ishizue/registry';

/** Of a municipal, prefectural or the national site. */
export function keptEntries(site: string): KeptRecords {
  const key = 'resident_code';
  if (site === NATIONAL_SITE)
    return {
      site,
      article: '住民基本台帳法 第30条の42',
      table: 'overseas.national_person',
      key,
      owner: null,
      parts: ['overseas.national_change'],
    };
  const [tier = '', code = ''] = site.split('/');
  if (tier === 'prefectural')
    return {
      site,
      article: '住民基本台帳法 第30条の41',
      table: 'overseas.prefectural_person',
      key,
      owner: { column: 'prefecture_code', value: code },
      parts: ['overseas.prefectural_change'],
    };
  return {
    site,
    article: '住民基本台帳法施行令 第34条',
    table: 'overseas.municipal_entry',
    key,
    owner: { column: 'municipality_code', value: code },
    parts: ['overseas.municipal_change'],
  };
}
