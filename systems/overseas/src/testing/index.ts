/**
 * The registry's test country with the overseas system at all its sites, told of each changed record, and files of
 * entries for it.
 */
import type { TestContext } from 'node:test';
import { writeRecord } from '@ishizue/csv';
import { formatLinkName } from '@ishizue/link';
import { bundledReference, MunicipalityDirectory } from '@ishizue/municipalities';
import { KAMAKURA, KIYOSE, type TestCountry, testCountry } from '@ishizue/registry/testing';
import { ENTRY_COLUMNS } from '../load/entry-columns.ts';
import type { OverseasContext } from '../overseas-context.ts';
import { overseasLinks, recordChangeLinksOf } from '../overseas-links.ts';
import { overseasTopics } from '../receivers.ts';
import { overseasSchema } from '../schema.ts';

export interface OverseasCountry {
  readonly country: TestCountry;
  readonly context: OverseasContext;
}

/** Kiyose and Kamakura, their prefectures and the national site, with the overseas system. */
export async function testOverseas(t: Pick<TestContext, 'after'>): Promise<OverseasCountry> {
  const municipalities = [KIYOSE, KAMAKURA];
  const directory = new MunicipalityDirectory(bundledReference());
  const country = await testCountry(t, {
    municipalities,
    schemas: [overseasSchema],
    links: overseasLinks(directory, municipalities).map(formatLinkName),
    recordChangeLinks: recordChangeLinksOf,
  });
  const context: OverseasContext = {
    sql: country.database.pool('overseas'),
    clock: country.clock,
    pseudonyms: country.pseudonyms,
    municipalities: directory,
    participates: (municipality) => municipalities.includes(municipality),
    wake: () => country.wake(),
  };
  country.register('overseas', overseasTopics(context));
  return { country, context };
}

/** An entry file of the given rows, with sound values for the columns that a row leaves out. */
export function entryFile(rows: readonly Readonly<Record<string, string>>[]): string {
  const lines = rows.map((row) => ENTRY_COLUMNS.map((column) => row[column] ?? SOUND_ROW[column] ?? ''));
  return [ENTRY_COLUMNS, ...lines].map(writeRecord).join('');
}

const SOUND_ROW: Readonly<Record<string, string>> = {
  resident_code: '24727059608',
  family_register: '神奈川県鎌倉市御成町18番',
  family_register_head: '石川　太郎',
  name: '石川　遥',
  birth_date: '1980-02-17',
  sex: '2',
  overseas: '',
  address: '東京都清瀬市元町一丁目4番5号',
  address_fixed_on: '2001-04-01',
};
